import type { Failure, NativeFetchRequest } from './native.js';
import { FailureNumber } from './numbers.js';
import { background } from './platform.js';
import { wordsOf } from './reason.js';

/** A GET for a key set. */
export interface FetcherRequest {
  /** An absolute URL. */
  url: string;
  /** Header fields to send. */
  headers: Record<string, string>;
  /** The longest time that the whole exchange may take, in milliseconds. */
  timeout: number;
  /** The longest body to read, in bytes after content decoding. */
  maxBody: number;
  /** Fires when the answer is no longer wanted, at the latest after `timeout`. */
  signal: AbortSignal;
}

/** What came back. The `Response` of `fetch` is one; so is `{ status: 200, headers: {}, body: '{"keys":[…]}' }`. */
export interface FetcherResponse {
  status: number;
  headers: Iterable<readonly [string, string]> | Record<string, string | string[] | undefined>;
  /** Text, bytes, or a stream of bytes, of which no more than `maxBody` is read. */
  body: string | Uint8Array | ArrayBuffer | AsyncIterable<Uint8Array> | null;
  /** True when a redirect was followed: such an answer does not count. */
  redirected?: boolean;
}

/**
 * Does an HTTP GET. It must not follow redirects. It may throw, reject, hang or return nonsense: that is a failed
 * fetch, and the key-set machine backs off.
 */
export type Fetcher = (request: FetcherRequest) => FetcherResponse | Promise<FetcherResponse>;

/**
 * An answer as the core takes it.
 * @internal
 */
export interface Exchanged {
  status: number;
  /** Name, value, name, value, … */
  headers: string[];
  body: Uint8Array;
}

/**
 * Says why a fetch brought no answer. It never reaches users.
 * @internal
 */
export class FetchProblem extends Error {
  constructor(
    readonly failure: Failure,
    /** What the HTTP client says of it, or what is wrong with its answer. */
    readonly words = '',
  ) {
    super('fetch failed');
  }
}

/**
 * Why a fetch brought no answer: what is no FetchProblem was thrown by a fetcher of the application's own.
 * @internal
 */
export function problemOf(error: unknown): { failure: Failure; words: string } {
  return error instanceof FetchProblem ? error : { failure: FailureNumber.callback, words: wordsOf(error) };
}

/**
 * One exchange with everything that can go wrong: rejects with a FetchProblem or with what `fetcher` threw.
 * @internal
 */
export function exchange(fetcher: Fetcher, request: NativeFetchRequest): Promise<Exchanged> {
  return within(request.timeout, (signal) => answerOf(fetcher, request, signal));
}

/**
 * What `work` comes to within so many milliseconds, or a FetchProblem. Its signal fires when it is no longer wanted.
 * @internal
 */
async function within<Result>(timeout: number, work: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
  const controller = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timedOut = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => {
        reject(new FetchProblem(FailureNumber.timeout));
      },
      Math.min(timeout, LONGEST_TIMER),
    );
    // Whoever waits for this fetch keeps the process alive; a refresh in the background must not.
    background(timer);
  });
  try {
    return await Promise.race([work(controller.signal), timedOut]);
  } finally {
    clearTimeout(timer);
    // Frees the connection of an answer that was too long or too late; after a complete one it does nothing.
    controller.abort();
  }
}

/**
 * The answer of `fetcher`, read to its end.
 * @internal
 */
export async function answerOf(fetcher: Fetcher, request: NativeFetchRequest, signal: AbortSignal): Promise<Exchanged> {
  const { url, timeout, maxBody } = request;
  const headers = Object.fromEntries(pairs(request.headers));
  // In a microtask of its own, so that a user's callback never runs inside the validation that asked for it.
  const response: unknown = await Promise.resolve().then(() => fetcher({ url, headers, timeout, maxBody, signal }));
  if (!isResponse(response)) throw new FetchProblem(FailureNumber.callback, whyNone(response));
  return { status: response.status, headers: flatten(response.headers), body: await bytesOf(response.body, maxBody) };
}

function isResponse(value: unknown): value is FetcherResponse {
  if (typeof value !== 'object' || value === null) return false;
  const { status, headers, redirected } = value as Partial<Record<keyof FetcherResponse, unknown>>;
  const isStatus = Number.isInteger(status) && (status as number) >= 100 && (status as number) <= 599;
  return isStatus && typeof headers === 'object' && headers !== null && redirected !== true;
}

/** What is wrong with something that is no response. */
function whyNone(value: unknown): string {
  const isRedirected = (value as Partial<FetcherResponse> | null | undefined)?.redirected === true;
  return isRedirected ? 'fetch followed a redirect' : 'fetch gave no response with status and headers';
}

function flatten(headers: FetcherResponse['headers']): string[] {
  const entries: Iterable<readonly [string, unknown]> = Symbol.iterator in headers ? headers : Object.entries(headers);
  const fields: string[] = [];
  // A callback of an application without types may give other names than texts.
  for (const [name, value] of entries as Iterable<readonly [unknown, unknown]>) {
    if (value === undefined || value === null) continue;
    for (const line of Array.isArray(value) ? value : [value]) fields.push(String(name), String(line));
  }
  return fields;
}

async function bytesOf(body: unknown, maxBody: number): Promise<Uint8Array> {
  if (body === null) return new Uint8Array();
  if (typeof body === 'string') return capped(new TextEncoder().encode(body), maxBody);
  if (body instanceof ArrayBuffer) return capped(new Uint8Array(body), maxBody);
  // A copy, since the caller may hold on to its bytes, and may share them with another thread.
  if (body instanceof Uint8Array) return new Uint8Array(capped(body, maxBody));
  if (typeof body !== 'object' || !(Symbol.asyncIterator in body)) {
    throw new FetchProblem(FailureNumber.callback, NO_BODY);
  }
  return collect(body as AsyncIterable<unknown>, maxBody);
}

/** Reads a stream up to the cap; leaving the loop cancels the stream. */
async function collect(stream: AsyncIterable<unknown>, maxBody: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of stream) {
    if (!(chunk instanceof Uint8Array)) throw new FetchProblem(FailureNumber.callback, NO_BODY);
    length += chunk.byteLength;
    if (length > maxBody) throw new FetchProblem(FailureNumber.tooLarge);
    chunks.push(chunk);
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.byteLength;
  }
  return bytes;
}

function capped(body: Uint8Array, maxBody: number): Uint8Array {
  if (body.byteLength > maxBody) throw new FetchProblem(FailureNumber.tooLarge);
  return body;
}

const NO_BODY = 'fetch gave a body that is not text, bytes or a stream of bytes';

function* pairs(fields: string[]): Generator<[string, string]> {
  for (let index = 0; index < fields.length; index += 2) yield [fields[index] ?? '', fields[index + 1] ?? ''];
}

/**
 * What `setTimeout` can count, in milliseconds; beyond it, it fires at once.
 * @internal
 */
export const LONGEST_TIMER = 2 ** 31 - 1;
