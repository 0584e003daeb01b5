/**
 * What WebAssembly is in every runtime, as far as it is used here: its types are those of browsers, which Node's do not have.
 * @internal
 */
export interface WebAssemblyApi {
  readonly Module: {
    new (bytes: Uint8Array): CompiledModule;
    imports(module: CompiledModule): { module: string; name: string }[];
    exports(module: CompiledModule): { name: string }[];
  };
  readonly Instance: new (module: CompiledModule) => { readonly exports: object };
  compile(bytes: ArrayBuffer | ArrayBufferView): Promise<CompiledModule>;
}

/** A compiled module: a `WebAssembly.Module`. */
export type CompiledModule = object;

/**
 * What the module exports; `bindings-node/wasm` says what each does. Handles are numbers from 1 on, lengths count bytes.
 * @internal
 */
export interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer };
  input(length: number): number;
  output(): number;
  output_len(): number;
  version(): number;
  codes(): number;
  schema(): number;
  references(length: number): number;
  fill_references(length: number): number;
  policy_json(length: number): number;
  policy_text(length: number): number;
  lint(length: number): number;
  in_options(length: number, hasHint: number, count: number): number;
  scopes_of(length: number): number;
  requirement_new(length: number): number;
  requirement_free(requirement: number): void;
  session_new(length: number, seed: bigint, host: number): number;
  session_after(before: number, length: number, now: number): number;
  session_free(core: number): void;
  validate(core: number, length: number, asOf: number, now: number): number;
  validate_request(core: number, length: number, count: number, asOf: number, now: number): number;
  last(core: number): number;
  undecided(core: number): number;
  undecided_free(undecided: number): void;
  client(undecided: number): number;
  payload(undecided: number): number;
  answer_question(core: number, undecided: number, answer: number): number;
  explain(core: number, length: number, asOf: number, now: number): number;
  explain_request(core: number, length: number, count: number, asOf: number, now: number): number;
  reads(core: number): number;
  forwards(core: number): number;
  forward(core: number, length: number, count: number): number;
  answer(core: number, length: number, issuer: number, route: number, retryAfter: number, requirement: number): number;
  require(core: number, requirement: number, length: number, origin: bigint, issuer: number, judgedFor: number): number;
  work_due(core: number, now: number): number;
  poll_work(core: number, now: number): number;
  report_fetched(core: number, id: bigint, status: number, length: number, now: number): number;
  report_loaded(core: number, id: bigint, length: number, now: number): number;
  report_saved(core: number, id: bigint, now: number): number;
  report_failed(core: number, id: bigint, failure: number, length: number, now: number): number;
  refresh_keys(core: number): number;
  warnings(core: number): number;
  events(core: number): number;
  health(core: number, now: number): number;
  export_keys(core: number): number;
  import_keys(core: number, length: number, now: number): number;
}

/** In place of a length: there is nothing. @internal */
export const NOTHING = 0xffff_ffff;

/** In place of a length or a code: the call was wrong. @internal */
export const FAILED = 0xffff_fffd;

/** In place of a code: accepted, and the token is in the output. @internal */
export const VERIFIED = 0xffff_fffc;
