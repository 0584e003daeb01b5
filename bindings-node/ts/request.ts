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

/**
 * Method, path, query and all header fields, to be joined by NUL.
 *
 * A NUL within a part becomes U+FFFD, as lone surrogates do on their way to the core: neither stands in any token, and
 * no part can pass for several.
 *
 * @throws TypeError when it is no request: that is a mistake in the calling program, and no refusal of a token.
 * @internal
 */
export function partsOf(request: IncomingRequest): string[] {
  if (!isObject(request)) throw new TypeError('a request must be an object of method, url and headers');
  const { method, url, headers } = request;
  const [, path = '', query = ''] = TARGET.exec(text(url, 'the url of a request')) ?? [];
  const parts = [text(method, 'the method of a request'), path, query, ...fieldsOf(headers)];
  return parts.map((part) => part.replaceAll('\0', '\ufffd'));
}

function text(value: unknown, what: string): string {
  if (value === undefined || value === null) return '';
  if (typeof value !== 'string') throw new TypeError(`${what} must be a string`);
  return value;
}

function* fieldsOf(headers: unknown): Generator<string> {
  if (headers === undefined || headers === null) return;
  if (!isObject(headers)) throw new TypeError(FIELDS);
  if (isFlat(headers)) {
    if (headers.length % 2 !== 0 || !headers.every((part) => typeof part === 'string')) throw new TypeError(FIELDS);
    yield* headers;
    return;
  }
  const entries = (Symbol.iterator in headers ? headers : Object.entries(headers)) as Iterable<unknown>;
  for (const entry of entries) {
    if (!Array.isArray(entry) || entry.length !== 2) throw new TypeError(FIELDS);
    const [name, value] = entry as [unknown, unknown];
    for (const line of Array.isArray(value) ? (value as unknown[]) : [value]) {
      if (line === undefined || line === null) continue;
      if (typeof name !== 'string' || typeof line !== 'string') throw new TypeError(FIELDS);
      yield name;
      yield line;
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
