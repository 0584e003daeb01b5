import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { describe, test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { createValidator } from 'jotgate';
import { fileStore } from './support/file-store.mjs';
import { startIssuer, until } from './support/issuer.mjs';

/** Validates all tokens at once and posts the subjects, or the codes of those that are refused. */
const script = `
  const { parentPort, workerData } = require('node:worker_threads');
  const { createValidator } = require('jotgate');
  const { options, tokens, snapshot, file } = workerData;
  import(${JSON.stringify(import.meta.resolve('./support/file-store.mjs'))}).then(async ({ fileStore }) => {
    const validator = createValidator({ ...options, ...(file && { store: fileStore(file) }) });
    if (snapshot !== undefined) validator.importKeys(snapshot);
    const outcomes = await Promise.all(tokens.map((token) => validator.tryValidate(token)));
    parentPort.postMessage(outcomes.map((outcome) => (outcome.ok ? outcome.verified.payload.sub : outcome.code)));
  });`;

/** What a thread posts, which must end by itself then. @param {object} workerData */
async function answersOf(workerData) {
  const worker = new Worker(script, { eval: true, workerData });
  const exited = once(worker, 'exit');
  const [message] = await once(worker, 'message');
  assert.deepEqual(await exited, [0]);
  return /** @type {string[]} */ (message);
}

describe('worker threads', () => {
  test('each fetch once, and mix nothing up', async (t) => {
    const issuers = await Promise.all([startIssuer(t), startIssuer(t)]);
    const [first, second] = issuers;
    const tokens = await Promise.all([
      ...Array.from({ length: 20 }, (_, n) => first.mint({ sub: `first ${n}` })),
      ...Array.from({ length: 20 }, (_, n) => second.mint({ sub: `second ${n}` })),
      // Signed by the other issuer.
      first.mint({ iss: second.url }),
      second.mint({ iss: first.url }),
    ]);
    const answers = await Promise.all(
      [0, 1, 0, 1].map((index) => answersOf({ options: issuers[index]?.options(), tokens })),
    );
    const names = (/** @type {string} */ name) => Array.from({ length: 20 }, (_, n) => `${name} ${n}`);
    const strange = Array.from({ length: 20 }, () => 'unknown_issuer');
    const ofFirst = [...names('first'), ...strange, 'unknown_issuer', 'invalid_signature'];
    const ofSecond = [...strange, ...names('second'), 'invalid_signature', 'unknown_issuer'];
    assert.deepEqual(answers, [ofFirst, ofSecond, ofFirst, ofSecond]);
    assert.deepEqual([first.fetches, second.fetches], [2, 2]);
  });

  test('that are given keys need no fetch', async (t) => {
    const issuer = await startIssuer(t);
    const validator = createValidator(issuer.options());
    const token = await issuer.mint();
    await validator.validate(token);
    const workerData = { options: issuer.options(), tokens: [token], snapshot: validator.exportKeys() };
    const answers = await Promise.all([1, 2].map(() => answersOf(workerData)));
    assert.deepEqual(answers, [['alice'], ['alice']]);
    assert.equal(issuer.fetches, 1);
  });

  test('that are ended amid a fetch leave the others alone', async (t) => {
    const issuer = await startIssuer(t);
    const { respond } = issuer;
    const held = /** @type {(() => void)[]} */ ([]);
    let closed = 0;
    issuer.respond = (request, response) => {
      response.on('close', () => (closed += 1));
      held.push(() => respond(request, response));
    };
    const token = await issuer.mint();
    const workerData = { options: issuer.options(), tokens: [token] };
    const doomed = new Worker(script, { eval: true, workerData });
    await until(() => held.length === 1);
    const other = answersOf(workerData);
    const here = createValidator(issuer.options()).validate(token);
    await until(() => held.length === 3);
    await doomed.terminate();
    await until(() => closed === 1);
    issuer.respond = respond;
    for (const answer of held) answer();
    assert.deepEqual([await other, (await here).payload.sub], [['alice'], 'alice']);
    assert.deepEqual(await answersOf(workerData), ['alice']);
  });

  test('that alone have loaded the addon end well', async (t) => {
    const [issuer, other] = await Promise.all([startIssuer(t), startIssuer(t)]);
    // Refused by the cryptography, which then keeps something for the thread that ends after Node has unloaded the addon.
    const workerData = { options: issuer.options(), tokens: [await other.mint({ iss: issuer.url })] };
    const main = `
      const { Worker } = require('node:worker_threads');
      const worker = new Worker(${JSON.stringify(script)}, { eval: true, workerData: ${JSON.stringify(workerData)} });
      worker.on('message', (message) => console.log(message[0]));
      worker.on('exit', (code) => console.log(code));`;
    const child = spawn(process.execPath, ['--eval', main], { cwd: import.meta.dirname });
    const output = /** @type {string[]} */ ([]);
    child.stdout.setEncoding('utf8').on('data', (chunk) => output.push(chunk));
    const exit = await once(child, 'close');
    assert.deepEqual([output.join(''), ...exit], ['invalid_signature\n0\n', 0, null]);
  });

  test('share a store with each other and with the main thread', async (t) => {
    const issuer = await startIssuer(t);
    const folder = await mkdtemp(join(tmpdir(), 'jotgate-store-'));
    t.after(() => rm(folder, { recursive: true }));
    const file = join(folder, 'keys.json');
    const workerData = { options: issuer.options(), tokens: [await issuer.mint()], file };
    // The first thread ends by itself when it has saved what it fetched.
    assert.deepEqual(await answersOf(workerData), ['alice']);
    const here = createValidator({ ...issuer.options(), store: fileStore(file) });
    assert.equal((await here.validate(await issuer.mint())).payload.sub, 'alice');
    assert.deepEqual(await Promise.all([1, 2, 3].map(() => answersOf(workerData))), [['alice'], ['alice'], ['alice']]);
    assert.equal(issuer.fetches, 1);
  });
});
