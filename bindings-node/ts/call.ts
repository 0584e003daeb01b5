/** What one call may bring along. */
export interface CallOptions {
  /**
   * The time to judge the token for, in place of the validator's clock: milliseconds or a Date. For audits and replays of
   * old tokens; which keys count, and how old they are, goes by the clock.
   */
  asOf?: number | Date | undefined;
  /** Ends this call early, with the signal's reason. A fetch that it waits for goes on for the others. */
  signal?: AbortSignal | undefined;
}

/**
 * The options of one call, as they count.
 *
 * @throws TypeError when they are none: that is a mistake in the calling program, and no refusal of a token.
 * @internal
 */
export function checked(options: CallOptions | undefined): {
  asOf?: number | undefined;
  signal?: AbortSignal | undefined;
} {
  if (options === undefined) return NONE;
  if (typeof options !== 'object' || (options as unknown) === null) throw new TypeError('options must be an object');
  for (const name of Object.keys(options)) {
    if (name !== 'asOf' && name !== 'signal')
      throw new TypeError(`there is no option ${name}: expected asOf and signal`);
  }
  const { asOf, signal } = options;
  if (signal !== undefined && typeof (signal as Partial<AbortSignal> | null)?.throwIfAborted !== 'function') {
    throw new TypeError('signal must be an AbortSignal');
  }
  return { asOf: asOf === undefined ? undefined : timeOf(asOf, 'asOf must be'), signal };
}

/**
 * A time in milliseconds. Nothing else is one, and least of all what `Number` makes of null: with 1970 no token has expired.
 *
 * @throws TypeError when it is no time.
 * @internal
 */
export function timeOf(value: unknown, what: string): number {
  const time = value instanceof Date ? value.getTime() : value;
  if (typeof time !== 'number' || !Number.isFinite(time)) {
    throw new TypeError(`${what} milliseconds since the epoch or a Date`);
  }
  return time;
}

/**
 * The answer of a call, or the signal's reason when that comes first; how the call ends then is nobody's concern.
 * @internal
 */
export async function unlessAborted<Answer>(
  call: () => Answer | Promise<Answer>,
  signal: AbortSignal | undefined,
): Promise<Answer> {
  if (signal === undefined) return call();
  signal.throwIfAborted();
  let abort: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    abort = (): void => {
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', abort, { once: true });
  });
  try {
    return await Promise.race([call(), aborted]);
  } finally {
    if (abort !== undefined) signal.removeEventListener('abort', abort);
  }
}

const NONE = {};
