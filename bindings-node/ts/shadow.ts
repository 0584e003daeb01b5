import type { RejectionCode } from './codes.js';
import { isThenable } from './hooks.js';
import type { Rejected, RequestOutcome } from './outcome.js';
import { warn as warnOf } from './platform.js';
import type { IncomingRequest } from './request.js';
import type { Validator } from './validator.js';

/** One token about which the two do not agree. Nothing of the token is in it. */
export interface Difference {
  /** What the one said that decides. */
  readonly existing: 'accepted' | 'refused';
  /** What jotgate says: `accepted`, or the code of the refusal. */
  readonly jotgate: 'accepted' | RejectionCode;
  /** Why jotgate refuses it, for operators. */
  readonly hint: string | null;
  /** Which entry of the policy's `issuers` the token picked, counted from 0. */
  readonly issuer: number | null;
  /** The name of the error that the existing one threw. */
  readonly exception: string | null;
}

/** Takes one difference. What it throws is told once, as a warning of the process. */
export type OnDifference = (difference: Difference) => unknown;

/** How a shadow works. */
export interface ShadowSettings {
  /** How many differences are reported in a minute at most; all are counted. Default 60. */
  reportsPerMinute?: number | undefined;
}

/** What a shadow has counted. */
export interface ShadowCounts {
  /**
   * How often either said what: `accepted/accepted`, `accepted/expired` and so on, the existing one first. With
   * `…/keys_unavailable` jotgate could not say, which is no difference.
   */
  readonly counts: Readonly<Record<string, number>>;
  /** How many tokens the two did not agree about, reported or not. */
  readonly differences: number;
  /** How many of the differences were over the rate, and not reported. */
  readonly unreported: number;
  /**
   * Judges a request about which something else has decided, such as a middleware. `refused` is what it threw, or whether it
   * refused the request; the policy counts as a whole, its `routes` too.
   */
  compareRequest(request: IncomingRequest, refused?: unknown): void;
}

/**
 * Puts jotgate beside an existing validator, which goes on deciding. What comes back is called as the existing one is, gives what it
 * gives, and throws what it throws.
 *
 * ```js
 * const validate = shadow(createValidator({ issuer, audience }), existing);
 * ```
 *
 * The existing one takes a token first, and throws, rejects, or gives claims; nothing (undefined, null, false) is a refusal. jotgate
 * judges the same token meanwhile, has its keys fetched, keeps nobody waiting, and throws nothing. Without `onDifference` each difference
 * is a warning of the process.
 */
export function shadow<Arguments extends [token: string, ...rest: unknown[]], Result>(
  validator: Validator,
  existing: (...call: Arguments) => Result,
  onDifference: OnDifference = warn,
  { reportsPerMinute = 60 }: ShadowSettings = {},
): ((...call: Arguments) => Result) & ShadowCounts {
  if (typeof existing !== 'function') throw new TypeError('existing must be a function of the token');
  if (typeof onDifference !== 'function') throw new TypeError('onDifference must be a function');
  if (!(reportsPerMinute >= 0)) throw new TypeError('reportsPerMinute must be a number');
  const comparison = new Comparison(onDifference, reportsPerMinute);
  const beside = (...call: Arguments): Result => {
    const judged = validator.tryValidate(call[0]);
    const compare = (refused: unknown): void => {
      comparison.follow(judged, refused);
    };
    let given: Result;
    try {
      given = existing(...call);
    } catch (error) {
      compare(thrown(error));
      throw error;
    }
    if (!isThenable(given)) compare(isNothing(given));
    else {
      given.then(
        (claims) => {
          compare(isNothing(claims));
        },
        (error: unknown) => {
          compare(thrown(error));
        },
      );
    }
    return given;
  };
  const counted: ShadowCounts = {
    get counts() {
      return comparison.counts;
    },
    get differences() {
      return comparison.differences;
    },
    get unreported() {
      return comparison.unreported;
    },
    compareRequest(request, refused = false) {
      comparison.follow(
        (async () => validator.tryValidateRequest(request))(),
        typeof refused === 'boolean' ? refused : thrown(refused),
      );
    },
  };
  return Object.defineProperties(beside, Object.getOwnPropertyDescriptors(counted)) as typeof beside & ShadowCounts;
}

/** What both have said so far. */
class Comparison {
  readonly #onDifference: OnDifference;
  readonly #perMinute: number;
  readonly #counts = new Map<string, number>();
  differences = 0;
  unreported = 0;
  #minute = -1;
  #reported = 0;
  #warned = false;

  constructor(onDifference: OnDifference, perMinute: number) {
    this.#onDifference = onDifference;
    this.#perMinute = perMinute;
  }

  get counts(): Record<string, number> {
    return Object.fromEntries([...this.#counts].sort());
  }

  /** Compares once jotgate has its verdict. Whatever fails then is nobody's concern who asked the existing one. */
  follow(judged: Promise<RequestOutcome>, refused: unknown): void {
    judged
      .then((outcome) => {
        this.#compare(outcome, refused);
      })
      .catch(() => undefined);
  }

  #compare(outcome: RequestOutcome, refused: unknown): void {
    const existing = refused === false ? 'accepted' : 'refused';
    const jotgate = outcome.ok ? 'accepted' : outcome.code;
    const said = `${existing}/${jotgate}`;
    this.#counts.set(said, (this.#counts.get(said) ?? 0) + 1);
    if (jotgate === 'keys_unavailable' || (existing === 'accepted') === outcome.ok) return;
    this.differences += 1;
    if (!this.#mayReport()) return;
    const hint = outcome.verdict === 'rejected' ? hintOf(outcome) : null;
    const issuer = outcome.ok ? (outcome.verified?.issuerIndex ?? null) : outcome.issuerIndex;
    const exception = refused instanceof Thrown ? refused.name : null;
    this.#report({ existing, jotgate, hint, issuer, exception });
  }

  #mayReport(): boolean {
    const minute = Math.floor(performance.now() / 60_000);
    if (minute !== this.#minute) [this.#minute, this.#reported] = [minute, 0];
    this.#reported += 1;
    if (this.#reported <= this.#perMinute) return true;
    this.unreported += 1;
    return false;
  }

  #report(difference: Difference): void {
    try {
      const returned = this.#onDifference(difference);
      if (isThenable(returned)) Promise.resolve(returned).catch(this.#broken);
    } catch {
      this.#broken();
    }
  }

  /** Without what was thrown: it may quote whatever it had in hand. */
  readonly #broken = (): void => {
    if (!this.#warned) warnOf('onDifference of a shadow threw; nothing else changes');
    this.#warned = true;
  };
}

/** What the existing one threw, of which the name alone is kept: its message may quote the token. */
class Thrown {
  readonly name: string | null;

  constructor(error: unknown) {
    const name: unknown = error instanceof Error ? error.name : undefined;
    this.name = typeof name === 'string' && PLAIN.test(name) ? name : null;
  }
}

function thrown(error: unknown): Thrown {
  try {
    return new Thrown(error);
  } catch {
    // Errors are anybody's objects, and looking at them may fail.
    return new Thrown(undefined);
  }
}

function isNothing(given: unknown): boolean {
  return given === undefined || given === null || given === false;
}

function hintOf({ claim, detail }: Rejected): string {
  return claim === null ? detail : `${detail} (${claim})`;
}

function warn({ existing, jotgate, hint, exception }: Difference): void {
  const told =
    existing === 'refused'
      ? `jotgate accepts a token that is refused today (${exception ?? 'no claims'})`
      : `jotgate refuses a token that is accepted today: ${jotgate}${hint === null ? '' : `: ${hint}`}`;
  warnOf(told, { type: 'JotgateWarning', code: 'JOTGATE_SHADOW' });
}

/** Names of errors that may stand in a report. */
const PLAIN = /^\w{1,64}$/;
