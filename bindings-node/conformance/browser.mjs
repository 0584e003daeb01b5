// Runs the cases of a vector file through `jotgate/edge` in Chromium: browser.mjs VECTORS RAW_REPORT START_INDEX, as runner.mjs. The page
// and all that it asks for come from a server on loopback, which ends with the last case, and Chromium with it.
import { spawn } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const [vectors = '', report = '', start = '0'] = process.argv.slice(2);
const here = (/** @type {string} */ path) => fileURLToPath(new URL(path, import.meta.url));

const { outputFiles } = await build({
  entryPoints: [here('page.mjs')],
  bundle: true,
  format: 'esm',
  write: false,
  alias: { jotgate: here('../dist/edge.mjs'), 'jotgate/edge': here('../dist/edge.mjs') },
});

/** @type {Record<string, [type: string, content: () => string | Uint8Array]>} */
const files = {
  '/': ['text/html', () => `<!doctype html><script type="module" src="/page.js?start=${start}"></script>`],
  '/page.js': ['text/javascript', () => outputFiles[0]?.contents ?? ''],
  '/jotgate.wasm': ['application/wasm', () => readFileSync(here('../dist/jotgate.wasm'))],
  '/vectors': ['application/json', () => readFileSync(vectors)],
};

const server = createServer(async (request, response) => {
  const path = String(request.url).split('?')[0] ?? '';
  if (request.method === 'GET') {
    const file = files[path];
    if (file === undefined) return void response.writeHead(404).end();
    return void response.writeHead(200, { 'Content-Type': file[0] }).end(file[1]());
  }
  const body = await text(request);
  response.end();
  if (path === '/lines') appendFileSync(report, body);
  else end(path === '/end' ? undefined : body);
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
const address = server.address();
const port = typeof address === 'object' ? address?.port : undefined;

const profile = mkdtempSync(join(tmpdir(), 'jotgate-chromium-'));
const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'];
flags.push('--disable-background-networking', '--disable-component-update', '--disable-dev-shm-usage');
const chromium = spawn('chromium', [...flags, `--user-data-dir=${profile}`, `http://127.0.0.1:${port}/`], {
  stdio: 'ignore',
});
chromium.on('error', (error) => end(`Chromium does not start: ${error.message}`));
// Its helpers may write a moment longer than it lives.
chromium.on('exit', (code) => {
  if (!ended) end(`Chromium ended with ${code}`);
  rmSync(profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
});

let ended = false;
/** @param {string | undefined} problem */
function end(problem) {
  ended = true;
  if (problem !== undefined) {
    console.error(problem);
    process.exitCode = 1;
  }
  server.close();
  server.closeAllConnections();
  chromium.kill();
}
