import { loadAddon } from './addon.js';
import type { AnswerNumber, FailureNumber, WorkNumber } from './numbers.js';
import type { Rejected } from './outcome.js';

/**
 * A GET that the core asks for.
 * @internal
 */
export interface NativeFetchRequest {
  id: bigint;
  url: string;
  /** Milliseconds, for the whole exchange. */
  timeout: number;
  /** Name, value, name, value, … */
  headers: string[];
  /** Bytes, after content decoding. */
  maxBody: number;
}

/**
 * Something that the core asks to be done and reported.
 * @internal
 */
export type NativeWork =
  | { kind: typeof WorkNumber.load; id: bigint; timeout: number }
  | ({ kind: typeof WorkNumber.fetch } & NativeFetchRequest)
  | { kind: typeof WorkNumber.save; id: bigint; timeout: number; text: string };

/**
 * Why nothing came of a piece of work.
 * @internal
 */
export type Failure = (typeof FailureNumber)[keyof typeof FailureNumber];

/**
 * What the application says of a token.
 * @internal
 */
export type Answer = (typeof AnswerNumber)[keyof typeof AnswerNumber];

/**
 * A token that passes the policy, and of which the application has to say something more. The native part alone knows what
 * is in it; when nobody holds it any more, it is gone.
 * @internal
 */
export interface NativeUndecided {
  readonly native: unique symbol;
}

/**
 * What an endpoint asks for, which the native part alone knows.
 * @internal
 */
export interface NativeRequirement {
  readonly native: unique symbol;
}

/**
 * The verdicts on many tokens, which the native part alone reads.
 * @internal
 */
export interface NativeVerdicts {
  readonly native: unique symbol;
}

/**
 * One validator. `code`, `issuer`, `route`, `claim`, `detail`, `retryAt`, `undecided`, `waitFor` and `patience` speak of
 * the last verdict.
 * @internal
 */
export interface NativeCore {
  /** What `replaceCore` knows this one by. */
  readonly native: NativeValidator;
  /**
   * An accepted token as one string, see `Verified`, which also says whether work is due; else the number of a code,
   * `REFUSALS` and so on, `KEYS_NEEDED` or `UNDECIDED`. The token is judged for the time `asOf`, with the keys of the time `now`.
   */
  validate(token: unknown, asOf: number, now: number): string | number;
  /** As `validate`, or `SKIPPED`. `parts`: method, path, query, name, value, … joined by NUL; `count`: how many. */
  validateRequest(parts: string, count: number, asOf: number, now: number): string | number;
  /** As `validateRequest`, with one field that is read, or none: its name is the one at this place of `reads`. */
  validateField(
    method: string,
    path: string,
    query: string,
    place: number,
    value: string,
    asOf: number,
    now: number,
  ): string | number;
  /** Judges many tokens as `validate` does, on other threads. The list must be an array of this package's own. */
  judgeMany(tokens: readonly string[], asOf: number, now: number): Promise<NativeVerdicts>;
  /** Makes these the verdicts that `nextVerdict` gives, once. */
  takeVerdicts(verdicts: NativeVerdicts): void;
  /** What `validate` would have returned for the next of the tokens, in their order. */
  nextVerdict(): string | number;
  /** An `Explanation` as JSON, as text, and as text with colours. */
  explain(token: unknown, asOf: number, now: number): [json: string, text: string, coloured: string];
  /** As `explain`, for a request as in `validateRequest`. */
  explainRequest(
    parts: string,
    count: number,
    asOf: number,
    now: number,
  ): [json: string, text: string, coloured: string];
  /** The JSON of `RequestParts`. */
  reads(): string;
  /** Whether the policy changes requests that go on. */
  forwards(): boolean;
  /** The JSON of a `Forward`. `payload` is null when the request needed no token. */
  forward(parts: string, count: number, payload: string | null): string;
  /** What was read of the refusals that have a place, each in its own: for `read` alone. */
  readonly refusals: Rejected[];
  /** The number of the code, where it was not returned. */
  code(): number;
  /** -1: not known. */
  issuer(): number;
  /** -1: not known. */
  route(): number;
  claim(): string | null;
  detail(): string;
  retryAt(): number | null;
  /** Null also when asked again. */
  undecided(): NativeUndecided | null;
  /** The client that the application must look up; null when it is asked whether the token was revoked. */
  client(undecided: NativeUndecided): string | null;
  /** The claims, for the application to find its answer. */
  payload(undecided: NativeUndecided): string;
  /** As `validate`; there is one answer to each question. */
  answerQuestion(undecided: NativeUndecided, answer: Answer): string | number;
  /** Empty also when asked again. */
  waitFor(): bigint[];
  /** For how long to wait at most, in milliseconds. */
  patience(): number;
  /** Whether `pollWork` would give something. */
  workDue(now: number): boolean;
  /** Each piece of work is given out once. */
  pollWork(now: number): NativeWork | null;
  reportFetched(id: bigint, status: number, headers: string[], body: Uint8Array, now: number): void;
  /** Null: there was nothing. Returns why the text is no snapshot, if so. */
  reportLoaded(id: bigint, text: string | null, now: number): string | null;
  reportSaved(id: bigint, now: number): void;
  /** `cause`: what the HTTP client says, as it says it; empty for nothing. */
  reportFailed(id: bigint, failure: Failure, cause: string, now: number): void;
  /** Makes a fetch due at every source; `pollWork` gives them out. */
  refreshKeys(): void;
  /** -1: not known. */
  answer(code: string, issuer: number, route: number, retryAfter: number): NativeAnswer;
  /** As `answer`, at an endpoint that asks for this. */
  answerWith(
    code: string,
    issuer: number,
    route: number,
    retryAfter: number,
    requirement: NativeRequirement,
  ): NativeAnswer;
  /** 0 when a token that was accepted is what an endpoint asks for; else the number of a code. */
  require(
    requirement: NativeRequirement,
    header: string,
    payload: string,
    origin: number,
    issuer: number,
    judgedFor: number,
    scopeClaim: string | null,
  ): number;
  /** What an operator should read, since the last call: one line for each time that a source ceases to bring keys. */
  warnings(): string[];
  /** The JSON of a list of `KeySetEvent`, those since the last call; null when there were none. */
  events(): string | null;
  /** The JSON of a `Health`. */
  health(now: number): string;
  exportKeys(): string;
  /** For how many sources the snapshot was of use; or why it is none. */
  importKeys(snapshot: string, now: number): number | string;
}

/**
 * One run of the command line.
 * @internal
 */
export interface NativeCommand {
  /** The JSON of a `CommandStep` of the core. */
  step(now: number): string;
  /** Hands in what a step asked to be read. */
  provide(content: Uint8Array): void;
  /** Hands in why it cannot be read. */
  provideNothing(reason: string): void;
  reportFetched(id: bigint, status: number, headers: string[], body: Uint8Array, now: number): void;
  reportFailed(id: bigint, failure: Failure, cause: string, now: number): void;
}

/** @internal */
export interface NativeAnswer {
  status: number;
  /** Name, value, name, value, … */
  headers: string[];
  body: string;
}

/** @internal */
export interface PolicyProblem extends OneProblem {
  problems?: OneProblem[];
}

/** One thing that is wrong with a policy. */
export interface OneProblem {
  path: string;
  message: string;
  hint?: string;
  line?: number;
  column?: number;
}

/**
 * A validator, which the native part alone knows.
 * @internal
 */
export interface NativeValidator {
  readonly validator: unique symbol;
}

/** What the application answers and does for a validator. */
/** @internal */
export interface NativeHost {
  clientLookup: boolean;
  revocationCheck: boolean;
  store: boolean;
}

/**
 * An issuer of the test kit, which the native part alone knows.
 * @internal
 */
export interface NativeTestIssuer {
  readonly native: unique symbol;
}

/** @internal */
export interface NativeAddon {
  /** For tests: an issuer of these options, which are JSON. */
  createTestIssuer(options: string): NativeTestIssuer | PolicyProblem;
  /** What `word` names, with arguments and an answer that are JSON. */
  callTestIssuer(issuer: NativeTestIssuer, word: string, args: string): string | PolicyProblem;
  /** What the kit makes of each code, as JSON. */
  testRecipes(): string;
  createCore(policy: string, seed: number, host: NativeHost): NativeCore | PolicyProblem;
  /** The core of another policy, in the place of one that nobody is to ask from now on. */
  replaceCore(before: NativeValidator, policy: string, now: number): NativeCore | PolicyProblem;
  /** The JSON of an `Import`; null when there is no such product. */
  importPolicy(
    product: string,
    text: string,
    files: { name: string; content: Uint8Array }[],
    values: { name: string; value: string }[],
  ): string | PolicyProblem | null;
  /** Of JSON as a route of a policy has it. */
  createRequirement(document: string): NativeRequirement | PolicyProblem;
  /** Those of a payload that was accepted; `claim` as `Verified` has it. */
  scopesOf(payload: string, claim: string | null): string[];
  products(): string[];
  /** The JSON Schema of policy documents, as JSON. */
  schema(): string;
  createCommand(args: string[], colour: boolean, errorColour: boolean, errorTerminal: boolean): NativeCommand;
  /** The document as JSON; null when there is no such format. */
  policyText(given: string | Uint8Array): string | PolicyProblem;
  policyJson(text: string, format: string): string | PolicyProblem | null;
  /** What is wrong, in the names of the options: of those that there are (`known`), these were given. */
  inOptions(path: string, message: string, hint: string | null, given: string[], known: string[]): OneProblem;
  places(text: string, format: string, paths: string[]): ({ line: number; column: number } | null | undefined)[];
  /** What a document in JSON leaves to the host to read: of each text so many bytes and no more. */
  references(policy: string): { kind: 'env' | 'file'; name: string; readBytes: number }[] | PolicyProblem;
  /** The document with what was read: bytes, `false` for what is not there, `true` for what cannot be read. */
  fillReferences(policy: string, read: (Uint8Array | boolean)[]): string | PolicyProblem;
  /** The JSON of a list of `Warning`. */
  lint(policy: string): string | PolicyProblem;
  codes(): { number: number; name: string; class: string }[];
}

/**
 * The addon of this platform, loaded when this module is.
 * @internal
 */
export const native = loadAddon() as NativeAddon;
