import { codeName, KEYS_NEEDED, KEYS_UNAVAILABLE, SKIPPED, type RejectionCode } from './codes.js';
import { Driver } from './driver.js';
import { errorOf, InvalidTokenError, KeysUnavailableError, SnapshotError } from './errors.js';
import type { Fetcher } from './fetcher.js';
import type { Health } from './health.js';
import type { NativeCore } from './native.js';
import {
  internalError,
  type Accepted,
  type Outcome,
  type Rejected,
  type RequestOutcome,
  type Unavailable,
} from './outcome.js';
import type { Clock } from './policy.js';
import { partsOf, type IncomingRequest } from './request.js';
import { Verified } from './verified.js';

/** What one call may bring along. */
export interface CallOptions {
  /**
   * The time to go by in this call, in place of the validator's clock: milliseconds or a Date. It dates the keys that
   * the call fetches too, so give replays of old tokens a validator of their own.
   */
  now?: number | Date | undefined;
  /** Ends this call early, with the signal's reason. A fetch that it waits for goes on for the others. */
  signal?: AbortSignal | undefined;
}

/** A complete HTTP answer. */
export interface Answer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** Asks the core for a verdict; undefined when keys must be fetched first. */
type Ask<Judged> = (now: number) => Judged | undefined;

/**
 * One compiled policy with the keys of its issuers. Make one per policy and keep it: it holds the key sets.
 *
 * Every way to ask comes in two manners: `validate…` throws, `tryValidate…` returns a tagged result and builds no
 * stack trace. The `…Sync` ones never wait: when keys must be fetched first they say `keys_unavailable` and start the
 * fetch.
 */
export class Validator {
  readonly #core: NativeCore;
  readonly #clock: Clock;
  readonly #driver: Driver;

  /** @internal */
  constructor(core: NativeCore, fetcher: Fetcher, clock: Clock) {
    this.#core = core;
    this.#clock = clock;
    this.#driver = new Driver(core, fetcher);
  }

  /**
   * Checks signature and claims of a compact JWS; waits for the issuer's keys where they must be fetched first.
   *
   * @throws InvalidTokenError when the token must not pass.
   * @throws KeysUnavailableError when nobody can say.
   * @throws InternalError when something failed that should not.
   */
  async validate<T extends object = object>(token: string, options?: CallOptions): Promise<Verified<T>> {
    return verifiedOf(await this.tryValidate<T>(token, options));
  }

  /** As `validate`, without waiting. */
  validateSync<T extends object = object>(token: string, options?: Pick<CallOptions, 'now'>): Verified<T> {
    return verifiedOf(this.tryValidateSync<T>(token, options));
  }

  /** As `validate`, with a result in place of errors. Rejects when `options.signal` fires, and never else. */
  tryValidate<T extends object = object>(token: string, options?: CallOptions): Promise<Outcome<T>> {
    return this.#settle((now) => this.#read<T>(this.#core.validate(token, now), now), options);
  }

  /** As `validateSync`, with a result in place of errors. */
  tryValidateSync<T extends object = object>(token: string, options?: Pick<CallOptions, 'now'>): Outcome<T> {
    const time = this.#time(options);
    return this.#judge((now) => this.#read<T>(this.#core.validate(token, now), now), time) ?? keysBeingFetched(time());
  }

  /**
   * Finds the token in an HTTP request as the policy says, and validates it. Throws as `validate` does.
   *
   * Undefined when the policy's `routes` let the request through without a token: let it through, there are no claims.
   */
  async validateRequest<T extends object = object>(
    request: IncomingRequest,
    options?: CallOptions,
  ): Promise<Verified<T> | undefined> {
    return verifiedOf(await this.tryValidateRequest<T>(request, options));
  }

  /** As `validateRequest`, with a result in place of errors. Rejects when `options.signal` fires, and never else. */
  tryValidateRequest<T extends object = object>(
    request: IncomingRequest,
    options?: CallOptions,
  ): Promise<RequestOutcome<T>> {
    return this.#settle<RequestOutcome<T>>((now) => {
      const parts = partsOf(request);
      const returned = this.#core.validateRequest(parts.join('\0'), parts.length, now);
      if (returned !== SKIPPED) return this.#read<T>(returned, now);
      return { ok: true, verdict: 'skipped', verified: undefined, routeIndex: this.#core.route() };
    }, options);
  }

  /**
   * The HTTP answer that the policy gives to a failure: an error of this package or a result that is not ok.
   * Anything else is answered as an internal error. Never throws.
   */
  answer(failure: unknown): Answer {
    try {
      const [code, issuer, route, retryAfter] = facts(failure);
      const { status, headers, body } = this.#core.answer(code, issuer ?? -1, route ?? -1, retryAfter * 1000);
      const fields: Record<string, string> = {};
      for (let index = 0; index < headers.length; index += 2) fields[headers[index] ?? ''] = headers[index + 1] ?? '';
      return { status, headers: fields, body };
    } catch {
      return { status: 500, headers: {}, body: '' };
    }
  }

  /** How the key sets are, for health checks and metrics. */
  health(): Health {
    return JSON.parse(this.#core.health(Number(this.#clock()))) as Health;
  }

  /**
   * The fetched key sets as text, for `importKeys` of a later process or a worker thread. It holds public keys and URLs,
   * and whoever can change it can make tokens pass: store it like the policy.
   */
  exportKeys(): string {
    return this.#core.exportKeys();
  }

  /**
   * Begins with the key sets that `exportKeys` wrote, as if they had been fetched when they were. Returns for how many
   * URLs that was of use: a set counts only for the URL that it came from, and only until it is past `max_stale`.
   *
   * @throws SnapshotError when the text is no such snapshot; then nothing has changed.
   */
  importKeys(snapshot: string): number {
    if (typeof snapshot !== 'string') throw new TypeError('a snapshot must be a string');
    const imported = this.#core.importKeys(snapshot, Number(this.#clock()));
    if (typeof imported === 'string') throw new SnapshotError(imported);
    return imported;
  }

  async #settle<Judged>(ask: Ask<Judged>, options: CallOptions = {}): Promise<Judged | Rejected> {
    const time = this.#time(options);
    for (;;) {
      options.signal?.throwIfAborted();
      const outcome = this.#judge(ask, time);
      if (outcome !== undefined) return outcome;
      await this.#driver.wait(options.signal);
    }
  }

  /** One verdict, with the fetches it asks for started; undefined when one of them has to end first. */
  #judge<Judged>(ask: Ask<Judged>, time: () => number): Judged | Rejected | undefined {
    try {
      const now = time();
      const outcome = ask(now);
      if (outcome === undefined) this.#driver.start(this.#core.neededFetches(), time);
      else if (this.#core.fetchDue(now)) this.#driver.start(this.#core.dueFetches(now), time);
      return outcome;
    } catch {
      return internalError('the native part, the clock or the request object failed');
    }
  }

  /** What the core returned for a token, in full; undefined when keys must be fetched first. */
  #read<T extends object>(returned: string | number, now: number): Outcome<T> | undefined {
    if (typeof returned === 'string') return this.#accepted<T>(returned);
    return returned === KEYS_NEEDED ? undefined : this.#refused(returned, now);
  }

  #accepted<T extends object>(text: string): Accepted<T> {
    const verified = new Verified<T>(text, this.#core.headerLength(), this.#core.issuer());
    return { ok: true, verdict: 'accepted', verified };
  }

  #refused(number: number, now: number): Rejected | Unavailable {
    const code = codeName(number);
    const issuerIndex = indexOf(this.#core.issuer());
    if (code === KEYS_UNAVAILABLE) return unavailable(this.#core.retryAt() ?? now, now, issuerIndex);
    const [claim, detail, routeIndex] = [this.#core.claim(), this.#core.detail(), indexOf(this.#core.route())];
    return { ok: false, verdict: 'rejected', code: code as RejectionCode, claim, detail, issuerIndex, routeIndex };
  }

  #time(options: Pick<CallOptions, 'now'> = {}): () => number {
    const { now } = options;
    return now === undefined ? () => Number(this.#clock()) : () => Number(now);
  }
}

function verifiedOf<Judged extends RequestOutcome>(outcome: Judged): Extract<Judged, { ok: true }>['verified'] {
  if (outcome.ok) return outcome.verified;
  throw errorOf(outcome);
}

/** An entry of the policy as the core says it. */
function indexOf(entry: number): number | null {
  return entry < 0 ? null : entry;
}

/** Code, entries of the policy and seconds to wait of whatever `answer` was given. */
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

/** The sync calls cannot wait: the keys may be there as soon as the caller has let the event loop run. */
function keysBeingFetched(now: number): Unavailable {
  return unavailable(now, now, null);
}

function unavailable(retryAt: number, now: number, issuerIndex: number | null): Unavailable {
  const retryAfter = Math.max(0, Math.ceil((retryAt - now) / 1000));
  return {
    ok: false,
    verdict: 'unavailable',
    code: KEYS_UNAVAILABLE,
    retryAt: new Date(retryAt),
    retryAfter,
    issuerIndex,
  };
}
