// A Redis server of a test's own, on a free port of loopback; it ends with the test and leaves nothing behind.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { createClient } from 'redis';

/** Why these tests cannot run here, if so. In continuous integration they must, and fail without a server. */
export const skip =
  process.env['CI'] !== 'true' && spawnSync('redis-server', ['--version']).error !== undefined
    ? 'there is no redis-server here: apt-get install redis-server'
    : false;

/** @param {import('node:test').TestContext} t */
export async function startRedis(t) {
  const folder = await mkdtemp(join(tmpdir(), 'jotgate-redis-'));
  const port = await freePort();
  const server = spawn('redis-server', ['--bind', '127.0.0.1', '--port', String(port), '--save', '', '--dir', folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(server, 'spawn');
  const exited = once(server, 'exit');
  t.after(async () => {
    // Also one that was stopped in its tracks.
    server.kill('SIGKILL');
    await exited;
    await rm(folder, { recursive: true });
  });
  let isReady = false;
  for await (const line of createInterface(server.stdout)) {
    isReady = line.includes('Ready to accept connections');
    if (isReady) break;
  }
  if (!isReady) throw new Error('redis-server ended before it was ready');
  server.stdout.resume();
  return { url: `redis://127.0.0.1:${port}`, server, exited };
}

/** A client that ends with the test. @param {import('node:test').TestContext} t @param {string} url */
export async function connect(t, url) {
  const client = createClient({ url, disableOfflineQueue: true });
  // The tests that stop the server lose it on purpose.
  client.on('error', () => {});
  await client.connect();
  t.after(() => client.destroy());
  return client;
}

/** Nothing else listens there now; should something begin to before the server does, the server says so and ends. */
async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (probe.address());
  probe.close();
  await once(probe, 'close');
  return port;
}
