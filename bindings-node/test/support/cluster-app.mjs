// A service that runs in several processes: the primary forks them, and each has validators of its own, one for each of
// the OPTIONS. The path of a request says which: /0, /1, …
import cluster from 'node:cluster';
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import process from 'node:process';
import { createValidator } from 'jotgate';
import { auth } from 'jotgate/http';
import { fileStore } from './file-store.mjs';

const { OPTIONS = '[]', WORKERS = '3', SNAPSHOT, STORE } = process.env;

/** @param {string | undefined} snapshot */
function validatorsWith(snapshot) {
  const shared = STORE === undefined ? {} : { store: fileStore(STORE) };
  const validators = JSON.parse(OPTIONS).map((/** @type {any} */ options) =>
    createValidator({ ...options, ...shared }),
  );
  if (snapshot !== undefined) validators[0]?.importKeys(snapshot);
  return /** @type {import('jotgate').Validator[]} */ (validators);
}

if (cluster.isPrimary) {
  // The primary has used its validator before it forks: that must not matter to the others.
  const [validator] = validatorsWith(undefined);
  const outcome = await validator?.tryValidate(process.env['TOKEN'] ?? '');
  while (STORE !== undefined && !existsSync(STORE)) await new Promise((resolve) => setImmediate(resolve));
  const snapshot = SNAPSHOT === 'yes' ? { SNAPSHOT_TEXT: validator?.exportKeys() } : {};
  let listening = 0;
  cluster.on('listening', (_worker, { port }) => {
    listening += 1;
    if (listening === Number(WORKERS)) console.log(JSON.stringify({ port, primary: outcome?.ok }));
  });
  for (let index = 0; index < Number(WORKERS); index += 1) cluster.fork(snapshot);
  process.on('SIGTERM', () => {
    for (const worker of Object.values(cluster.workers ?? {})) worker?.kill();
    process.exitCode = 0;
    process.disconnect?.();
  });
} else {
  const services = validatorsWith(process.env['SNAPSHOT_TEXT']).map((validator) =>
    auth(validator, (request, response) => {
      response.end(JSON.stringify({ sub: request.auth?.payload.sub }));
    }),
  );
  createServer((request, response) => {
    // A connection stays with its process.
    response.setHeader('Connection', 'close');
    response.setHeader('X-Process', process.pid);
    void services[Number(request.url?.slice(1))]?.(request, response);
  }).listen(0, '127.0.0.1');
}
