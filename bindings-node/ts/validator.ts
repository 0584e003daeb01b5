import { answerTo, type Answer } from './answer.js';
import { judgeMany, tokensOf } from './batch.js';
import { checked, timeOf, type CallOptions } from './call.js';
import { documentText, filled, type PolicyFormat, refusedPolicy, withFile } from './document.js';
import { Driver } from './driver.js';
import { errorOf, InternalError, SnapshotError } from './errors.js';
import { Listeners, type EventListener } from './events.js';
import { explanationOf, type Explanation } from './explanation.js';
import type { Fetcher } from './fetcher.js';
import type { Health } from './health.js';
import type { Forward } from './forward.js';
import { decide, decideNow, type Hooks } from './hooks.js';
import type { HostOptions } from './host.js';
import { inOptions } from './naming.js';
import { native, type NativeCore, type OneProblem } from './native.js';
import { given, optionNames, policyOf, type ValidatorOptions } from './options.js';
import {
  internalError,
  type Outcome,
  type Rejected,
  type RequestOutcome,
  type Satisfied,
  type Unavailable,
  type Undecided,
} from './outcome.js';
import type { Clock, PolicyDocument } from './policy.js';
import {
  FIELDS,
  joined,
  packed,
  readingOf,
  type IncomingRequest,
  type PackedRequest,
  type Reading,
  type RequestParts,
} from './request.js';
import type { SharedSets } from './store.js';
import { refusedBy, Requirement } from './requirement.js';
import { isWorkDue, keysBeingFetched, read, readRequest, required } from './verdict.js';
import { Verified } from './verified.js';

/** Asks the core for a verdict. Without `asOf` the time to judge for is `now`. */
type Ask = (now: number, asOf: number | undefined) => string | number;

/** What the core has returned, in full; undefined when keys must be fetched first. */
type Read<Judged> = (core: NativeCore, returned: string | number, now: number) => Judged | Undecided | undefined;

/**
 * One compiled policy with the keys of its issuers. Make one per policy and keep it: it holds the key sets.
 *
 * Every way to ask comes in two manners: `validate…` throws, `tryValidate…` returns a tagged result and builds no
 * stack trace. The `…Sync` ones never wait: when keys must be fetched first they say `keys_unavailable` and start the
 * fetch.
 *
 * `Shape` types the claims, as the option `claimsSchema` does, or each call: `validator.validate<{ tenant: string }>(token)`.
 */
export class Validator<Shape extends object = object> {
  /** The policy that holds now. Every question takes one and keeps it, so that no other policy has a say in it. */
  #ruling: Ruling;
  readonly #now: () => number;
  readonly #hooks: Hooks;
  readonly #listeners: Listeners;
  readonly #driver: Driver;

  /** @internal */
  constructor(
    core: NativeCore,
    fetcher: Fetcher,
    shared: SharedSets | undefined,
    clock: Clock,
    hooks: Hooks,
    waitUntil?: HostOptions['waitUntil'],
  ) {
    this.#ruling = rulingOf(core);
    this.#now = () => timeOf(clock(), 'the clock must give');
    this.#hooks = hooks;
    this.#listeners = new Listeners(core, this.#now);
    const reported = (): void => {
      this.#listeners.pass();
    };
    this.#driver = new Driver(core, fetcher, shared, this.#now, reported, waitUntil);
  }

  /** The parts of requests that the policy reads. `validateRequest` and its kin look at these alone, so pass what you have. */
  get reads(): RequestParts {
    return this.#ruling.reads;
  }

  /** Whether the policy has a `forward`: whoever hands requests on must then apply it. */
  get forwards(): boolean {
    return this.#ruling.forwards;
  }

  /**
   * Judges by another policy from now on: the options of `createValidator` without what the application brings along, which
   * stays. They are checked first: what is wrong is an error and changes nothing. Validations that have begun end under the policy
   * before; later ones see this one alone. Key sets of sources whose place and options are the same stay, with their age and their
   * pauses after failures; others are fetched when they are needed. `onEvent` is told `policy_replaced`.
   *
   * @throws PolicyError as `createValidator` does; then nothing has changed.
   */
  replace(options: Omit<ValidatorOptions, keyof HostOptions>): void {
    this.#replace(documentText(policyOf(options)), (problem) => inOptions(problem, given(options), optionNames));
  }

  /** As `replace`, by a policy document: its JSON text, or the object that the text stands for. */
  replaceFromPolicy(document: PolicyDocument | string): void {
    this.#replace(documentText(document));
  }

  /** As `replace`, by a policy document in a file: JSON, YAML or TOML. A file that is half written is an error and changes nothing. */
  replaceFromFile(path: string | URL, { format }: { format?: PolicyFormat } = {}): void {
    withFile(path, format, (document, folder) => {
      this.#replace(document, undefined, folder);
    });
  }

  /**
   * Checks signature and claims of a compact JWS; waits for the issuer's keys where they must be fetched first.
   *
   * @throws InvalidTokenError when the token must not pass.
   * @throws KeysUnavailableError when nobody can say.
   * @throws InternalError when something failed that should not.
   */
  async validate<T extends object = Shape>(token: string, options?: CallOptions): Promise<Verified<T>> {
    return verifiedOf(await this.tryValidate<T>(token, options));
  }

  /** As `validate`, without waiting. */
  validateSync<T extends object = Shape>(token: string, options?: Pick<CallOptions, 'asOf'>): Verified<T> {
    return verifiedOf(this.tryValidateSync<T>(token, options));
  }

  /**
   * As `validate`, with a result in place of errors. Rejects when `options.signal` fires, and for options that are none with a
   * TypeError; never else.
   */
  tryValidate<T extends object = Shape>(token: string, options?: CallOptions): Promise<Outcome<T>> {
    const { core } = this.#ruling;
    return this.#settle<T>(core, () => tokenOf(core, token), read<T>, options);
  }

  /**
   * Judges many tokens at once: what `tryValidate` says of each, in their order. They are judged on other threads, while the
   * event loop goes on, and a key set is fetched once for all of them. Hooks are asked and events told after that, token by token.
   *
   * Rejects when `options.signal` fires, and with a TypeError for options that are none and for a token that is no string,
   * before any token is judged; never else.
   */
  async validateMany<T extends object = Shape>(tokens: Iterable<string>, options?: CallOptions): Promise<Outcome<T>[]> {
    const call = checked(options);
    const { core } = this.#ruling;
    const judged = await judgeMany<T>(core, this.#driver, this.#now, tokensOf(tokens), call);
    const outcomes: Outcome<T>[] = [];
    for (const each of judged) {
      const outcome =
        each.verdict === 'undecided' || (each.verdict === 'accepted' && this.#hooks.transform !== undefined)
          ? await decide<T>(core, this.#hooks, each, call.signal)
          : each;
      this.#listeners.passOutcome(outcome);
      outcomes.push(outcome);
    }
    return outcomes;
  }

  /** As `validateSync`, with a result in place of errors; only options that are none are a TypeError. */
  tryValidateSync<T extends object = Shape>(token: string, options?: Pick<CallOptions, 'asOf'>): Outcome<T> {
    const { asOf } = checked(options);
    const { core } = this.#ruling;
    const judged = this.#judge<Outcome<T>, Unavailable>(core, tokenOf(core, token), read<T>, asOf, keysBeingFetched);
    const outcome =
      judged.verdict === 'undecided' || (judged.verdict === 'accepted' && this.#hooks.transform !== undefined)
        ? decideNow<T>(core, this.#hooks, judged)
        : judged;
    this.#listeners.passOutcome(outcome);
    return outcome;
  }

  /**
   * Finds the token in an HTTP request as the policy says, and validates it. Throws as `validate` does.
   *
   * Undefined when the policy's `routes` let the request through without a token: let it through, there are no claims.
   */
  async validateRequest<T extends object = Shape>(
    request: IncomingRequest,
    options?: CallOptions,
  ): Promise<Verified<T> | undefined> {
    return verifiedOf(await this.tryValidateRequest<T>(request, options));
  }

  /**
   * As `validateRequest`, with a result in place of errors. Rejects when `options.signal` fires, and for what is no request or
   * options that are none with a TypeError; never else.
   */
  tryValidateRequest<T extends object = Shape>(
    request: IncomingRequest,
    options?: CallOptions,
  ): Promise<RequestOutcome<T>> {
    const { core, reading } = this.#ruling;
    return this.#settle<T, RequestOutcome<T>>(
      core,
      () => requestOf(core, packed(request, reading)),
      readRequest<T>,
      options,
    );
  }

  /**
   * Why a token passes or does not, check by check, with the claims that the checks looked at: for operators. Fetches keys
   * as `validate` does, and comes to its verdict; hooks are not asked, and no event is told.
   */
  explain(token: string, options?: CallOptions): Promise<Explanation> {
    const { core } = this.#ruling;
    return this.#explained(core, options, () => ({
      ask: tokenOf(core, token),
      explain: (asOf, now) => core.explain(token, asOf, now),
    }));
  }

  /** As `explain`, for a request: its route and the place of its token come first. */
  explainRequest(request: IncomingRequest, options?: CallOptions): Promise<Explanation> {
    const { core, reading } = this.#ruling;
    return this.#explained(core, options, () => {
      const asked = packed(request, reading);
      return {
        ask: requestOf(core, asked),
        explain: (asOf, now) => core.explainRequest(...joined(asked), asOf, now),
      };
    });
  }

  /**
   * How the policy's `forward` changes a request before it goes on. The middlewares do it; call it where you are one, for
   * every request that goes on: with what was verified, or with undefined where the request needed no token.
   *
   * @throws InternalError when something failed that should not: then the request must not go on.
   * @throws TypeError for what is no request.
   */
  forward(request: IncomingRequest, verified: Verified | undefined): Forward {
    const { core, reading } = this.#ruling;
    const [text, count] = joined(packed(request, reading));
    try {
      return JSON.parse(core.forward(text, count, verified?.payloadText ?? null)) as Forward;
    } catch {
      throw new InternalError(BROKEN);
    }
  }

  /**
   * Asks more of a token that this validator has accepted: what an endpoint needs, beside the policy.
   *
   * @throws InsufficientScopeError when a scope lacks, InvalidClaimError when a claim is not what it must be.
   */
  require(verified: Verified, requirement: Requirement): void {
    const outcome = this.tryRequire(verified, requirement);
    if (!outcome.ok) throw refusedBy(requirement, errorOf(outcome));
  }

  /** As `require`, with a result in place of errors. */
  tryRequire(verified: Verified, requirement: Requirement): Satisfied | Rejected {
    if (!(verified instanceof Verified)) throw new TypeError('verified must be what a validator has verified');
    if (!(requirement instanceof Requirement)) throw new TypeError('requirement must be a Requirement');
    const outcome = required(this.#ruling.core, verified, requirement);
    if (!outcome.ok) this.#listeners.passOutcome(refusedBy(requirement, outcome));
    return outcome;
  }

  /**
   * Tells the listeners of what an endpoint has refused by itself, and gives it back.
   * @internal
   */
  tellRefused(rejected: Rejected): Rejected {
    this.#listeners.passOutcome(rejected);
    return rejected;
  }

  /**
   * The HTTP answer that the policy gives to a failure: an error of this package or a result that is not ok. Where an endpoint
   * asked for scopes, its challenge names them: those of the requirement that refused, or of the one that is given.
   * Anything else is answered as an internal error. Never throws.
   */
  answer(failure: unknown, requirement?: Requirement): Answer {
    return answerTo(this.#ruling.core, failure, requirement);
  }

  /**
   * Calls `listener` with each event from now on, beside the option `onEvent`; returns how to end that. Events that
   * nobody has heard wait for the first listener, up to a number.
   */
  subscribe(listener: EventListener): () => void {
    return this.#listeners.add(listener);
  }

  /** How the key sets are, for health checks and metrics. */
  health(): Health {
    return JSON.parse(this.#ruling.core.health(this.#now())) as Health;
  }

  /**
   * Starts a fetch for every key set, past all caches, except for those that wait after a failure: for an operator who
   * knows that keys were revoked, and for warming up before the first token. Does not wait for the answers.
   */
  refreshKeys(): void {
    const now = this.#now();
    this.#ruling.core.refreshKeys();
    this.#driver.poll(now);
    this.#listeners.pass();
  }

  /**
   * The fetched key sets as text, for `importKeys` of a later process or a worker thread. It holds public keys and URLs,
   * and whoever can change it can make tokens pass: store it like the policy.
   */
  exportKeys(): string {
    return this.#ruling.core.exportKeys();
  }

  /**
   * Begins with the key sets that `exportKeys` wrote, as if they had been fetched when they were. Returns for how many
   * URLs that was of use: a set counts only for the URL that it came from, and only until it is past `max_stale`.
   *
   * @throws SnapshotError when the text is no such snapshot; then nothing has changed.
   */
  importKeys(snapshot: string): number {
    if (typeof snapshot !== 'string') throw new TypeError('a snapshot must be a string');
    const imported = this.#ruling.core.importKeys(snapshot, this.#now());
    if (typeof imported === 'string') throw new SnapshotError(imported);
    this.#listeners.pass();
    return imported;
  }

  /**
   * Resolves when nothing is fetched, loaded or saved any more, for those who are stopped behind it.
   * @internal
   */
  idle(): Promise<void> {
    return this.#driver.idle();
  }

  #replace(policy: string, told?: (problem: OneProblem) => OneProblem, folder?: string): void {
    const core = native.replaceCore(this.#ruling.core.native, filled(policy, folder, told), this.#now());
    if ('path' in core) throw refusedPolicy(core, told);
    this.#ruling = rulingOf(core);
    this.#driver.follow(core);
    this.#listeners.follow(core);
    this.#listeners.pass();
  }

  /** Has the keys fetched that a verdict needs, and asks for the explanation then. */
  async #explained(
    core: NativeCore,
    options: CallOptions | undefined,
    question: () => {
      ask: Ask;
      explain: (asOf: number, now: number) => Parameters<typeof explanationOf>[0];
    },
  ): Promise<Explanation> {
    const { asOf, signal } = checked(options);
    const { ask, explain } = question();
    signal?.throwIfAborted();
    while (this.#judge(core, ask, readRequest, asOf, nothing) === undefined) {
      await this.#driver.wait(core, signal);
      signal?.throwIfAborted();
    }
    try {
      const now = this.#now();
      return explanationOf(explain(asOf ?? now, now));
    } catch {
      throw new InternalError(BROKEN);
    }
  }

  async #settle<T extends object, Judged extends RequestOutcome<T> = Outcome<T>>(
    core: NativeCore,
    question: () => Ask,
    reader: Read<Judged>,
    options: CallOptions | undefined,
  ): Promise<Judged | Outcome<T>> {
    const { asOf, signal } = checked(options);
    const ask = question();
    for (;;) {
      signal?.throwIfAborted();
      const judged = this.#judge(core, ask, reader, asOf, nothing);
      if (judged === undefined) {
        await this.#driver.wait(core, signal);
        continue;
      }
      const outcome =
        judged.verdict === 'undecided' || (judged.verdict === 'accepted' && this.#hooks.transform !== undefined)
          ? await decide<T>(core, this.#hooks, judged, signal)
          : judged;
      this.#listeners.passOutcome(outcome);
      return outcome;
    }
  }

  /** One verdict, with the work started that is due; `otherwise` when some of it has to end first. */
  #judge<Judged, Otherwise>(
    core: NativeCore,
    ask: Ask,
    reader: Read<Judged>,
    asOf: number | undefined,
    otherwise: (now: number) => Otherwise,
  ): Judged | Undecided | Rejected | Otherwise {
    try {
      const now = this.#now();
      const returned = ask(now, asOf);
      const outcome = reader(core, returned, now);
      if (isWorkDue(core, returned, now)) this.#driver.poll(now);
      return outcome ?? otherwise(now);
    } catch {
      return internalError(BROKEN);
    }
  }
}

/** A policy, with what is known of it for as long as it holds. */
interface Ruling {
  readonly core: NativeCore;
  readonly reads: RequestParts;
  readonly reading: Reading;
  readonly forwards: boolean;
}

function rulingOf(core: NativeCore): Ruling {
  const reads = Object.freeze(JSON.parse(core.reads()) as RequestParts);
  return { core, reads, reading: readingOf(reads), forwards: core.forwards() };
}

function tokenOf(core: NativeCore, token: string): Ask {
  return (now, asOf = now) => core.validate(token, asOf, now);
}

function requestOf(core: NativeCore, parts: PackedRequest): Ask {
  if (parts.place === FIELDS) {
    const [text, count] = joined(parts);
    return (now, asOf = now) => core.validateRequest(text, count, asOf, now);
  }
  const { method, path, query, place, value } = parts;
  return (now, asOf = now) => core.validateField(method, path, query, place, value, asOf, now);
}

function nothing(): undefined {
  return undefined;
}

const BROKEN = 'the native part or the clock failed';

function verifiedOf<Judged extends RequestOutcome>(outcome: Judged): Extract<Judged, { ok: true }>['verified'] {
  if (outcome.ok) return outcome.verified;
  throw errorOf(outcome);
}
