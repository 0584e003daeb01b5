import { native } from './native.js';
import { OriginNumber } from './numbers.js';

/** The registered claims (RFC 7519 section 4.1) and whatever else the issuer put into the token. */
export interface Claims {
  iss?: string;
  sub?: string;
  aud?: string | string[];
  /** Seconds since the Unix epoch. */
  exp?: number;
  /** Seconds since the Unix epoch. */
  nbf?: number;
  /** Seconds since the Unix epoch. */
  iat?: number;
  jti?: string;
  [name: string]: unknown;
}

/** The header that the signature covers (RFC 7515 section 4). */
export interface ProtectedHeader {
  alg: string;
  kid?: string;
  typ?: string;
  [name: string]: unknown;
}

/**
 * A token whose signature verified and that passed every check of the policy. Only a validator makes one.
 *
 * The texts are parsed when they are first read. Nothing is shown when the object is logged or made JSON of, except
 * `issuerIndex`: a verified token may hold personal data.
 *
 * `T` types the claims: `validator.validate<{ tenant: string }>(token)`.
 */
export class Verified<T extends object = object> {
  /** Header, payload and the places of the claims, as `src/layout.rs` writes them. */
  readonly #text: string;
  readonly #headerEnd: number;
  readonly #payloadEnd: number;
  #payload: (Claims & T) | undefined;
  #header: ProtectedHeader | undefined;
  #scopes: readonly string[] | undefined;

  /** Which entry of `issuers` accepted the token, counted from 0: of the policy that held then. */
  readonly issuerIndex: number;

  /** @internal */
  constructor(text: string) {
    const trailer = text.length - TRAILER;
    this.#text = text;
    this.#headerEnd = numberAt(text, trailer);
    this.#payloadEnd = numberAt(text, trailer + NUMBER);
    this.issuerIndex = numberAt(text, trailer + 3 * NUMBER);
  }

  /**
   * The same token with other claims for the application.
   * @internal
   */
  withPayload<U extends object>(payload: Claims & U): Verified<U> {
    const other = new Verified<U>(this.#text);
    other.#payload = payload;
    return other;
  }

  /**
   * The claims, or what the hook `transform` made of them. The same object each time.
   *
   * A claim named `__proto__` is an own property of it like any other and changes no prototype; copy the claims with
   * `{ ...payload }`, not with `Object.assign`, which would call the setter.
   */
  get payload(): Claims & T {
    return (this.#payload ??= JSON.parse(this.payloadText) as Claims & T);
  }

  /** The protected header. The same object each time. */
  get header(): ProtectedHeader {
    return (this.#header ??= JSON.parse(this.#text.slice(0, this.#headerEnd)) as ProtectedHeader);
  }

  /** The protected header under the name that jose gives it. */
  get protectedHeader(): ProtectedHeader {
    return this.header;
  }

  /**
   * The payload as it was signed: one JSON object without duplicate members. Where the policy maps claims, they stand under
   * their mapped names.
   */
  get payloadText(): string {
    return this.#text.slice(this.#headerEnd, this.#payloadEnd);
  }

  /**
   * One claim of `payload`, without reading the others; undefined when it is absent. A list or an object may be another one
   * each time.
   */
  claim<Name extends keyof (Claims & T) & string>(name: Name): (Claims & T)[Name] | undefined {
    if (this.#payload !== undefined) return this.#read(name);
    const text = this.#text;
    const end = numberAt(text, text.length - TRAILER + 2 * NUMBER);
    for (let line = this.#payloadEnd; line < end; line += LINE) {
      const marks = text.charCodeAt(line + 4 * NUMBER);
      // A name that is written with escapes may be any, and JSON.parse reads those best.
      if (marks & NAME_ESCAPED) return this.#read(name);
      const start = numberAt(text, line);
      if (numberAt(text, line + NUMBER) - start !== name.length || !text.startsWith(name, start)) continue;
      const value = text.slice(numberAt(text, line + 2 * NUMBER), numberAt(text, line + 3 * NUMBER));
      return (marks & PLAIN_TEXT ? value : JSON.parse(value)) as (Claims & T)[Name];
    }
    return undefined;
  }

  /**
   * The scopes of the token (RFC 6749 section 3.3), from the claims in which the policy looks for them, `scope` and `scp` by
   * default. To refuse a request that lacks one, ask for it: `requiredScopes` of the frameworks, or `validator.require`.
   */
  get scopes(): readonly string[] {
    return (this.#scopes ??= Object.freeze(native.scopesOf(this.payloadText, this.#scopeClaim())));
  }

  /** Whether `scopes` has exactly this one. */
  hasScope(scope: string): boolean {
    return this.scopes.includes(scope);
  }

  /**
   * What the native part must be given of a token to ask more of it.
   * @internal
   */
  held(): [
    header: string,
    payload: string,
    origin: number,
    issuer: number,
    judgedFor: number,
    scopeClaim: string | null,
  ] {
    const text = this.#text;
    const trailer = text.length - TRAILER;
    const [high, low] = [numberAt(text, trailer + 4 * NUMBER), numberAt(text, trailer + 5 * NUMBER)];
    const judgedFor = (high >= HALF / 2 ? high - HALF : high) * HALF + low;
    const origin = numberAt(text, trailer + 6 * NUMBER) * HALF + numberAt(text, trailer + 7 * NUMBER);
    const header = text.slice(0, this.#headerEnd);
    return [header, this.payloadText, origin, this.issuerIndex, judgedFor, this.#scopeClaim()];
  }

  /**
   * The same token as one that every validator takes for its own.
   * @internal
   */
  ofAnyValidator(): Verified<T> {
    const at = this.#text.length - TRAILER + 6 * NUMBER;
    const origin = '\0'.repeat(2 * NUMBER - 1) + String.fromCharCode(OriginNumber.anyValidator);
    return new Verified<T>(this.#text.slice(0, at) + origin + this.#text.slice(at + origin.length));
  }

  /** In which claim the scopes are; null for the first of the usual ones. */
  #scopeClaim(): string | null {
    const text = this.#text;
    const trailer = text.length - TRAILER;
    if (numberAt(text, trailer + 8 * NUMBER) === 0) return null;
    return text.slice(numberAt(text, trailer + 2 * NUMBER), trailer);
  }

  #read<Name extends keyof (Claims & T) & string>(name: Name): (Claims & T)[Name] | undefined {
    return Object.hasOwn(this.payload, name) ? this.payload[name] : undefined;
  }
}

/**
 * Whether the text of an accepted token says that work is due.
 * @internal
 */
export function isDue(text: string): boolean {
  return text.charCodeAt(text.length - 1) === 1;
}

/** A number in four characters of seven bits. */
function numberAt(text: string, at: number): number {
  return (
    (text.charCodeAt(at) << 21) |
    (text.charCodeAt(at + 1) << 14) |
    (text.charCodeAt(at + 2) << 7) |
    text.charCodeAt(at + 3)
  );
}

/** The layout of `src/layout.rs`: how long numbers, lines and the trailer are, and the marks of a line. */
const NUMBER = 4;
const LINE = 4 * NUMBER + 1;
const TRAILER = 10 * NUMBER;
/** How many values half of a time or of an origin has. */
const HALF = 2 ** 28;
const PLAIN_TEXT = 1;
const NAME_ESCAPED = 2;
