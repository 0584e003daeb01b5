// Made by tests/policy_types/generate.py from bindings-ffi/edge/src/numbers.rs.

/** What came of a validation. */
export const VerdictNumber = {
  /** The call brought no verdict. Refuse the request. */
  none: 0,
  /** The token may pass. */
  accepted: 1,
  /** The token must not pass; the code says why. */
  rejected: 2,
  /** Nobody can say, because the issuer's keys cannot be had for now. Answer 503, not 401. */
  unavailable: 3,
  /** Keys must be got first. Do the work that is due, wait for what the verdict waits for, ask again. */
  keysNeeded: 4,
  /** The policy asks for no token here: the request may pass, without claims. */
  skipped: 5,
  /** The token passes the policy, and the host has to be asked about it: it must not pass before the host's answer. */
  undecided: 6,
} as const;

/** What the host is asked about a token. */
export const QuestionNumber = {
  /** Whether the host knows the client that the token names. */
  client: 1,
  /** Whether the token was revoked. */
  revoked: 2,
} as const;

/** What the host answers. */
export const AnswerNumber = {
  /** The host knows the client; the token was revoked. */
  yes: 1,
  /** The host does not know the client; the token was not revoked. */
  no: 2,
  /** The host cannot say: its look-up failed, or gave neither. */
  failed: 3,
} as const;

/** Origins of tokens that no validator has. */
export const OriginNumber = {
  /** That of what test kits give: every validator takes it. */
  anyValidator: 1,
} as const;

/** What kind of work is to be done. */
export const WorkNumber = {
  /** Look into the store that processes share. */
  load: 1,
  /** Do one GET. */
  fetch: 2,
  /** Put a text into the store. */
  save: 3,
} as const;

/** Why nothing came of a piece of work. */
export const FailureNumber = {
  /** No connection, a failed TLS handshake, a connection that broke. */
  connection: 1,
  /** No end within the work's timeout. */
  timeout: 2,
  /** The body was longer than the work allows. */
  tooLarge: 3,
  /** The host gave the work up, for instance because it shuts down. */
  cancelled: 4,
  /** The host's own function failed. */
  callback: 5,
  /** The server's certificate is not trusted, not valid now, or not for this host. */
  certificate: 6,
} as const;

/** How a policy document is written. */
export const FormatNumber = {
  /** JSON, without duplicate members. */
  json: 1,
  /** YAML 1.2, without anchors, tags and words that other versions of YAML read differently. */
  yaml: 2,
  /** TOML 1.1, without dates and infinities. */
  toml: 3,
} as const;

/** A gateway whose policies are read. */
export const ProductNumber = {
  /** MuleSoft: the YAML of Flex Gateway or the JSON of API Manager. */
  mulesoft: 1,
  /** WSO2 API Manager: its deployment.toml, which may name a trust store. */
  wso2: 2,
} as const;

/** The type of a claim's value. */
export const KindNumber = {
  /** `null`. */
  null: 0,
  /** `true` or `false`. */
  boolean: 1,
  /** A number. */
  number: 2,
  /** A text. */
  string: 3,
  /** A list. */
  array: 4,
  /** An object. */
  object: 5,
} as const;

/** The table of claims behind a payload. */
export const MemberNumber = {
  /** How many bytes the record of one claim has. */
  size: 17,
  /** Added to the kind of the value: the name is written with escapes. */
  nameEscaped: 16,
  /** Added to the kind of the value: it is a string that is written with escapes. */
  textEscaped: 32,
} as const;
