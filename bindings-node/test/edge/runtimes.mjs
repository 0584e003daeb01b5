// The examples of `jotgate/edge` on the runtimes that they are for: `runtimes.sh` installs those.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { AUDIENCE, startIssuer } from '../support/issuer.mjs';

/** @import { Issuer } from '../support/issuer.mjs' */
/** @import { TestContext } from 'node:test' */

const root = fileURLToPath(new URL('../..', import.meta.url));
const runtimes = String(process.env['JOTGATE_RUNTIMES']);

/** A port that nobody has. */
async function port() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return String(typeof address === 'object' ? address?.port : '');
}

/** @param {TestContext} t */
async function folderOf(t) {
  const folder = await mkdtemp(join(tmpdir(), 'jotgate-runtime-'));
  t.after(() => rm(folder, { recursive: true }));
  return folder;
}

/**
 * Starts a program, waits until its server answers, and asks it.
 * @param {TestContext} t @param {string} where @param {string} program @param {string[]} args @param {object} options @param {Issuer} issuer
 */
async function shows(t, where, program, args, options, issuer) {
  const child = spawn(join(runtimes, program), args, { ...options, stdio: 'inherit' });
  t.after(() => child.kill());
  const ask = (/** @type {string} */ token) =>
    fetch(where, { headers: token === '' ? {} : { Authorization: `Bearer ${token}` } });
  for (let answered = false; !answered;) {
    assert.equal(child.exitCode, null);
    answered = await ask('').then(
      () => true,
      () => new Promise((resolve) => setTimeout(() => resolve(false), 50)),
    );
  }
  const good = await issuer.mint({ scope: 'orders:read' });
  const answers = await Promise.all([good, good, await issuer.mint(), `${good.slice(0, -4)}AAAA`, ''].map(ask));
  assert.deepEqual(
    answers.map(({ status }) => status),
    [200, 200, 403, 401, 401],
  );
  assert.deepEqual(await answers[0]?.json(), { sub: 'alice' });
  assert.equal(issuer.fetches, 1);
}

test('Deno', async (t) => {
  const issuer = await startIssuer(t);
  const folder = await folderOf(t);
  await mkdir(join(folder, 'node_modules'));
  await symlink(root, join(folder, 'node_modules', 'jotgate'));
  await writeFile(join(folder, 'package.json'), '{}');
  await copyFile(join(root, 'examples', 'edge-deno.mjs'), join(folder, 'edge-deno.mjs'));
  const PORT = await port();
  const env = { ...process.env, ISSUER: issuer.url, JWKS_URI: issuer.jwksUri, AUDIENCE, PORT };
  const args = ['run', '--node-modules-dir=manual', '--allow-read', '--allow-net', '--allow-env', 'edge-deno.mjs'];
  await shows(t, `http://127.0.0.1:${PORT}/`, 'deno', args, { cwd: folder, env }, issuer);
});

test('workerd', async (t) => {
  const issuer = await startIssuer(t);
  const folder = await folderOf(t);
  for (const file of ['examples/edge-worker.mjs', 'dist/edge.mjs', 'dist/jotgate.wasm']) {
    await copyFile(join(root, file), join(folder, file.split('/')[1] ?? ''));
  }
  const address = `127.0.0.1:${await port()}`;
  await writeFile(
    join(folder, 'config.capnp'),
    `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [ (name = "main", worker = .main), (name = "internet", network = (allow = ["private"])) ],
  sockets = [ (name = "http", address = "${address}", http = (), service = "main") ],
);
const main :Workerd.Worker = (
  modules = [
    (name = "worker", esModule = embed "edge-worker.mjs"),
    (name = "jotgate/edge", esModule = embed "edge.mjs"),
    (name = "jotgate/edge.wasm", wasm = embed "jotgate.wasm"),
  ],
  bindings = [
    (name = "ISSUER", text = "${issuer.url}"),
    (name = "JWKS_URI", text = "${issuer.jwksUri}"),
    (name = "AUDIENCE", text = "${AUDIENCE}"),
  ],
  compatibilityDate = "2025-06-01",
);
`,
  );
  await shows(t, `http://${address}/`, 'workerd', ['serve', 'config.capnp'], { cwd: folder }, issuer);
});
