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
  readonly #text: string;
  readonly #headerLength: number;
  #payload: (Claims & T) | undefined;
  #header: ProtectedHeader | undefined;

  /** Which entry of the policy's `issuers` accepted the token, counted from 0. */
  readonly issuerIndex: number;

  /** @internal */
  constructor(text: string, headerLength: number, issuerIndex: number) {
    this.#text = text;
    this.#headerLength = headerLength;
    this.issuerIndex = issuerIndex;
  }

  /**
   * The same token with other claims for the application.
   * @internal
   */
  withPayload<U extends object>(payload: Claims & U): Verified<U> {
    const other = new Verified<U>(this.#text, this.#headerLength, this.issuerIndex);
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
    return (this.#header ??= JSON.parse(this.#text.slice(0, this.#headerLength)) as ProtectedHeader);
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
    return this.#text.slice(this.#headerLength);
  }
}
