//! The numbers of the edge under their names in C.
//!
//! Made by tests/policy_types/generate.py from bindings-ffi/edge/src/numbers.rs.

/// What came of a validation.
///
/// The call brought no verdict. Refuse the request.
pub const JOTGATE_VERDICT_NONE: u32 = 0;
/// The token may pass.
pub const JOTGATE_VERDICT_ACCEPTED: u32 = 1;
/// The token must not pass; the code says why.
pub const JOTGATE_VERDICT_REJECTED: u32 = 2;
/// Nobody can say, because the issuer's keys cannot be had for now. Answer 503, not 401.
pub const JOTGATE_VERDICT_UNAVAILABLE: u32 = 3;
/// Keys must be got first. Do the work that is due, wait for what the verdict waits for, ask again.
pub const JOTGATE_VERDICT_KEYS_NEEDED: u32 = 4;
/// The policy asks for no token here: the request may pass, without claims.
pub const JOTGATE_VERDICT_SKIPPED: u32 = 5;
/// The token passes the policy, and the host has to be asked about it: it must not pass before the host's answer.
pub const JOTGATE_VERDICT_UNDECIDED: u32 = 6;

/// What the host is asked about a token.
///
/// Whether the host knows the client that the token names.
pub const JOTGATE_QUESTION_CLIENT: u32 = 1;
/// Whether the token was revoked.
pub const JOTGATE_QUESTION_REVOKED: u32 = 2;

/// What the host answers.
///
/// The host knows the client; the token was revoked.
pub const JOTGATE_ANSWER_YES: u32 = 1;
/// The host does not know the client; the token was not revoked.
pub const JOTGATE_ANSWER_NO: u32 = 2;
/// The host cannot say: its look-up failed, or gave neither.
pub const JOTGATE_ANSWER_FAILED: u32 = 3;

/// Origins of tokens that no validator has.
///
/// That of what test kits give: every validator takes it.
pub const JOTGATE_ORIGIN_ANY_VALIDATOR: u32 = 1;

/// What kind of work is to be done.
///
/// Look into the store that processes share.
pub const JOTGATE_WORK_LOAD: u32 = 1;
/// Do one GET.
pub const JOTGATE_WORK_FETCH: u32 = 2;
/// Put a text into the store.
pub const JOTGATE_WORK_SAVE: u32 = 3;

/// Why nothing came of a piece of work.
///
/// No connection, a failed TLS handshake, a connection that broke.
pub const JOTGATE_FAILURE_CONNECTION: u32 = 1;
/// No end within the work's timeout.
pub const JOTGATE_FAILURE_TIMEOUT: u32 = 2;
/// The body was longer than the work allows.
pub const JOTGATE_FAILURE_TOO_LARGE: u32 = 3;
/// The host gave the work up, for instance because it shuts down.
pub const JOTGATE_FAILURE_CANCELLED: u32 = 4;
/// The host's own function failed.
pub const JOTGATE_FAILURE_CALLBACK: u32 = 5;
/// The server's certificate is not trusted, not valid now, or not for this host.
pub const JOTGATE_FAILURE_CERTIFICATE: u32 = 6;

/// How a policy document is written.
///
/// JSON, without duplicate members.
pub const JOTGATE_FORMAT_JSON: u32 = 1;
/// YAML 1.2, without anchors, tags and words that other versions of YAML read differently.
pub const JOTGATE_FORMAT_YAML: u32 = 2;
/// TOML 1.1, without dates and infinities.
pub const JOTGATE_FORMAT_TOML: u32 = 3;

/// A gateway whose policies are read.
///
/// MuleSoft: the YAML of Flex Gateway or the JSON of API Manager.
pub const JOTGATE_PRODUCT_MULESOFT: u32 = 1;
/// WSO2 API Manager: its deployment.toml, which may name a trust store.
pub const JOTGATE_PRODUCT_WSO2: u32 = 2;

/// The type of a claim's value.
///
/// `null`.
pub const JOTGATE_KIND_NULL: u32 = 0;
/// `true` or `false`.
pub const JOTGATE_KIND_BOOLEAN: u32 = 1;
/// A number.
pub const JOTGATE_KIND_NUMBER: u32 = 2;
/// A text.
pub const JOTGATE_KIND_STRING: u32 = 3;
/// A list.
pub const JOTGATE_KIND_ARRAY: u32 = 4;
/// An object.
pub const JOTGATE_KIND_OBJECT: u32 = 5;

/// The table of claims behind a payload.
///
/// How many bytes the record of one claim has.
pub const JOTGATE_MEMBER_SIZE: u32 = 17;
/// Added to the kind of the value: the name is written with escapes.
pub const JOTGATE_MEMBER_NAME_ESCAPED: u32 = 16;
/// Added to the kind of the value: it is a string that is written with escapes.
pub const JOTGATE_MEMBER_TEXT_ESCAPED: u32 = 32;
