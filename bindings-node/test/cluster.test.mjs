import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { describe, test } from 'node:test';
import { signingKey, startIssuer, until } from './support/issuer.mjs';

const WORKERS = 3;

describe('node:cluster', () => {
  /** @param {import('node:test').TestContext} t @param {Record<string, string>} env */
  async function start(t, env) {
    const child = spawn(process.execPath, ['test/support/cluster-app.mjs'], {
      cwd: new URL('..', import.meta.url),
      env: { ...process.env, WORKERS: String(WORKERS), ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    t.after(async () => {
      const closed = once(child, 'close');
      child.kill();
      await closed;
    });
    const [line] = await once(child.stdout.setEncoding('utf8'), 'data');
    return /** @type {{ port: number, primary: boolean }} */ (JSON.parse(line));
  }

  /** One request of a kind, which says at which service. @typedef {{ service: number, token: string }} Kind */

  /** @param {number} port @param {Kind} kind */
  async function ask(port, kind) {
    const headers = { Authorization: `Bearer ${kind.token}` };
    const response = await fetch(`http://127.0.0.1:${port}/${kind.service}`, { headers });
    const { sub } = /** @type {{ sub?: string }} */ (await response.json());
    return { kind, status: response.status, sub, process: response.headers.get('x-process') };
  }

  /** Asks in crowds, until each process has answered each kind. @param {number} port @param {Kind[]} kinds */
  async function answers(port, kinds) {
    const seen = new Set();
    const all = [];
    for (let count = 0; count < 20 && seen.size < WORKERS * kinds.length; count += 1) {
      // Processes take turns: one more, and the next crowd falls to them in another way.
      const crowd = Array.from({ length: 10 * kinds.length + 1 }, (_, index) => kinds[index % kinds.length]);
      const answered = await Promise.all(crowd.map((kind) => ask(port, kind ?? assert.fail())));
      for (const { process, kind } of answered) seen.add(`${process} ${kinds.indexOf(kind)}`);
      all.push(...answered);
    }
    assert.equal(seen.size, WORKERS * kinds.length);
    return all;
  }

  test('each process fetches once, however many requests come at once', async (t) => {
    const issuer = await startIssuer(t);
    const token = await issuer.mint();
    const { port, primary } = await start(t, { OPTIONS: JSON.stringify([issuer.options()]), TOKEN: token });
    assert.ok(primary);
    for (const { status, sub } of await answers(port, [{ service: 0, token }])) {
      assert.deepEqual([status, sub], [200, 'alice']);
    }
    assert.equal(issuer.fetches, 1 + WORKERS);
    assert.equal((await fetch(`http://127.0.0.1:${port}/0`)).status, 401);
  });

  test('each issuer counts for its own service alone', async (t) => {
    const issuers = [await startIssuer(t), await startIssuer(t)];
    const tokens = await Promise.all(issuers.map((issuer, index) => issuer.mint({ sub: `user of ${index}` })));
    const options = issuers.map((issuer) => issuer.options());
    const { port } = await start(t, { OPTIONS: JSON.stringify(options), TOKEN: tokens[0] ?? '' });
    const good = tokens.map((token, service) => ({ service, token }));
    const strange = tokens.map((token, service) => ({ service: 1 - service, token }));
    // Signed by the other issuer, in the name of this one.
    const forged = await Promise.all(
      issuers.map(async ({ mint }, service) => ({
        service: 1 - service,
        token: await mint({ iss: issuers[1 - service]?.url }),
      })),
    );
    for (const { kind, status, sub } of await answers(port, [...good, ...strange, ...forged])) {
      assert.deepEqual([status, sub], good.includes(kind) ? [200, `user of ${kind.service}`] : [401, undefined]);
    }
    assert.deepEqual([issuers[0]?.fetches, issuers[1]?.fetches], [1 + WORKERS, WORKERS]);
  });

  test('processes that are given the keys of the primary need no fetch', async (t) => {
    const issuer = await startIssuer(t);
    const token = await issuer.mint();
    const env = { OPTIONS: JSON.stringify([issuer.options()]), TOKEN: token, SNAPSHOT: 'yes' };
    const { port } = await start(t, env);
    for (const { status } of await answers(port, [{ service: 0, token }])) assert.equal(status, 200);
    assert.equal(issuer.fetches, 1);
  });

  test('processes with one store need no fetch but the first', async (t) => {
    const issuer = await startIssuer(t);
    const token = await issuer.mint();
    const folder = await mkdtemp(join(tmpdir(), 'jotgate-store-'));
    t.after(() => rm(folder, { recursive: true }));
    const env = { OPTIONS: JSON.stringify([issuer.options()]), TOKEN: token, STORE: join(folder, 'keys.json') };
    const { port } = await start(t, env);
    for (const { status } of await answers(port, [{ service: 0, token }])) assert.equal(status, 200);
    assert.equal(issuer.fetches, 1);
    // A new key, which one of the processes asks for: the others have it from there.
    issuer.keys = [await signingKey('key-2')];
    const next = { service: 0, token: await issuer.mint() };
    assert.equal((await ask(port, next)).status, 200);
    await until(() => readFileSync(env.STORE, 'utf8').includes('key-2'));
    for (const { status } of await answers(port, [next])) assert.equal(status, 200);
    assert.equal(issuer.fetches, 2);
  });
});
