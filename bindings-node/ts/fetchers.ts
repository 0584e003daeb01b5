import { FetchProblem, type Fetcher, type FetcherRequest, type FetcherResponse } from './fetcher.js';
import { FailureNumber } from './numbers.js';
import { isAboutCertificate, wordsOf } from './reason.js';

/** What a request for a key set says by itself. */
type Settled = 'body' | 'headers' | 'method' | 'redirect' | 'signal';

/**
 * Fetches key sets with a function like `fetch`, and what else its requests shall say: undici's with a `dispatcher`, for a
 * proxy, a private CA or a client certificate.
 *
 * ```js
 * import { Agent, fetch } from 'undici';
 * const fetcher = fetchWith(fetch, { dispatcher: new Agent({ connect: { ca } }) });
 * ```
 *
 * Redirects are not followed, whatever `init` says. Give a dispatcher to the `fetch` of the same undici: the global one
 * belongs to the undici inside Node.
 */
export function fetchWith<Init extends object>(
  fetch: (url: string, init?: Init) => Promise<FetcherResponse>,
  init?: NoInfer<Omit<Init, Settled>> & { headers?: Record<string, string> },
): Fetcher {
  if (typeof fetch !== 'function') throw new TypeError('fetchWith needs a function like fetch');
  return ({ url, headers, signal }) => {
    const fields = { ...init?.headers, ...yielding(headers, init?.headers) };
    const settled = { method: 'GET', headers: fields, redirect: 'manual', signal };
    return answered(() => fetch(url, { ...init, ...settled } as unknown as Init));
  };
}

/** What `axiosFetcher` needs of axios. */
export interface AxiosLike {
  request(config: {
    url: string;
    method: 'GET';
    headers: Record<string, string>;
    signal: AbortSignal;
    timeout: number;
    responseType: 'stream';
    decompress: boolean;
    maxRedirects: number;
    fetchOptions: { redirect: 'manual' };
    validateStatus: () => boolean;
    transformResponse: (data: unknown) => unknown;
  }): Promise<{ status: number; headers: object; data?: unknown }>;
}

/**
 * Fetches key sets with axios or an instance of it, with the proxies, agents and interceptors that it has.
 *
 * ```js
 * import axios from 'axios';
 * const fetcher = axiosFetcher(axios.create({ httpsAgent }));
 * ```
 *
 * What a fetch for keys depends on is not the instance's: redirects are not followed, the policy's timeout holds until the
 * body is read, and the body is a stream that is read up to the policy's cap.
 */
export function axiosFetcher(axios: AxiosLike): Fetcher {
  if (typeof (axios as Partial<AxiosLike> | undefined)?.request !== 'function') {
    throw new TypeError('axiosFetcher needs axios or an instance of it');
  }
  return ({ url, headers, signal }) =>
    answered(async () => {
      const { headers: own } = (axios as { defaults?: { headers?: AxiosHeaders } }).defaults ?? {};
      const fields = yielding(headers, { ...own?.common, ...own?.get, ...own });
      const response = await axios.request({ ...axiosConfig, url, headers: fields, signal });
      return { status: response.status, headers: response.headers, body: response.data ?? null } as FetcherResponse;
    });
}

type AxiosHeaders = Record<'common' | 'get', object | undefined>;

/** Our fields, less a User-Agent where the application has one of its own. */
function yielding(headers: Record<string, string>, own: object = {}): Record<string, string> {
  if (!Object.keys(own).some((name) => name.toLowerCase() === 'user-agent')) return headers;
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name !== 'user-agent'));
}

const axiosConfig = {
  method: 'GET',
  // None of axios's own: it would end with the header, and the driver's holds for the whole exchange.
  timeout: 0,
  responseType: 'stream',
  decompress: true,
  maxRedirects: 0,
  // The same for axios's adapter for fetch, which did not look at `maxRedirects` before 1.20.
  fetchOptions: { redirect: 'manual' },
  validateStatus: () => true,
  transformResponse: (data: unknown) => data,
} as const;

/**
 * The default: the global `fetch`, whichever that is when a key set is needed.
 * @internal
 */
export const globalFetcher: (request: FetcherRequest) => Promise<FetcherResponse> = ({ url, headers, signal }) =>
  answered(() => fetch(url, { headers, redirect: 'manual', signal }));

/**
 * The answer, with every error of the HTTP client on its way told apart from a callback that is wrong.
 * @internal
 */
export async function answered(ask: () => Promise<FetcherResponse>): Promise<FetcherResponse> {
  try {
    const { status, headers, body, redirected = false } = await ask();
    return { status, headers, body: isStream(body) || isReadable(body) ? read(body) : body, redirected };
  } catch (error) {
    throw problem(error);
  }
}

/** Some browsers cannot iterate over streams. Whoever stops early cancels the stream. */
async function* chunksOf(stream: ReadableStream<Uint8Array>): AsyncIterable<Uint8Array> {
  const reader = stream.getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
  } finally {
    await reader.cancel();
  }
}

function problem(error: unknown): FetchProblem {
  const failure = isAboutCertificate(error) ? FailureNumber.certificate : FailureNumber.connection;
  return new FetchProblem(failure, wordsOf(error));
}

function isStream(body: unknown): body is AsyncIterable<Uint8Array> {
  return typeof body === 'object' && body !== null && Symbol.asyncIterator in body;
}

function isReadable(body: unknown): body is ReadableStream<Uint8Array> {
  return typeof body === 'object' && body !== null && 'getReader' in body;
}

async function* read(body: AsyncIterable<Uint8Array> | ReadableStream<Uint8Array>): AsyncIterable<Uint8Array> {
  try {
    yield* isStream(body) ? body : chunksOf(body);
  } catch (error) {
    throw problem(error);
  }
}
