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
 * The same for each request: the names with the spelling that most clients have for them.
 * @internal
 */
export interface Reading {
  readonly names: readonly (readonly [lower: string, usual: string])[] | null;
  readonly query: boolean;
}

/** @internal */
export function readingOf({ headers, query }: RequestParts): Reading {
  const usual = (name: string): string => name.replace(/\b[a-z]/g, (letter) => letter.toUpperCase());
  return { names: headers?.map((name) => [name, usual(name)] as const) ?? null, query };
}

/**
 * A request as the core takes it.
 * @internal
 */
export interface PackedRequest {
  method: string;
  path: string;
  /** Empty where it is not read. */
  query: string;
  /** The one field that is read, by the place of its name in `Reading`; `NO_FIELD`, or `FIELDS` where there may be several. */
  place: number;
  name: string;
  value: string;
  /** All fields that are read: name and value, each behind a NUL; only where there may be several. */
  fields: string;
  count: number;
}

/**
 * Method, path, and of query and header fields what is read.
 *
 * @throws TypeError when it is no request, whatever is read of it: that is a mistake in the calling program, and no refusal of
 * a token.
 * @internal
 */
export function packed(request: IncomingRequest, reads: Reading): PackedRequest {
  if (!isObject(request)) throw new TypeError('a request must be an object of method, url and headers');
  const { method, url, headers } = request;
  const parts = {
    method: text(method, 'the method of a request'),
    path: '',
    query: '',
    place: NO_FIELD,
    name: '',
    value: '',
    fields: '',
    count: 0,
  };
  target(parts, text(url, 'the url of a request'), reads);
  if (headers === undefined || headers === null) return parts;
  if (!isObject(headers)) throw new TypeError(WRONG_FIELDS);
  if (isFlat(headers)) {
    if (headers.length % 2 !== 0) throw new TypeError(WRONG_FIELDS);
    for (let index = 0; index < headers.length; index += 2) take(parts, reads, headers[index], headers[index + 1]);
  } else if (Symbol.iterator in headers) {
    for (const entry of headers as Iterable<unknown>) {
      if (!Array.isArray(entry) || entry.length !== 2) throw new TypeError(WRONG_FIELDS);
      takeLines(parts, reads, (entry as unknown[])[0], (entry as unknown[])[1]);
    }
  } else {
    for (const name of Object.keys(headers)) takeLines(parts, reads, name, (headers as Record<string, unknown>)[name]);
  }
  return parts;
}

/**
 * All parts in one text, and how many they are.
 *
 * A NUL within a part becomes U+FFFD, as lone surrogates do on their way to the core: neither stands in any token, and
 * no part can pass for several.
 * @internal
 */
export function joined(parts: PackedRequest): [text: string, count: number] {
  if (parts.place !== NO_FIELD && parts.place !== FIELDS) add(parts, parts.name, parts.value);
  const text = `${clean(parts.method)}\0${clean(parts.path)}\0${clean(parts.query)}${parts.fields}`;
  return [text, 3 + 2 * parts.count];
}

function takeLines(parts: PackedRequest, reads: Reading, name: unknown, value: unknown): void {
  if (Array.isArray(value)) {
    for (const line of value as unknown[]) takeLine(parts, reads, name, line);
  } else takeLine(parts, reads, name, value);
}

function takeLine(parts: PackedRequest, reads: Reading, name: unknown, line: unknown): void {
  if (line !== undefined && line !== null) take(parts, reads, name, line);
}

/** Takes a header field that is read; of the others the type matters all the same. */
function take(parts: PackedRequest, reads: Reading, name: unknown, value: unknown): void {
  if (typeof name !== 'string' || typeof value !== 'string') throw new TypeError(WRONG_FIELDS);
  const { names } = reads;
  if (names === null) {
    add(parts, name, value);
    return;
  }
  const place = placeOf(names, name);
  if (place < 0) return;
  if (parts.place === NO_FIELD) {
    parts.place = place;
    parts.name = name;
    parts.value = value;
    return;
  }
  if (parts.place !== FIELDS) add(parts, parts.name, parts.value);
  add(parts, name, value);
}

function add(parts: PackedRequest, name: string, value: string): void {
  parts.place = FIELDS;
  parts.fields += `\0${clean(name)}\0${clean(value)}`;
  parts.count += 1;
}

function clean(part: string): string {
  return part.includes('\0') ? part.replaceAll('\0', '\ufffd') : part;
}

/** Names compare without case (RFC 9110 section 5.1); hardly any has the length of another one. */
function placeOf(names: NonNullable<Reading['names']>, name: string): number {
  for (let place = 0; place < names.length; place += 1) {
    const [lower = '', usual] = names[place] ?? [];
    if (lower.length !== name.length) continue;
    if (name === usual || name === lower || name.toLowerCase() === lower) return place;
  }
  return -1;
}

function target(parts: PackedRequest, url: string, reads: Reading): void {
  if (url.startsWith('/') && !url.includes('#')) {
    const mark = url.indexOf('?');
    parts.path = mark < 0 ? url : url.slice(0, mark);
    if (reads.query && mark >= 0) parts.query = url.slice(mark + 1);
    return;
  }
  const [, path = '', query = ''] = TARGET.exec(url) ?? [];
  parts.path = path;
  if (reads.query) parts.query = query;
}

function text(value: unknown, what: string): string {
  if (value === undefined || value === null) return '';
  if (typeof value !== 'string') throw new TypeError(`${what} must be a string`);
  return value;
}

/** Name, value, name, value, …: what `rawHeaders` is. */
function isFlat(headers: object): headers is unknown[] {
  return Array.isArray(headers) && !Array.isArray(headers[0]);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** No field, and several or any: places that no name has. */
export const NO_FIELD = 0xffff;
export const FIELDS = 0xfffe;

const WRONG_FIELDS = 'the headers of a request must be rawHeaders, a Headers, or an object of names and strings';

/** Scheme and authority of an absolute target are skipped, a fragment too; path and query stay undecoded. */
const TARGET = /^(?:[a-z][a-z0-9+.-]*:\/\/[^/?#]*)?([^?#]*)(?:\?([^#]*))?/i;
