/**
 * For tests of what validates tokens with jotgate: an issuer without sockets. Nothing of the package imports this module.
 *
 * ```js
 * import { Issuer } from 'jotgate/testing';
 *
 * const issuer = Issuer.fromFile('policy.yaml'); // the policy that the application ships
 * const validator = issuer.validator(); // the same policy, with this issuer's keys in place of its own
 * const token = issuer.token('alice'); // good under it
 * const bad = issuer.bad('expired'); // refused with this code and no other
 * ```
 *
 * @packageDocumentation
 */
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { RejectionCode } from './codes.js';
import { createValidatorFromPolicy } from './create.js';
import { documentOfFile, documentText, filled } from './document.js';
import { FetchProblem, type Fetcher, type FetcherResponse } from './fetcher.js';
import type { HostOptions } from './host.js';
import { native, type NativeTestIssuer, type PolicyProblem } from './native.js';
import { FailureNumber } from './numbers.js';
import type { Clock, PolicyDocument } from './policy.js';
import type { Validator } from './validator.js';
import type { Verified } from './verified.js';

/** What an issuer is to be. With a policy everything else has a default. */
export interface IssuerOptions {
  /** The application's own policy, as a document or its JSON text. Default: one of its own, of `issuer` and `audience`. */
  policy?: PolicyDocument | string;
  /** Which of the policy's issuers it is. Default: the first; without a policy `https://issuer.test/`. */
  issuer?: string;
  /** The audience of its own policy. Default `test-api`. */
  audience?: string | string[];
  /** What its tokens are signed with. Default: the first that the policy lists, or else RS256. */
  algorithm?: string;
  /** The id of its first key. Default `test-1`. */
  kid?: string;
  /** What all its tokens have, such as what a regular expression or a condition of the policy asks for. */
  claims?: Record<string, unknown>;
  /** A time at which its clock stands, in milliseconds or as a Date, or a clock. Default: the system's. */
  now?: number | Date | Clock;
}

/** What a token is to be. What is not said is as the policy asks. */
export interface TokenOptions {
  /** `aud`. */
  audience?: string | string[];
  /** In the claim where the policy looks for them. */
  scopes?: string[];
  /** In the claim where the policy looks for it. */
  client?: string;
  /** Seconds. Default ten minutes, or the policy's `max_lifetime` where that is less. */
  lifetime?: number;
  /** In place of what they would be. */
  claims?: Record<string, unknown>;
  /** Names of claims that it has not. */
  without?: string[];
  /** Parameters of the header, in place of what they would be; null takes one out. */
  header?: Record<string, unknown>;
  /** What signs it. */
  algorithm?: string;
  /** Which of the issuer's keys signs it, one before a rotation included. */
  kid?: string;
  /** When it is made, in milliseconds or as a Date. */
  now?: number | Date;
}

/** A bad token, and for which request, where the policy has routes. */
export interface BadOptions extends TokenOptions {
  subject?: string;
  method?: string;
  path?: string;
}

/** A token or a request that the policy refuses with one certain code. */
export interface Bad {
  code: RejectionCode;
  /** What is bad about it. */
  what: string;
  /** Null where the request is bad and not its token. */
  token: string | null;
  /**
   * Empty, as `target` is, where the kit knows no such request: all routes are regular expressions, or an expression says where
   * the token is.
   */
  method: string;
  /** The path, with the query where the token stands there. */
  target: string;
  /** The token's among them. */
  headers: [name: string, value: string][];
}

/** What the kit makes of a code. */
export interface Recipe {
  code: string;
  /** Whether a token or a request can give it. */
  makeable: boolean;
  /** What is bad about that, or why there is none. */
  what: string;
  /** Why there may be none under some policy, or what to do instead. */
  needs: string;
}

/**
 * How a key set is broken: a page of HTML, no key, other keys under the right names, status 500, status 404, no answer in
 * time, no connection.
 */
export type Fault = 'html' | 'empty' | 'wrong_key' | 'error' | 'gone' | 'slow' | 'unreachable';

/** An issuer behind a socket of the loopback interface. */
export interface IssuerServer {
  /** Where it is, without a slash at the end. */
  url: string;
  /** The application's policy, whose keys are fetched from here. */
  policy: PolicyDocument;
  close(): Promise<void>;
}

/** The table of codes, in its order. */
export function recipes(): Recipe[] {
  return JSON.parse(native.testRecipes()) as Recipe[];
}

/**
 * An issuer for tests: it mints tokens, publishes keys, changes them, and breaks. It needs no socket.
 *
 * A key is made with it: RSA takes a tenth of a second, so make one issuer for many tests. Whatever cannot be done is an Error
 * that says why.
 */
export class Issuer {
  readonly #native: NativeTestIssuer;
  readonly #clock: (() => number) | undefined;

  constructor(options: IssuerOptions = {}) {
    const { policy, now, ...rest } = options;
    const document = policy === undefined ? undefined : filled(documentText(policy));
    const made = native.createTestIssuer(JSON.stringify({ policy: document, ...rest }));
    this.#native = sound(made);
    if (now !== undefined) this.#clock = () => Number(typeof now === 'function' ? now() : now);
  }

  /** The issuer of a policy in a file: JSON, YAML or TOML. */
  static fromFile(path: string | URL, options: Omit<IssuerOptions, 'policy'> = {}): Issuer {
    return new Issuer({ ...options, policy: documentOfFile(path, undefined) });
  }

  /** The `iss` of its tokens. */
  get name(): string {
    return this.#call('name') as string;
  }

  /** The application's policy with the keys of now in place of its own, and everything else as it stands there. */
  get policy(): PolicyDocument {
    return this.#document('policy') as PolicyDocument;
  }

  /** The key set, as it should be. */
  get jwks(): { keys: Record<string, unknown>[] } {
    return this.#document('jwks') as { keys: Record<string, unknown>[] };
  }

  /** Another document with this issuer's keys: one that has another issuer's already, where there are several. */
  policyFor(policy: PolicyDocument | string): PolicyDocument {
    return this.#document('policy_for', { policy: documentText(policy) }) as PolicyDocument;
  }

  /** The application's policy with `BASE/jwks` in place of its keys. */
  policyFetching(base: string): PolicyDocument {
    return this.#document('policy_fetching', { base }) as PolicyDocument;
  }

  /** A validator of `policy`, on this issuer's clock. */
  validator(options: HostOptions = {}): Validator {
    const clock = this.#clock;
    return createValidatorFromPolicy(this.policy, clock === undefined ? options : { clock, ...options });
  }

  /** A token that is good under the policy, but for what is said here. */
  token(subject?: string, options: TokenOptions = {}): string {
    return this.#call('token', this.#said(subject, options)) as string;
  }

  /** The header field of a request with such a token. */
  headers(subject?: string, options: TokenOptions = {}): { authorization: string } {
    return { authorization: `Bearer ${this.token(subject, options)}` };
  }

  /**
   * What a unit test of what is behind the validation wants: minted here, and validated by the core. There is no other way. The
   * `require` of every validator takes it.
   *
   * @throws what `validateSync` throws, where the token is not good.
   */
  verified<T extends object = object>(subject?: string, options: TokenOptions = {}): Verified<T> {
    const { now } = options;
    const hooks = { clientLookup: () => true };
    const asOf = now === undefined ? {} : { asOf: now };
    return this.validator(hooks).validateSync<T>(this.token(subject, options), asOf).ofAnyValidator();
  }

  /**
   * What the policy refuses with this code: the core has been asked before it is handed out.
   *
   * @throws Error where the policy does not know the code, and for the codes that no token gives.
   */
  bad(code: RejectionCode, { subject, method, path, ...options }: BadOptions = {}): Bad {
    return this.#call('bad', { code, method, path, token: this.#said(subject, options) }) as Bad;
  }

  /** Does the fetches of a validator: `createValidator({ …, fetch: issuer.fetch })` needs no network. */
  readonly fetch: Fetcher = ({ url }): FetcherResponse => {
    const { status, content_type: type, body, fault } = this.#served(url);
    if (fault === 'slow') throw new FetchProblem(FailureNumber.timeout);
    if (status === null) throw new FetchProblem(FailureNumber.connection, 'the issuer of the test is unreachable');
    return { status, headers: { 'content-type': type }, body };
  };

  /** A server on the loopback interface that publishes the keys, for a test that wants sockets. */
  async serve(): Promise<IssuerServer> {
    const server = createServer(({ headers, url }, response) => {
      answer(response, this.#served(`http://${headers.host ?? '127.0.0.1'}${url ?? '/'}`));
    });
    // Whoever waits for it keeps the process alive.
    server.unref();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
    return { url, policy: this.policyFetching(url), close: () => closed(server) };
  }

  /**
   * Signs with a new key from now on, and gives its id. Without `overlap` the old one leaves the key set. A `policy` and a
   * validator that were made before have the old key; those that fetch see the new one.
   */
  rotate({ overlap = true, kid }: { overlap?: boolean; kid?: string } = {}): string {
    return this.#call('rotate', { overlap, kid }) as string;
  }

  /** Takes the keys that do not sign any more out of the key set: the end of an overlap. */
  retireKeys(): void {
    this.#call('retire_keys');
  }

  /** Breaks what is fetched, until `mend`. */
  breakKeys(fault: Fault): void {
    this.#call('break_keys', { fault });
  }

  /** Answers as it should again. */
  mend(): void {
    this.#call('mend');
  }

  /** What a GET is answered. */
  #served(url: string): Served {
    return this.#call('serve', { url }) as Served;
  }

  #said(subject: string | undefined, { now, ...options }: TokenOptions): object {
    const time = now === undefined ? this.#clock?.() : Number(now);
    return { subject, ...options, now: time === undefined ? undefined : time / 1000 };
  }

  #document(word: string, args: object = {}): unknown {
    return JSON.parse(this.#call(word, args) as string);
  }

  #call(word: string, args: object = {}): unknown {
    return JSON.parse(sound(native.callTestIssuer(this.#native, word, JSON.stringify(args))));
  }
}

interface Served {
  status: number | null;
  content_type: string;
  body: string;
  fault: Fault | null;
}

function answer(response: ServerResponse, { status, content_type: type, body, fault }: Served): void {
  // Until the server is closed.
  if (fault === 'slow') return;
  if (status === null) response.destroy();
  else response.writeHead(status, { 'content-type': type }).end(body);
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
    server.closeAllConnections();
  });
}

/** What came of it, or an Error: a mistake of the test, and no refusal. */
function sound<T>(result: T | PolicyProblem): T {
  if (typeof result !== 'object' || result === null || !('message' in result)) return result;
  const { message, hint } = result;
  throw new Error(hint === undefined ? message : `${message} (${hint})`);
}
