import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { describe, test } from 'node:test';
import { startIssuer } from './support/issuer.mjs';

describe('node:cluster', () => {
  /** @param {import('node:test').TestContext} t @param {Record<string, string>} env */
  async function start(t, env) {
    const child = spawn(process.execPath, ['test/support/cluster-app.mjs'], {
      cwd: new URL('..', import.meta.url),
      env: { ...process.env, ...env },
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

  /** Asks until three processes have answered. @param {number} port @param {string} token */
  async function answers(port, token) {
    const pids = new Set();
    for (let count = 0; count < 60 && pids.size < 3; count += 1) {
      const response = await fetch(`http://127.0.0.1:${port}/`, { headers: { Authorization: `Bearer ${token}` } });
      const { pid, sub } = /** @type {{ pid: number, sub: string }} */ (await response.json());
      assert.deepEqual([response.status, sub], [200, 'alice']);
      pids.add(pid);
    }
    return pids.size;
  }

  test('each process validates, with one fetch of its own', async (t) => {
    const issuer = await startIssuer(t);
    const token = await issuer.mint();
    const { port, primary } = await start(t, { OPTIONS: JSON.stringify(issuer.options()), TOKEN: token });
    assert.ok(primary);
    assert.equal(await answers(port, token), 3);
    assert.equal(issuer.fetches, 4);
    assert.equal((await fetch(`http://127.0.0.1:${port}/`)).status, 401);
  });

  test('processes that are given the keys of the primary need no fetch', async (t) => {
    const issuer = await startIssuer(t);
    const token = await issuer.mint();
    const env = { OPTIONS: JSON.stringify(issuer.options()), TOKEN: token, SNAPSHOT: 'yes' };
    const { port } = await start(t, env);
    assert.equal(await answers(port, token), 3);
    assert.equal(issuer.fetches, 1);
  });
});
