import type { PolicyProblem } from '../native.js';
import { Instance } from './instance.js';
import type { CompiledModule, WebAssemblyApi } from './wasm.js';

/**
 * Where the module comes from: a `WebAssembly.Module`, its bytes, a `Response` or a promise of one, or a URL to fetch. It is the file
 * `jotgate/edge.wasm` of this very version.
 */
export type ModuleSource = object | string;

/** The version of this package, and the URL of this very file: both are written here when it is built. */
declare const JOTGATE_VERSION: string;
declare const JOTGATE_HERE: string;

let compiled: CompiledModule | undefined;
let current: Instance | undefined;

/**
 * Gets the core ready. Await it once, before anything else of `jotgate/edge` is used; further calls do nothing.
 *
 * Without a source the module is the file beside this one, which Node, Deno, Bun and browsers find, and bundlers that follow
 * `new URL('…', import.meta.url)`. Where a module must be compiled ahead, such as in Workers, pass it:
 *
 * ```js
 * import wasm from 'jotgate/edge.wasm';
 * await init(wasm);
 * ```
 *
 * @throws Error when there is no WebAssembly here, when the module cannot be had, or when it is another one.
 */
export async function init(source?: ModuleSource): Promise<void> {
  if (compiled !== undefined) return;
  const api = (globalThis as { WebAssembly?: WebAssemblyApi }).WebAssembly;
  if (typeof api !== 'object') throw new Error('jotgate/edge needs WebAssembly, which this runtime does not have');
  const module = await moduleOf(api, source);
  if (api.Module.imports(module).length > 0 || !api.Module.exports(module).some(({ name }) => name === 'session_new')) {
    throw new Error(`this is another WebAssembly module than that of jotgate: ${WHICH}`);
  }
  const first = new Instance(module);
  const version = first.text((exports) => exports.version());
  if (version !== JOTGATE_VERSION) {
    throw new Error(
      `the WebAssembly module is of jotgate ${version}, and this is jotgate ${JOTGATE_VERSION}: ${WHICH}`,
    );
  }
  // Whoever called at the same time has come to the same.
  compiled ??= module;
  current ??= first;
}

/**
 * The instance in which things are made. One that has failed keeps what it has, all of which it refuses; new things come into a new one.
 * Not one for each validator: browsers have room for some dozens.
 * @internal
 */
export function instance(): Instance {
  if (compiled === undefined) throw new Error('jotgate/edge is not ready: await init() first');
  if (current === undefined || current.isBroken) current = new Instance(compiled);
  return current;
}

/**
 * What an instance has told about a policy.
 * @internal
 */
export function problemOf(where: Instance): PolicyProblem {
  return JSON.parse(where.output(), (_, value: unknown) => value ?? undefined) as PolicyProblem;
}

async function moduleOf(api: WebAssemblyApi, source: ModuleSource = beside()): Promise<CompiledModule> {
  const given = await (source as PromiseLike<unknown>);
  if (given instanceof (api.Module as unknown as new () => object)) return given;
  if (typeof given === 'string' || given instanceof URL) return compile(api, await fetched(given));
  if (given instanceof Response) return compile(api, await bytesOf(given));
  if (given instanceof ArrayBuffer || ArrayBuffer.isView(given)) return compile(api, given);
  throw new TypeError('init takes a WebAssembly.Module, its bytes, a Response, or a URL');
}

async function compile(api: WebAssemblyApi, bytes: ArrayBuffer | ArrayBufferView): Promise<CompiledModule> {
  try {
    return await api.compile(bytes);
  } catch (error) {
    throw new Error(`these bytes are no WebAssembly module that can be compiled here: ${WHICH}`, { cause: error });
  }
}

/** The file beside this one, as bytes where it is a file and no fetch reads those. */
async function beside(): Promise<Uint8Array | URL> {
  // Written so that bundlers find the file.
  const url = new URL('./jotgate.wasm', JOTGATE_HERE);
  if (url.protocol !== 'file:') return url;
  // By a name that bundlers for other runtimes do not follow.
  const name = 'node:fs/promises';
  try {
    const { readFile } = (await import(/* @vite-ignore */ /* webpackIgnore: true */ name)) as {
      readFile: (url: URL) => Promise<Uint8Array>;
    };
    return await readFile(url);
  } catch (error) {
    throw new Error(`the WebAssembly module of jotgate is not at ${url.href}: ${WHICH}`, { cause: error });
  }
}

async function fetched(url: string | URL): Promise<ArrayBuffer> {
  let response;
  try {
    response = await fetch(url);
  } catch (error) {
    throw new Error(`the WebAssembly module of jotgate cannot be fetched from ${String(url)}: ${WHICH}`, {
      cause: error,
    });
  }
  return bytesOf(response);
}

async function bytesOf(response: Response): Promise<ArrayBuffer> {
  if (!response.ok) {
    throw new Error(
      `there is no WebAssembly module at ${response.url}, but status ${String(response.status)}: ${WHICH}`,
    );
  }
  return response.arrayBuffer();
}

const WHICH = 'pass init the file jotgate/edge.wasm of this version, as the README says for your runtime';
