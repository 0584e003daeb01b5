// A service that runs in several processes: the primary forks them, and each has a validator of its own.
import cluster from 'node:cluster';
import { createServer } from 'node:http';
import process from 'node:process';
import { createValidator } from 'jotgate';
import { auth } from 'jotgate/http';

const { OPTIONS = '{}', WORKERS = '3', SNAPSHOT } = process.env;

/** @param {string | undefined} snapshot */
function validatorWith(snapshot) {
  const validator = createValidator(JSON.parse(OPTIONS));
  if (snapshot !== undefined) validator.importKeys(snapshot);
  return validator;
}

if (cluster.isPrimary) {
  // The primary has used its validator before it forks: that must not matter to the others.
  const validator = validatorWith(undefined);
  const outcome = await validator.tryValidate(process.env['TOKEN'] ?? '');
  const snapshot = SNAPSHOT === 'yes' ? { SNAPSHOT_TEXT: validator.exportKeys() } : {};
  let listening = 0;
  cluster.on('listening', (_worker, { port }) => {
    listening += 1;
    if (listening === Number(WORKERS)) console.log(JSON.stringify({ port, primary: outcome.ok }));
  });
  for (let index = 0; index < Number(WORKERS); index += 1) cluster.fork(snapshot);
  process.on('SIGTERM', () => {
    for (const worker of Object.values(cluster.workers ?? {})) worker?.kill();
    process.exitCode = 0;
    process.disconnect?.();
  });
} else {
  const validator = validatorWith(process.env['SNAPSHOT_TEXT']);
  createServer(
    auth(validator, (request, response) => {
      response.setHeader('Connection', 'close');
      response.end(JSON.stringify({ pid: process.pid, sub: request.auth?.payload.sub }));
    }),
  ).listen(0, '127.0.0.1');
}
