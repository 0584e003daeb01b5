//! Every bound of the core, once: the defaults, and how far a policy may move them.

use std::ops::RangeInclusive;
use std::time::Duration;

/// Longest token, in bytes, when the policy says nothing: twice the header size that common servers take.
pub(crate) const TOKEN_BYTES: usize = 16 * 1024;
/// What `limits.token_bytes` may be set to.
pub(crate) const TOKEN_BYTES_RANGE: RangeInclusive<usize> = 1..=1024 * 1024;

/// Levels of JSON nesting in header, payload and key sets, the outermost object included.
pub(crate) const JSON_DEPTH: usize = 32;
pub(crate) const JSON_DEPTH_MAX: usize = 64;
/// What `limits.json_depth` may be set to. The reader recurses once a level, also on the smallest thread stacks.
pub(crate) const JSON_DEPTH_RANGE: RangeInclusive<usize> = 2..=JSON_DEPTH_MAX;

/// Most header fields of a message that a host hands over in one piece of memory: far more than any server or client takes, and a bound
/// for what a list of empty ones comes to.
pub(crate) const MESSAGE_FIELDS: usize = 1024 * 1024;

/// Longest policy document, in bytes: room for many inline key sets.
pub(crate) const POLICY_BYTES: usize = 16 * 1024 * 1024;

/// Longest text of an environment variable or a file that a policy names, in bytes.
pub(crate) const REFERENCE_BYTES: usize = 1024 * 1024;

/// Most mistakes of a policy document that are told at once.
pub(crate) const POLICY_PROBLEMS: usize = 20;

/// Most clock difference between issuer and validator that a policy may allow for (RFC 7519 section 4.1.4: "a few
/// minutes").
pub(crate) const LEEWAY_MAX: Duration = Duration::from_secs(300);

/// What the policy allows for when it says nothing: clocks that are kept in step differ by fractions of a second, and
/// tokens are used in the very second in which they were made.
pub(crate) const LEEWAY: Duration = Duration::from_secs(5);

/// The first and the last second that a date can name (RFC 3339 section 5.6: the years 0000 to 9999). No NumericDate outside
/// is believed: it is milliseconds, or another mistake.
pub(crate) const NUMERIC_DATES: RangeInclusive<f64> = -62_167_219_200.0..=253_402_300_799.0;

/// Sizes of RSA moduli that are usable, in bits (RFC 7518 section 3.3 sets the lower end, the cost of a check the upper).
pub(crate) const RSA_BITS_RANGE: RangeInclusive<usize> = 2048..=8192;

/// Longest text of a number in a JWK, in characters: that of the largest modulus, with room for zero octets in front.
pub(crate) const KEY_NUMBER_CHARS: usize = 2048;

/// Shortest HMAC secret, in bytes: the hash of HS256 (RFC 7518 section 3.2).
pub(crate) const SECRET_BYTES_MIN: usize = 32;

/// How many keys `try_all_keys` tries for a token that names none: each try costs a signature check.
pub(crate) const KEYS_TRIED: usize = 4;

/// Longest regular expression of a policy, in bytes.
pub(crate) const PATTERN_BYTES: usize = 1024;
/// How deep a regular expression may nest, in what its parser counts: a group, a repetition and an alternative each. It is compiled by
/// recursion, and this is what threads with stacks of 128 KiB have room for.
pub(crate) const PATTERN_NESTING: u32 = 32;
/// Most memory that a compiled regular expression may take: matching costs the length of the text times its size.
pub(crate) const PATTERN_COMPILED_BYTES: usize = 256 * 1024;

/// Longest expression, in bytes.
#[cfg(feature = "expressions")]
pub(crate) const EXPRESSION_BYTES: usize = 4096;
/// Most operators of an expression.
#[cfg(feature = "expressions")]
pub(crate) const EXPRESSION_OPERATORS: usize = 256;
/// Most brackets within brackets of an expression: the parser recurses with them.
#[cfg(feature = "expressions")]
pub(crate) const EXPRESSION_NESTING: usize = 16;
/// Most levels of an expression as a tree: evaluation recurses once a level.
#[cfg(feature = "expressions")]
pub(crate) const EXPRESSION_DEPTH: usize = 32;
/// Most steps that one evaluation may take, whatever the token holds; a few milliseconds.
#[cfg(feature = "expressions")]
pub(crate) const EXPRESSION_STEPS: usize = 200_000;

/// Unknown key ids that one source remembers within a cooldown window.
pub(crate) const REMEMBERED_KIDS: usize = 64;
/// Fetches for unknown key ids within one cooldown window: one that a burst of junk may use up, and one more.
pub(crate) const REFETCH_BUDGET: u32 = 2;

/// After this a token that waited for keys of a policy that was replaced may come again, under the new one.
pub(crate) const POLICY_GONE_PAUSE: Duration = Duration::from_secs(1);

/// How much longer than its timeout a piece of work may be out before it counts as lost, and before whoever waits for it
/// reports that: a host's own report is more exact.
pub(crate) const WORK_GRACE: Duration = Duration::from_secs(2);
pub(crate) const WAIT_GRACE: Duration = Duration::from_millis(500);

/// How often a pause after failed fetches may double: the longest that a policy sets is reached long before.
pub(crate) const BACKOFF_DOUBLINGS: u32 = 20;

/// A set serves at least this long after it has arrived, however old its fetch has made it.
pub(crate) const SET_LIFE_MIN: Duration = Duration::from_secs(1);

/// By how much a time may lie before the latest one without meaning that the clock was set back: threads that read the
/// clock and were then held up, clocks that are nudged.
pub(crate) const CLOCK_TOLERANCE: Duration = Duration::from_secs(10);
/// A step of the host's clock forward that no process has slept through: it was set, or it is broken.
pub(crate) const CLOCK_STEP: Duration = Duration::from_secs(10 * 365 * 24 * 60 * 60);
/// What the machine takes for a time, in seconds: the years 0000 to 9999. Beyond it stands for the nearest end.
pub(crate) const CLOCK_RANGE: RangeInclusive<i64> = -62_167_219_200..=253_402_300_799;
/// How exactly the machine knows the latest time.
pub(crate) const CLOCK_GRAIN: Duration = Duration::from_secs(1);

/// What the settings of key sets may be.
pub(crate) const TTL_RANGE: RangeInclusive<Duration> = Duration::from_secs(1)..=DAYS_30;
pub(crate) const MAX_STALE_RANGE: RangeInclusive<Duration> = Duration::ZERO..=DAYS_30;
pub(crate) const TIMEOUT_RANGE: RangeInclusive<Duration> = Duration::from_millis(1)..=Duration::from_secs(300);
/// A day without asking for an unknown key is the most that anyone can mean.
pub(crate) const COOLDOWN_RANGE: RangeInclusive<Duration> = Duration::from_secs(1)..=Duration::from_secs(24 * 60 * 60);
pub(crate) const BACKOFF_RANGE: RangeInclusive<Duration> = Duration::from_millis(100)..=Duration::from_secs(60 * 60);
pub(crate) const REFRESH_AHEAD_RANGE: RangeInclusive<f64> = 0.1..=1.0;
pub(crate) const MAX_BODY_RANGE: RangeInclusive<usize> = 1..=16 * 1024 * 1024;
pub(crate) const MAX_KEYS_RANGE: RangeInclusive<usize> = 1..=10_000;
const DAYS_30: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// What a verified-token cache holds when the policy says no more than that there is one, and how far it may go. Bytes count
/// the tokens with what was read of them: 4096 tokens of 1000 bytes with 20 claims are some 15 MiB.
pub(crate) const CACHE_ENTRIES: usize = 4096;
pub(crate) const CACHE_ENTRIES_RANGE: RangeInclusive<usize> = 8..=1_048_576;
pub(crate) const CACHE_BYTES: usize = 16 * 1024 * 1024;
pub(crate) const CACHE_BYTES_RANGE: RangeInclusive<usize> = 64 * 1024..=1024 * 1024 * 1024;

/// Sources of one issuer that a validation looks at without allocating.
pub(crate) const SOURCES_INLINE: usize = 4;

/// Longest entity tag that is remembered, in bytes.
pub(crate) const ETAG_BYTES: usize = 256;
/// Longest URL that metadata may name, in bytes.
pub(crate) const URL_BYTES: usize = 2048;

/// Longest snapshot of key sets, in bytes.
pub(crate) const SNAPSHOT_BYTES: usize = 64 * 1024 * 1024;

/// What is told of the words that a host's HTTP stack has for a failure, and how much of them is looked at.
pub(crate) const CAUSE_CHARS: usize = 300;
pub(crate) const CAUSE_CHARS_READ: usize = 4096;
/// Warnings that wait to be taken; the oldest are dropped.
pub(crate) const WARNINGS_KEPT: usize = 16;
/// Events that wait to be taken; the oldest are dropped.
pub(crate) const EVENTS_KEPT: usize = 256;
/// Unusable keys that a health report names, and how much of their ids: they are an issuer's to choose.
pub(crate) const SKIPPED_KEYS_TOLD: usize = 20;
pub(crate) const KID_CHARS_TOLD: usize = 64;

/// Largest trust store, in bytes: about ten times the root certificates of a Java installation.
pub(crate) const STORE_BYTES_MAX: usize = 2 * 1024 * 1024;
/// Most entries of a trust store. Each certificate costs the check of its key.
pub(crate) const STORE_ENTRIES_MAX: usize = 1000;

/// How much of a value a report shows, and how many values of a list.
pub(crate) const VALUE_CHARS_TOLD: usize = 160;
pub(crate) const VALUES_TOLD: usize = 8;
