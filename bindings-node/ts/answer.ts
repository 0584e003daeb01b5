import { InvalidTokenError, KeysUnavailableError } from './errors.js';
import type { NativeCore } from './native.js';
import type { Rejected, Unavailable } from './outcome.js';
import { askedOf, Requirement } from './requirement.js';

/** A complete HTTP answer. */
export interface Answer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/**
 * The answer of the policy to an error of this package or a result that is not ok; to anything else, the one to an
 * internal error.
 * @internal
 */
export function answerTo(
  core: NativeCore,
  failure: unknown,
  asked: Requirement | undefined = askedOf(failure),
): Answer {
  try {
    const [code, issuer, route, retryAfter] = facts(failure);
    const denial = [code, issuer ?? -1, route ?? -1, retryAfter * 1000] as const;
    const { status, headers, body } =
      asked === undefined ? core.answer(...denial) : core.answerWith(...denial, Requirement.nativeOf(asked));
    const fields: Record<string, string> = {};
    for (let index = 0; index < headers.length; index += 2) fields[headers[index] ?? ''] = headers[index + 1] ?? '';
    return { status, headers: fields, body };
  } catch {
    return { status: 500, headers: {}, body: '' };
  }
}

/** Code, entries of the policy and seconds to wait. */
function facts(failure: unknown): [code: string, issuer: number | null, route: number | null, retryAfter: number] {
  const known = failure instanceof InvalidTokenError || failure instanceof KeysUnavailableError || isFailed(failure);
  if (!known) return ['internal_error', null, null, -1];
  const { code, issuerIndex } = failure;
  return 'retryAfter' in failure
    ? [code, issuerIndex, null, failure.retryAfter]
    : [code, issuerIndex, failure.routeIndex, -1];
}

function isFailed(value: unknown): value is Rejected | Unavailable {
  return typeof value === 'object' && value !== null && 'ok' in value && value.ok === false && 'code' in value;
}
