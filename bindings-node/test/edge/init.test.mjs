// Where the module comes from, and what is said when it is not there.
import assert from 'node:assert/strict';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { serve } from '../support/issuer.mjs';

const here = import.meta.resolve('jotgate/edge');
const wasm = await readFile(fileURLToPath(import.meta.resolve('jotgate/edge.wasm')));

// Its types are those of browsers.
const { WebAssembly } = /** @type {any} */ (globalThis);

let loads = 0;
/** Another copy of the package, which nobody has got ready. @returns {Promise<typeof import('jotgate/edge')>} */
const copy = () => import(`${here}?copy=${(loads += 1)}`);

/** @param {typeof import('jotgate/edge')} edge */
function works({ createValidator }) {
  const outcome = createValidator({ issuer: 'a', audience: 'b', secret: 's'.repeat(32) }).tryValidateSync('nonsense');
  assert.ok(!outcome.ok && outcome.code === 'malformed_token');
}

test('the module imports nothing', async () => {
  assert.deepEqual(WebAssembly.Module.imports(await WebAssembly.compile(wasm)), []);
});

test('without init everything says so', async () => {
  const { createValidator, requiredScopes, schema } = await copy();
  const options = { issuer: 'a', audience: 'b', secret: 's'.repeat(32) };
  for (const use of [() => createValidator(options), () => requiredScopes('a'), schema]) {
    assert.throws(use, { message: 'jotgate/edge is not ready: await init() first' });
  }
});

test('a module comes from anywhere', async (t) => {
  const url = await serve(t, (_, response) => response.end(wasm));
  const sources = [
    undefined,
    wasm,
    Uint8Array.from(wasm).buffer,
    await WebAssembly.compile(wasm),
    new Response(wasm),
    fetch(url),
    url,
    new URL(url),
  ];
  for (const source of sources) {
    const edge = await copy();
    await Promise.all([edge.init(source), edge.init()]);
    works(edge);
    // What comes later changes nothing.
    await edge.init('http://127.0.0.1:9/');
    works(edge);
  }
});

test('a wrong module is refused with what to do, and a right one may follow', async (t) => {
  const url = await serve(t, (_, response) => response.writeHead(404).end('no such file'));
  const empty = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
  const edge = await copy();
  for (const [source, words] of /** @type {[any, RegExp][]} */ ([
    [wasm.subarray(0, wasm.length / 2), /no WebAssembly module that can be compiled here: pass init the file/],
    [new Uint8Array(), /no WebAssembly module that can be compiled/],
    [new TextEncoder().encode('<!doctype html>'), /no WebAssembly module that can be compiled/],
    [empty, /another WebAssembly module than that of jotgate: pass init the file jotgate\/edge\.wasm/],
    [await WebAssembly.compile(empty), /another WebAssembly module/],
    [url, /there is no WebAssembly module at http:.*, but status 404/],
    ['http://127.0.0.1:9/', /cannot be fetched from http:/],
  ])) {
    await assert.rejects(edge.init(source), { name: 'Error', message: words });
  }
  for (const source of [7, {}, null, () => wasm]) {
    await assert.rejects(edge.init(/** @type {any} */ (source)), TypeError);
  }
  await edge.init(wasm);
  works(edge);
});

test('a module of another version, and none at all', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'jotgate-edge-'));
  t.after(() => rm(folder, { recursive: true }));
  const text = await readFile(fileURLToPath(here), 'utf8');
  const { version } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'));
  await writeFile(join(folder, 'edge.mjs'), text.replaceAll(`"${version}"`, '"99.0.0"'));
  const edge = /** @type {typeof import('jotgate/edge')} */ (await import(join(folder, 'edge.mjs')));
  await assert.rejects(edge.init(), /the WebAssembly module of jotgate is not at file:.*jotgate\.wasm: pass init/);
  await copyFile(fileURLToPath(import.meta.resolve('jotgate/edge.wasm')), join(folder, 'jotgate.wasm'));
  await assert.rejects(edge.init(), {
    message: new RegExp(`is of jotgate ${version}, and this is jotgate 99\\.0\\.0`),
  });
});

test('a runtime without WebAssembly', async (t) => {
  t.after(() => Object.assign(globalThis, { WebAssembly }));
  Object.assign(globalThis, { WebAssembly: undefined });
  await assert.rejects((await copy()).init(), /needs WebAssembly, which this runtime does not have/);
});
