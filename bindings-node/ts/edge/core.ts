import type {
  Answer,
  Failure,
  NativeAnswer,
  NativeCore,
  NativeHost,
  NativeRequirement,
  NativeUndecided,
  NativeValidator,
  NativeVerdicts,
  NativeWork,
  PolicyProblem,
} from '../native.js';
import type { Rejected } from '../outcome.js';
import { joined, NO_FIELD, type RequestParts } from '../request.js';
import { freed, type Instance } from './instance.js';
import { instance as current, problemOf } from './module.js';
import { handleIn } from './requirement.js';
import { NOTHING, VERIFIED, type Exports } from './wasm.js';

/**
 * A validator of this policy, or what is wrong with it.
 * @internal
 */
export function coreOf(policy: string, seed: number, host: NativeHost): NativeCore | PolicyProblem {
  const instance = current();
  const flags = (host.clientLookup ? 1 : 0) + (host.revocationCheck ? 2 : 0) + (host.store ? 4 : 0);
  const length = instance.write(policy);
  const handle = instance.call((exports) => exports.session_new(length, BigInt(seed), flags));
  return handle === 0 ? problemOf(instance) : new Core(instance, handle);
}

/**
 * The validator of another policy in the place of one that nobody is to ask from now on.
 * @internal
 */
export function coreAfter(before: NativeValidator, policy: string, now: number): NativeCore | PolicyProblem {
  const { instance, handle } = (before as unknown as Core).place;
  const length = instance.write(policy);
  const after = instance.call((exports) => exports.session_after(handle, length, now));
  return after === 0 ? problemOf(instance) : new Core(instance, after);
}

/** What there is to say about the last verdict. */
interface Last {
  code: number;
  issuer: number | null;
  route: number | null;
  claim: string | null;
  detail: string;
  retryAt: number | null;
  waitFor: string[];
  patience: number;
}

/** As JSON, as text, and as text with colours. */
type Explained = [json: string, text: string, coloured: string];

/** Tokens of a batch that nobody has judged yet: there are no other threads here. */
interface Batch {
  tokens: Iterator<string>;
  asOf: number;
  now: number;
}

/** One validator of the module. */
class Core implements NativeCore {
  readonly #instance: Instance;
  readonly #handle: number;
  readonly refusals: Rejected[] = [];
  /** The names of the header fields that are read. */
  readonly #names: readonly string[];
  /** Read when it is first asked for after a verdict. */
  #last: Last | undefined;
  #batch: Batch | undefined;

  constructor(instance: Instance, handle: number) {
    this.#instance = instance;
    this.#handle = handle;
    freed?.register(this, () => {
      instance.tell((exports) => {
        exports.session_free(handle);
      });
    });
    this.#names = (JSON.parse(this.reads()) as RequestParts).headers ?? [];
  }

  get native(): NativeValidator {
    return this as unknown as NativeValidator;
  }

  get place(): { instance: Instance; handle: number } {
    return { instance: this.#instance, handle: this.#handle };
  }

  validate(token: unknown, asOf: number, now: number): string | number {
    const length = this.#instance.write(token);
    return this.#judged((exports) => exports.validate(this.#handle, length, asOf, now));
  }

  validateRequest(parts: string, count: number, asOf: number, now: number): string | number {
    const length = this.#instance.write(parts);
    return this.#judged((exports) => exports.validate_request(this.#handle, length, count, asOf, now));
  }

  validateField(
    method: string,
    path: string,
    query: string,
    place: number,
    value: string,
    asOf: number,
    now: number,
  ): string | number {
    const name = this.#names[place];
    const field = name === undefined ? { place: NO_FIELD, name: '' } : { place, name };
    const [text, count] = joined({ method, path, query, value, fields: '', count: 0, ...field });
    return this.validateRequest(text, count, asOf, now);
  }

  judgeMany(tokens: readonly string[], asOf: number, now: number): Promise<NativeVerdicts> {
    const batch: Batch = { tokens: tokens.values(), asOf, now };
    return Promise.resolve(batch as unknown as NativeVerdicts);
  }

  takeVerdicts(verdicts: NativeVerdicts): void {
    this.#batch = verdicts as unknown as Batch;
  }

  nextVerdict(): string | number {
    const next = this.#batch?.tokens.next();
    if (this.#batch === undefined || next?.done !== false) throw new Error('the batch has no more verdicts');
    return this.validate(next.value, this.#batch.asOf, this.#batch.now);
  }

  explain(token: unknown, asOf: number, now: number): Explained {
    const length = this.#instance.write(token);
    return this.#json((exports) => exports.explain(this.#handle, length, asOf, now)) as Explained;
  }

  explainRequest(parts: string, count: number, asOf: number, now: number): Explained {
    const length = this.#instance.write(parts);
    return this.#json((exports) => exports.explain_request(this.#handle, length, count, asOf, now)) as Explained;
  }

  reads(): string {
    return this.#text((exports) => exports.reads(this.#handle));
  }

  forwards(): boolean {
    return this.#instance.call((exports) => exports.forwards(this.#handle)) === 1;
  }

  forward(parts: string, count: number, payload: string | null): string {
    const length = this.#instance.writeList(parts, ...(payload === null ? [] : [payload]));
    return this.#text((exports) => exports.forward(this.#handle, length, count));
  }

  code(): number {
    return this.#details().code;
  }

  issuer(): number {
    return this.#details().issuer ?? -1;
  }

  route(): number {
    return this.#details().route ?? -1;
  }

  claim(): string | null {
    return this.#details().claim;
  }

  detail(): string {
    return this.#details().detail;
  }

  retryAt(): number | null {
    return this.#details().retryAt;
  }

  undecided(): NativeUndecided | null {
    const handle = this.#instance.call((exports) => exports.undecided(this.#handle));
    if (handle === 0) return null;
    const undecided: Held = { handle };
    freed?.register(
      undecided,
      () => {
        this.#instance.tell((exports) => {
          exports.undecided_free(handle);
        });
      },
      undecided,
    );
    return undecided as unknown as NativeUndecided;
  }

  client(undecided: NativeUndecided): string | null {
    return this.#instance.textOrNull((exports) => exports.client(heldIn(undecided)));
  }

  payload(undecided: NativeUndecided): string {
    return this.#text((exports) => exports.payload(heldIn(undecided)));
  }

  answerQuestion(undecided: NativeUndecided, answer: Answer): string | number {
    const handle = heldIn(undecided);
    // Its number is another's from now on.
    (undecided as unknown as Held).handle = 0;
    freed?.unregister(undecided);
    return this.#judged((exports) => exports.answer_question(this.#handle, handle, answer));
  }

  waitFor(): bigint[] {
    return this.#details().waitFor.splice(0).map(BigInt);
  }

  patience(): number {
    return this.#details().patience;
  }

  workDue(now: number): boolean {
    return this.#instance.call((exports) => exports.work_due(this.#handle, now)) === 1;
  }

  pollWork(now: number): NativeWork | null {
    const told = this.#instance.textOrNull((exports) => exports.poll_work(this.#handle, now));
    if (told === null) return null;
    const work = JSON.parse(told) as Omit<NativeWork, 'id'> & { id: string };
    return { ...work, id: BigInt(work.id) } as NativeWork;
  }

  reportFetched(id: bigint, status: number, headers: string[], body: Uint8Array, now: number): void {
    const length = this.#instance.writeList(body, ...headers);
    this.#instance.call((exports) => exports.report_fetched(this.#handle, id, status, length, now));
  }

  reportLoaded(id: bigint, text: string | null, now: number): string | null {
    const length = text === null ? NOTHING : this.#instance.write(text);
    return this.#instance.textOrNull((exports) => exports.report_loaded(this.#handle, id, length, now));
  }

  reportSaved(id: bigint, now: number): void {
    this.#instance.call((exports) => exports.report_saved(this.#handle, id, now));
  }

  reportFailed(id: bigint, failure: Failure, cause: string, now: number): void {
    const length = this.#instance.write(cause);
    this.#instance.call((exports) => exports.report_failed(this.#handle, id, failure, length, now));
  }

  refreshKeys(): void {
    this.#instance.call((exports) => exports.refresh_keys(this.#handle));
  }

  answer(code: string, issuer: number, route: number, retryAfter: number): NativeAnswer {
    return this.#answer(code, issuer, route, retryAfter, 0);
  }

  answerWith(
    code: string,
    issuer: number,
    route: number,
    retryAfter: number,
    requirement: NativeRequirement,
  ): NativeAnswer {
    return this.#answer(code, issuer, route, retryAfter, handleIn(this.#instance, requirement));
  }

  require(
    requirement: NativeRequirement,
    header: string,
    payload: string,
    origin: number,
    issuer: number,
    judgedFor: number,
    scopeClaim: string | null,
  ): number {
    const asked = handleIn(this.#instance, requirement);
    const length = this.#instance.writeList(header, payload, ...(scopeClaim === null ? [] : [scopeClaim]));
    this.#last = undefined;
    return this.#instance.call((exports) =>
      exports.require(this.#handle, asked, length, BigInt(origin), issuer, judgedFor),
    );
  }

  warnings(): string[] {
    return this.#json((exports) => exports.warnings(this.#handle)) as string[];
  }

  events(): string | null {
    return this.#instance.textOrNull((exports) => exports.events(this.#handle));
  }

  health(now: number): string {
    return this.#text((exports) => exports.health(this.#handle, now));
  }

  exportKeys(): string {
    return this.#text((exports) => exports.export_keys(this.#handle));
  }

  importKeys(snapshot: string, now: number): number | string {
    const length = this.#instance.write(snapshot);
    return this.#json((exports) => exports.import_keys(this.#handle, length, now)) as number | string;
  }

  #judged(ask: (exports: Exports) => number): string | number {
    this.#last = undefined;
    const returned = this.#instance.call(ask);
    return returned === VERIFIED ? this.#instance.output() : returned;
  }

  #details(): Last {
    return (this.#last ??= this.#json((exports) => exports.last(this.#handle)) as Last);
  }

  #answer(code: string, issuer: number, route: number, retryAfter: number, requirement: number): NativeAnswer {
    const length = this.#instance.write(code);
    return this.#json((exports) =>
      exports.answer(this.#handle, length, issuer, route, retryAfter, requirement),
    ) as NativeAnswer;
  }

  #text(ask: (exports: Exports) => number): string {
    return this.#instance.text(ask);
  }

  #json(ask: (exports: Exports) => number): unknown {
    return JSON.parse(this.#text(ask));
  }
}

/** The token of a question, by its handle; 0 once it was answered. */
interface Held {
  handle: number;
}

function heldIn(undecided: NativeUndecided): number {
  return (undecided as unknown as Held).handle;
}
