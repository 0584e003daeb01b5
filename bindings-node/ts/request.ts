/** An HTTP request, as far as a policy looks at it. Node's `IncomingMessage` is one, with `headers: rawHeaders`. */
export interface IncomingRequest {
  method?: string | undefined;
  /** The request target: path and query, or an absolute URL. */
  url?: string | undefined;
  /**
   * The header fields: `rawHeaders` of `node:http` (name, value, name, value, …), a `Headers`, or an object.
   * Prefer `rawHeaders`: `headers` of `node:http` silently drops a second Authorization header.
   */
  headers: readonly string[] | Iterable<readonly [string, string]> | Record<string, string | string[] | undefined>;
}

/**
 * Method, path, query and all header fields, to be joined by NUL.
 *
 * A NUL within a part becomes U+FFFD, as lone surrogates do on their way to the core: neither stands in any token, and
 * no part can pass for several.
 * @internal
 */
export function partsOf({ method = '', url = '', headers }: IncomingRequest): string[] {
  const [, path = '', query = ''] = TARGET.exec(url) ?? [];
  const parts = [method, path, query, ...fieldsOf(headers)];
  return parts.map((part) => part.replaceAll('\0', '\ufffd'));
}

function* fieldsOf(headers: IncomingRequest['headers']): Generator<string> {
  const entries = Symbol.iterator in headers ? headers : Object.entries(headers);
  for (const entry of entries as Iterable<string | readonly [string, string | string[] | undefined]>) {
    if (typeof entry === 'string') {
      yield entry;
      continue;
    }
    const [name, value] = entry;
    for (const line of Array.isArray(value) ? value : [value]) {
      if (line === undefined) continue;
      yield name;
      yield line;
    }
  }
}

/** Scheme and authority of an absolute target are skipped, a fragment too; path and query stay undecoded. */
const TARGET = /^(?:[a-z][a-z0-9+.-]*:\/\/[^/?#]*)?([^?#]*)(?:\?([^#]*))?/i;
