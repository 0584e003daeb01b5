/** An HTTP request, as far as a policy looks at it. Node's `IncomingMessage` is one, with `headers: rawHeaders`. */
export interface IncomingRequest {
  method?: string | undefined;
  /** The request target: path and query, or an absolute URL. */
  url?: string | undefined;
  /**
   * The header fields: `rawHeaders` of `node:http` (name, value, name, value, …), a `Headers`, or an object.
   * Prefer `rawHeaders`: `headers` of `node:http` silently drops a second Authorization header. None is no field.
   */
  headers?:
    | readonly string[]
    | Iterable<readonly [string, string]>
    | Record<string, string | string[] | undefined>
    | null
    | undefined;
}

/** The parts of requests that a policy reads, beside method and path. */
export interface RequestParts {
  /** The names of the header fields, in lower case; cookies are `cookie`. Null for all fields. */
  readonly headers: readonly string[] | null;
  /** Whether the query is read. */
  readonly query: boolean;
}

/**
 * A request as the core takes it: `count` parts, which are joined by NUL.
 * @internal
 */
export interface PackedRequest {
  text: string;
  count: number;
}

/**
 * Method, path, and of query and header fields what is read.
 *
 * A NUL within a part becomes U+FFFD, as lone surrogates do on their way to the core: neither stands in any token, and
 * no part can pass for several.
 *
 * @throws TypeError when it is no request, whatever is read of it: that is a mistake in the calling program, and no refusal of
 * a token.
 * @internal
 */
export function packed(request: IncomingRequest, reads: RequestParts): PackedRequest {
  if (!isObject(request)) throw new TypeError('a request must be an object of method, url and headers');
  const { method, url, headers } = request;
  const [path, query] = targetOf(text(url, 'the url of a request'));
  let joined = `${clean(text(method, 'the method of a request'))}\0${clean(path)}\0${reads.query ? clean(query) : ''}`;
  let count = 3;
  eachField(headers, (name, value) => {
    if (typeof name !== 'string' || typeof value !== 'string') throw new TypeError(FIELDS);
    if (!isRead(reads.headers, name)) return;
    joined += `\0${clean(name)}\0${clean(value)}`;
    count += 2;
  });
  return { text: joined, count };
}

function clean(part: string): string {
  return part.includes('\0') ? part.replaceAll('\0', '\ufffd') : part;
}

/** Names compare without case (RFC 9110 section 5.1); hardly any has the length of another one. */
function isRead(names: RequestParts['headers'], name: string): boolean {
  if (names === null) return true;
  for (const read of names) if (read.length === name.length && read === name.toLowerCase()) return true;
  return false;
}

function targetOf(url: string): [path: string, query: string] {
  if (url.startsWith('/') && !url.includes('#')) {
    const mark = url.indexOf('?');
    return mark < 0 ? [url, ''] : [url.slice(0, mark), url.slice(mark + 1)];
  }
  const [, path = '', query = ''] = TARGET.exec(url) ?? [];
  return [path, query];
}

function text(value: unknown, what: string): string {
  if (value === undefined || value === null) return '';
  if (typeof value !== 'string') throw new TypeError(`${what} must be a string`);
  return value;
}

function eachField(headers: unknown, take: (name: unknown, value: unknown) => void): void {
  if (headers === undefined || headers === null) return;
  if (!isObject(headers)) throw new TypeError(FIELDS);
  if (isFlat(headers)) {
    if (headers.length % 2 !== 0) throw new TypeError(FIELDS);
    for (let index = 0; index < headers.length; index += 2) take(headers[index], headers[index + 1]);
    return;
  }
  const entries = (Symbol.iterator in headers ? headers : Object.entries(headers)) as Iterable<unknown>;
  for (const entry of entries) {
    if (!Array.isArray(entry) || entry.length !== 2) throw new TypeError(FIELDS);
    const [name, value] = entry as [unknown, unknown];
    for (const line of Array.isArray(value) ? (value as unknown[]) : [value]) {
      if (line !== undefined && line !== null) take(name, line);
    }
  }
}

/** Name, value, name, value, …: what `rawHeaders` is. */
function isFlat(headers: object): headers is string[] {
  return Array.isArray(headers) && !Array.isArray(headers[0]);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

const FIELDS = 'the headers of a request must be rawHeaders, a Headers, or an object of names and strings';

/** Scheme and authority of an absolute target are skipped, a fragment too; path and query stay undecoded. */
const TARGET = /^(?:[a-z][a-z0-9+.-]*:\/\/[^/?#]*)?([^?#]*)(?:\?([^#]*))?/i;
