import type { IncomingMessage } from 'node:http';

/** How the policy's `forward` changes a request before it goes on. In this order: remove, set, replace the query. */
export interface Forward {
  /** The names of header fields to take out; they compare without case. */
  remove: string[];
  /** Header fields to set, by name and value. */
  set: [name: string, value: string][];
  /** The query without the token; null when it stays as it is. */
  query: string | null;
}

/** What frameworks keep of a request beside what `node:http` does. */
type Request = IncomingMessage & { originalUrl?: string; query?: unknown };

/**
 * Changes a request of `node:http`, in all the forms in which it can be read.
 * @internal
 */
export function change(request: Request, { remove, set, query }: Forward): void {
  if (remove.length > 0 || set.length > 0) changeHeaders(request, remove, set);
  if (query === null) return;
  request.url = withQuery(request.url, query);
  if (request.originalUrl !== undefined) request.originalUrl = withQuery(request.originalUrl, query);
  // Express 4 has parsed it already; Express 5 does so when it is asked.
  if (Object.hasOwn(request, 'query')) prune(request.query, query);
}

function changeHeaders(request: IncomingMessage, remove: string[], set: Forward['set']): void {
  const gone = new Set(remove.map((name) => name.toLowerCase()));
  // Both are made of `rawHeaders` when they are first asked for; requests that are no real ones may lack the second.
  const forms: (NodeJS.Dict<string[] | string> | undefined)[] = [request.headers, request.headersDistinct];
  const raw: string[] = [];
  for (let index = 0; index + 1 < request.rawHeaders.length; index += 2) {
    const [name = '', value = ''] = request.rawHeaders.slice(index, index + 2);
    if (!gone.has(name.toLowerCase())) raw.push(name, value);
  }
  request.rawHeaders = [...raw, ...set.flat()];
  for (const [place, form] of forms.entries()) {
    if (form === undefined) continue;
    for (const name of Object.keys(form)) if (gone.has(name.toLowerCase())) Reflect.deleteProperty(form, name);
    for (const [name, value] of set) form[name.toLowerCase()] = place === 0 ? value : [value];
  }
}

/**
 * The same target with another query.
 * @internal
 */
export function withQuery(url: string | undefined, query: string): string {
  const path = (url ?? '').split(/[?#]/, 1)[0] ?? '';
  return query === '' ? path : `${path}?${query}`;
}

/**
 * Takes the parameters out of a parsed query that are not in the text any more, whoever has parsed it.
 * @internal
 */
export function prune(parsed: unknown, query: string): void {
  if (typeof parsed !== 'object' || parsed === null) return;
  const names = [...new URLSearchParams(query).keys()];
  for (const key of Object.keys(parsed)) {
    // Parsers make one object of `a[b]=1&a[c]=2`.
    if (!names.some((name) => name === key || name.startsWith(`${key}[`))) Reflect.deleteProperty(parsed, key);
  }
}
