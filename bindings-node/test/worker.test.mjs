import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { startIssuer } from './support/issuer.mjs';

test('each worker thread makes and uses validators of its own', async (t) => {
  const issuer = await startIssuer(t);
  const workerData = { options: issuer.options(), tokens: await Promise.all([1, 2, 3].map((n) => issuer.mint({ n }))) };
  const script = `
    const { parentPort, workerData } = require('node:worker_threads');
    const { createValidator } = require('jotgate');
    const validator = createValidator(workerData.options);
    Promise.all(workerData.tokens.map((token) => validator.validate(token)))
      .then((verified) => parentPort.postMessage(verified.map(({ payload }) => payload.n)));`;
  const workers = Array.from({ length: 4 }, () => new Worker(script, { eval: true, workerData }));
  const messages = await Promise.all(
    workers.map(async (worker) => {
      const exited = once(worker, 'exit');
      const [message] = await once(worker, 'message');
      assert.deepEqual(await exited, [0]);
      return message;
    }),
  );
  assert.deepEqual(
    messages,
    Array.from({ length: 4 }, () => [1, 2, 3]),
  );
  assert.equal(issuer.fetches, 4);
});
