import { LONGEST_TIMER } from './fetcher.js';
import type { Rejected, Unavailable } from './outcome.js';
import type { IncomingRequest } from './request.js';
import type { Validator } from './validator.js';
import type { Verified } from './verified.js';

/**
 * Asks the validator about a request again when the time of its token is over, and until it is refused: the policy may have a
 * leeway. Returns how to end that.
 * @internal
 */
export function untilRefused(
  validator: Validator,
  request: IncomingRequest,
  verified: Verified,
  refused: (outcome: Rejected | Unavailable) => void,
): () => void {
  const { exp } = JSON.parse(verified.payloadText) as { exp?: unknown };
  if (typeof exp !== 'number') return () => undefined;
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;
  const wait = (): void => {
    const left = exp * 1000 - Date.now();
    timer = setTimeout(ask, Math.min(left > 0 ? left : AGAIN, LONGEST_TIMER));
    // The connection of the stream keeps the process alive, and not this.
    timer.unref();
  };
  const ask = (): void => {
    if (exp * 1000 > Date.now()) wait();
    else void validator.tryValidateRequest(request).then(heard);
  };
  const heard = (outcome: Awaited<ReturnType<Validator['tryValidateRequest']>>): void => {
    if (isStopped) return;
    if (outcome.ok) wait();
    else refused(outcome);
  };
  wait();
  return () => {
    isStopped = true;
    clearTimeout(timer);
  };
}

/** How long to wait within a leeway, in milliseconds. */
const AGAIN = 1000;
