import type { Answer } from './answer.js';
import { withQuery, type Forward } from './forward.js';
import { internalError, type RequestOutcome } from './outcome.js';
import type { Validator } from './validator.js';

/**
 * Judges a `Request`. What may go on is the same one, or another one where the policy's `forward` changes it.
 * @internal
 */
export async function judgeRequest(
  validator: Validator,
  request: Request,
): Promise<{ outcome: RequestOutcome; request: Request }> {
  const outcome = await validator.tryValidateRequest(request);
  if (!outcome.ok || !validator.forwards) return { outcome, request };
  try {
    return { outcome, request: changed(request, validator.forward(request, outcome.verified)) };
  } catch {
    return { outcome: internalError('the request could not be changed as the policy says'), request };
  }
}

/** @internal */
export function responseOf({ status, headers, body }: Answer): Response {
  // An empty text would be given a type.
  return new Response(body === '' ? null : body, { status, headers });
}

/** Another one, because the header fields of a `Request` may be read-only. */
function changed(request: Request, { remove, set, query }: Forward): Request {
  if (remove.length === 0 && set.length === 0 && query === null) return request;
  const headers = new Headers(request.headers);
  for (const name of remove) headers.delete(name);
  for (const [name, value] of set) headers.set(name, value);
  const changed = new Request(request, { headers });
  return query === null ? changed : new Request(withQuery(request.url, query), changed);
}
