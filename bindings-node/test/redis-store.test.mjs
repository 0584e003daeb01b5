// The example's store in a real Redis, with workers in processes of their own and a real issuer.
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createValidator } from 'jotgate';
import { redisStore } from '../examples/redis-store.mjs';
import { startIssuer, until } from './support/issuer.mjs';
import { connect, skip, startRedis } from './support/redis.mjs';

const WORKER = fileURLToPath(new URL('support/redis-worker.mjs', import.meta.url));
const KEY = 'jotgate:keys';

/** @typedef {Awaited<ReturnType<typeof startIssuer>>} Issuer */

/** @param {import('node:test').TestContext} t @param {number} count @param {Issuer} issuer @param {string} url */
async function startWorkers(t, count, issuer, url, lease = {}) {
  const env = {
    ...process.env,
    OPTIONS: JSON.stringify({ ...issuer.options(), keySet: { timeout: '5m' } }),
    SETTINGS: JSON.stringify(lease),
    REDIS_URL: url,
  };
  const workers = Array.from({ length: count }, () => fork(WORKER, { env }));
  t.after(async () => {
    const running = workers.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null);
    const exits = running.map((worker) => once(worker, 'exit'));
    for (const worker of running) worker.kill();
    await Promise.all(exits);
  });
  assert.deepEqual(await Promise.all(workers.map(said)), Array(count).fill('ready'));
  return workers;
}

/** @param {import('node:child_process').ChildProcess} worker */
async function said(worker) {
  const [message] = await once(worker, 'message');
  return String(message);
}

/** Makes an issuer answer when it is told to. @param {Issuer} issuer */
function hold(issuer) {
  const { respond } = issuer;
  const held = /** @type {(() => void)[]} */ ([]);
  issuer.respond = (request, response) => void held.push(() => respond(request, response));
  return () => held.splice(0).forEach((answer) => answer());
}

/** How often a command was given. @param {Awaited<ReturnType<typeof connect>>} client @param {string} command */
async function calls(client, command) {
  const told = await client.info('commandstats');
  return Number(new RegExp(`cmdstat_${command}:calls=(\\d+)`).exec(told)?.[1] ?? 0);
}

/** @param {() => Promise<boolean>} condition */
async function eventually(condition) {
  while (!(await condition())) await new Promise((resolve) => setImmediate(resolve));
}

const settings = { skip, timeout: 120_000 };

describe('a store in Redis', () => {
  test('makes one request at the cold start of many workers', settings, async (t) => {
    const { url } = await startRedis(t);
    const client = await connect(t, url);
    const issuer = await startIssuer(t);
    const release = hold(issuer);
    // No machine is so slow that the lease runs out.
    const workers = await startWorkers(t, 5, issuer, url, { lease: 30_000 });
    const token = await issuer.mint();
    const answers = Promise.all(workers.map(said));
    for (const worker of workers) worker.send(token);
    // One of them has the lease and asks the issuer, and the others have found out that it is not theirs.
    await eventually(async () => (await calls(client, 'set')) >= workers.length);
    await until(() => issuer.fetches === 1);
    release();
    assert.deepEqual(await answers, Array(5).fill('alice'));
    assert.equal(issuer.fetches, 1);
    const [late] = await startWorkers(t, 1, issuer, url);
    late?.send(token);
    assert.equal(late && (await said(late)), 'alice');
    assert.equal(issuer.fetches, 1);
    const life = await client.pTTL(KEY);
    assert.ok(life > 0 && life <= 24 * 3_600_000);
  });

  test('lets another worker fetch when the one with the lease dies', settings, async (t) => {
    const { url } = await startRedis(t);
    const issuer = await startIssuer(t);
    const release = hold(issuer);
    const [doomed, ...others] = await startWorkers(t, 4, issuer, url, { lease: 1000 });
    const token = await issuer.mint();
    doomed?.send(token);
    await until(() => issuer.fetches === 1);
    const answers = Promise.all(others.map(said));
    for (const worker of others) worker.send(token);
    doomed?.kill('SIGKILL');
    await until(() => issuer.fetches === 2);
    release();
    assert.deepEqual(await answers, Array(3).fill('alice'));
    assert.equal(issuer.fetches, 2);
  });

  test('that is gone, or does not answer, leaves each to fetch', settings, async (t) => {
    const issuer = await startIssuer(t);
    const token = await issuer.mint();
    for (const signal of /** @type {const} */ (['SIGTERM', 'SIGSTOP'])) {
      const { url, server, exited } = await startRedis(t);
      const client = await connect(t, url);
      server.kill(signal);
      if (signal === 'SIGTERM') await exited;
      const before = issuer.fetches;
      const validator = createValidator({ ...issuer.options(), store: redisStore(client, { lease: 100 }) });
      assert.equal((await validator.validate(token)).payload.sub, 'alice');
      assert.equal(issuer.fetches, before + 1);
    }
  });
});
