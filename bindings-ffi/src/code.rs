//! The numbers of the codes, their names, and the version of the library.

use crate::bytes::Bytes;
use crate::guard::guard_or;
use jotgate_core::Code;

/// The request carries no token where the policy looks for one.
pub const JOTGATE_CODE_MISSING_TOKEN: u32 = 1001;
/// The request carries several tokens that differ (RFC 6750 section 2: one method per request).
pub const JOTGATE_CODE_MULTIPLE_TOKENS: u32 = 1002;
/// No route of the policy names the request, and the policy says `unmatched: deny`.
pub const JOTGATE_CODE_UNMATCHED_REQUEST: u32 = 1003;
/// Servers read the path of the request in more than one way, and one of them could let it pass somewhere.
pub const JOTGATE_CODE_AMBIGUOUS_TARGET: u32 = 1004;
/// Not three strict base64url segments that hold strict JSON objects (RFC 7515 section 5.2, RFC 7519 section 7.2).
pub const JOTGATE_CODE_MALFORMED_TOKEN: u32 = 2001;
/// A token of a kind that is not read: encrypted, compressed, nested or with a detached payload.
pub const JOTGATE_CODE_UNSUPPORTED_TOKEN: u32 = 2002;
/// The header demands an extension (`crit`, RFC 7515 section 4.1.11); none is supported.
pub const JOTGATE_CODE_UNSUPPORTED_CRITICAL: u32 = 2003;
/// The token is longer than the policy's `limits.token_bytes`.
pub const JOTGATE_CODE_TOKEN_TOO_LARGE: u32 = 2004;
/// There is no `iss` claim (RFC 7519 section 4.1.1).
pub const JOTGATE_CODE_MISSING_ISSUER: u32 = 3001;
/// `iss` is none of the policy's issuers, byte for byte.
pub const JOTGATE_CODE_UNKNOWN_ISSUER: u32 = 3002;
/// The header's `alg` is not in the issuer's list (RFC 8725 section 3.1).
pub const JOTGATE_CODE_ALGORITHM_NOT_ALLOWED: u32 = 4001;
/// The issuer has no key of this `kid`, and all its key sets have been asked.
pub const JOTGATE_CODE_UNKNOWN_KEY: u32 = 5001;
/// Several different keys fit the token.
pub const JOTGATE_CODE_AMBIGUOUS_KEY: u32 = 5002;
/// The issuer has a key of this `kid`, but it cannot verify this token.
pub const JOTGATE_CODE_UNUSABLE_KEY: u32 = 5003;
/// The signature does not verify under the key (RFC 7515 section 5.2).
pub const JOTGATE_CODE_INVALID_SIGNATURE: u32 = 6001;
/// `exp` has passed (RFC 7519 section 4.1.4).
pub const JOTGATE_CODE_EXPIRED: u32 = 7001;
/// `nbf` lies ahead (RFC 7519 section 4.1.5).
pub const JOTGATE_CODE_NOT_YET_VALID: u32 = 7002;
/// `iat` lies ahead (RFC 7519 section 4.1.6).
pub const JOTGATE_CODE_ISSUED_IN_FUTURE: u32 = 7003;
/// The token was issued longer ago than the policy's `max_age`.
pub const JOTGATE_CODE_TOO_OLD: u32 = 7004;
/// The token lives longer than the policy's `max_lifetime`.
pub const JOTGATE_CODE_LIFETIME_TOO_LONG: u32 = 7005;
/// A claim that the policy requires is absent or `null`.
pub const JOTGATE_CODE_MISSING_CLAIM: u32 = 7006;
/// A claim has a type or value that its definition does not allow.
pub const JOTGATE_CODE_INVALID_CLAIM: u32 = 7007;
/// The header's `typ` is not one that the policy accepts (RFC 8725 section 3.11).
pub const JOTGATE_CODE_INVALID_TYPE: u32 = 7008;
/// None of the policy's audiences is in `aud` (RFC 7519 section 4.1.3).
pub const JOTGATE_CODE_AUDIENCE_MISMATCH: u32 = 7009;
/// A claim rule of the policy does not hold.
pub const JOTGATE_CODE_CLAIM_REJECTED: u32 = 7010;
/// The token is bound to a key (`cnf`, RFC 7800 section 3.1), and nothing proves that the client holds it.
pub const JOTGATE_CODE_CONFIRMATION_FAILED: u32 = 7011;
/// The client id is none of the known ones.
pub const JOTGATE_CODE_CLIENT_NOT_ALLOWED: u32 = 8001;
/// The token lacks a scope that is needed (RFC 6750 section 3.1).
pub const JOTGATE_CODE_INSUFFICIENT_SCOPE: u32 = 9001;
/// The host says that the token was revoked.
pub const JOTGATE_CODE_REVOKED: u32 = 10001;
/// No usable key set is at hand, so the token can be neither accepted nor refused: answer 503, not 401.
pub const JOTGATE_CODE_KEYS_UNAVAILABLE: u32 = 11001;
/// The policy document is wrong; only construction reports it.
pub const JOTGATE_CODE_POLICY_ERROR: u32 = 12001;
/// A bug in this library or its host; the token is refused.
pub const JOTGATE_CODE_INTERNAL_ERROR: u32 = 13001;

/// The stable name of a code, such as `expired`, the same in every language. `data` is NULL for an unknown number.
///
/// The text lives as long as the library is loaded.
#[unsafe(no_mangle)]
pub extern "C" fn jotgate_code_name(code: u32) -> Bytes {
    guard_or(Bytes::NONE, || Bytes::of_option(Code::from_number(code).map(Code::name)))
}

/// The version of the library, such as `0.1.0`. The text lives as long as the library is loaded.
#[unsafe(no_mangle)]
pub extern "C" fn jotgate_version() -> Bytes {
    Bytes::of(env!("CARGO_PKG_VERSION"))
}

/// The version of the interface that this header describes. It grows when something in it changes that a program could
/// notice without asking for it; new functions, numbers, and fields at the end of structures with a `size` do not.
pub const JOTGATE_ABI_VERSION: u32 = 1;

/// The version of the interface that the library has: compare it with JOTGATE_ABI_VERSION before the first call.
#[unsafe(no_mangle)]
pub extern "C" fn jotgate_abi_version() -> u32 {
    JOTGATE_ABI_VERSION
}

#[cfg(test)]
mod tests {
    use jotgate_core::Code;
    use std::collections::BTreeSet;

    #[test]
    fn the_header_lists_every_code_of_the_core_and_no_other() {
        let header = include_str!("../include/jotgate.h");
        let listed: BTreeSet<&str> = header.lines().filter(|line| line.starts_with("#define JOTGATE_CODE_")).collect();
        let expected: BTreeSet<String> = Code::ALL
            .iter()
            .map(|code| format!("#define JOTGATE_CODE_{} {}", code.name().to_uppercase(), code.number()))
            .collect();
        assert_eq!(listed, expected.iter().map(String::as_str).collect());
    }
}
