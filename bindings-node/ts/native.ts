import { existsSync } from 'node:fs';
import { join } from 'node:path';

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
 * Why a fetch brought no answer; the numbers are the core's.
 * @internal
 */
export const FetchFailure = { connection: 1, timeout: 2, tooLarge: 3, callback: 5 } as const;

/** @internal */
export type FetchFailure = (typeof FetchFailure)[keyof typeof FetchFailure];

/**
 * One validator. `headerLength`, `issuer`, `route`, `client`, `claim`, `detail`, `retryAt` and `neededFetches` speak of the last
 * verdict.
 * @internal
 */
export interface NativeCore {
  /** Header and payload of an accepted token as one string; else the number of a code, or `KEYS_NEEDED`. */
  validate(token: unknown, now: number): string | number;
  /** As `validate`, with the token judged for the time `asOf` and the keys of the time `now`. */
  validateAsOf(token: unknown, asOf: number, now: number): string | number;
  /** As `validateAsOf`, or `SKIPPED`. `parts`: method, path, query, name, value, … joined by NUL; `count`: how many. */
  validateRequest(parts: string, count: number, asOf: number, now: number): string | number;
  /** An `Explanation` as JSON, as text, and as text with colours. */
  explain(token: unknown, asOf: number, now: number): [json: string, text: string, coloured: string];
  /** As `explain`, for a request as in `validateRequest`. */
  explainRequest(
    parts: string,
    count: number,
    asOf: number,
    now: number,
  ): [json: string, text: string, coloured: string];
  /** The JSON of a `Forward`. `payload` is null when the request needed no token. */
  forward(parts: string, count: number, payload: string | null): string;
  headerLength(): number;
  /** -1: not known. */
  issuer(): number;
  /** -1: not known. */
  route(): number;
  /** The client that the application must look up, and the claim that names it. Null also when asked again. */
  client(): [client: string, claim: string] | null;
  claim(): string | null;
  detail(): string;
  retryAt(): number | null;
  fetchDue(now: number): boolean;
  neededFetches(): NativeFetchRequest[];
  dueFetches(now: number): NativeFetchRequest[];
  completeFetch(id: bigint, status: number, headers: string[], body: Uint8Array, now: number): void;
  failFetch(id: bigint, failure: FetchFailure, now: number): void;
  /** Offers a snapshot in place of the fetch: whether the fetch has ended by it; or why the snapshot is none. */
  settleFetch(id: bigint, snapshot: string, now: number): boolean | string;
  /** Whether a fetch has brought something to export since this was last asked. */
  exportDue(): boolean;
  /** Makes a fetch due at every source; `dueFetches` gives them out. */
  refreshKeys(): void;
  /** -1: not known. */
  answer(code: string, issuer: number, route: number, retryAfter: number): NativeAnswer;
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
  completeFetch(id: bigint, status: number, headers: string[], body: Uint8Array, now: number): void;
  failFetch(id: bigint, failure: FetchFailure, now: number): void;
}

/** @internal */
export interface NativeAnswer {
  status: number;
  /** Name, value, name, value, … */
  headers: string[];
  body: string;
}

/** @internal */
export interface PolicyProblem {
  path: string;
  message: string;
  hint?: string;
}

interface NativeAddon {
  createCore(policy: string, seed: number, looksUpClients: boolean): NativeCore | PolicyProblem;
  /** The JSON of an `Import`; null when there is no such product. */
  importPolicy(
    product: string,
    text: string,
    files: { name: string; content: Uint8Array }[],
  ): string | PolicyProblem | null;
  products(): string[];
  /** The JSON Schema of policy documents, as JSON. */
  schema(): string;
  createCommand(args: string[], colour: boolean, errorColour: boolean): NativeCommand;
  /** The document as JSON; null when there is no such format. */
  policyJson(text: string, format: string): string | PolicyProblem | null;
  /** The JSON of a list of `Warning`. */
  lint(policy: string): string | PolicyProblem;
  codes(): { number: number; name: string; class: string }[];
}

/**
 * The addon of this platform, loaded when this module is.
 * @internal
 */
export const native: NativeAddon = load();

function load(): NativeAddon {
  const file = `jotgate.${platform()}.node`;
  const path = join(__dirname, '..', 'native', file);
  if (!existsSync(path)) {
    throw new Error(
      `jotgate has no native part for this platform (${file} is missing); ` +
        'build it in the source tree with `npm run build:native`',
    );
  }
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- the only way to load an addon
  return require(path) as NativeAddon;
}

function platform(): string {
  const name = `${process.platform}-${process.arch}`;
  return process.platform === 'linux' ? `${name}-${usesGlibc() ? 'gnu' : 'musl'}` : name;
}

function usesGlibc(): boolean {
  const report: NodeJS.ProcessReport & { excludeNetwork?: boolean } = process.report;
  const { excludeNetwork = false } = report;
  // Else the report looks up the names of all peers that the process is connected to.
  report.excludeNetwork = true;
  const { header } = report.getReport() as unknown as { header: { glibcVersionRuntime?: string } };
  report.excludeNetwork = excludeNetwork;
  return header.glibcVersionRuntime !== undefined;
}
