//go:build cgo && (((linux || darwin) && (amd64 || arm64)) || (windows && amd64))

package jotgate

// #include "jotgate.h"
import "C"

// Code says why a token was refused, or why nobody could say. Codes are the same in every language, and their text is
// stable: use it for metrics and logs.
//
// Each code is an error value, so both of these work:
//
//	errors.Is(err, jotgate.ErrExpired)
//
//	var code jotgate.Code
//	if errors.As(err, &code) { … }
type Code string

// Error is the code's text, such as expired.
func (c Code) Error() string { return string(c) }

// The codes. Their order follows the order of the checks.
const (
	// ErrMissingToken: the request carries no token where the policy looks for one.
	ErrMissingToken Code = "missing_token"
	// ErrMultipleTokens: the request carries several tokens that differ (RFC 6750 section 2).
	ErrMultipleTokens Code = "multiple_tokens"
	// ErrUnmatchedRequest: no route of the policy names the request, and the policy says unmatched: deny.
	ErrUnmatchedRequest Code = "unmatched_request"
	// ErrAmbiguousTarget: servers read the path in more than one way, and one of them could let the request pass somewhere.
	ErrAmbiguousTarget Code = "ambiguous_target"
	// ErrMalformedToken: not three strict base64url segments that hold strict JSON objects (RFC 7515 section 5.2).
	ErrMalformedToken Code = "malformed_token"
	// ErrUnsupportedToken: encrypted, compressed, nested, or with a detached payload.
	ErrUnsupportedToken Code = "unsupported_token"
	// ErrUnsupportedCritical: the header demands an extension (RFC 7515 section 4.1.11).
	ErrUnsupportedCritical Code = "unsupported_critical"
	// ErrTokenTooLarge: longer than the policy's limits.token_bytes.
	ErrTokenTooLarge Code = "token_too_large"
	// ErrMissingIssuer: there is no claim iss.
	ErrMissingIssuer Code = "missing_issuer"
	// ErrUnknownIssuer: iss is none of the policy's issuers, byte for byte.
	ErrUnknownIssuer Code = "unknown_issuer"
	// ErrAlgorithmNotAllowed: the header's alg is not in the issuer's list (RFC 8725 section 3.1).
	ErrAlgorithmNotAllowed Code = "algorithm_not_allowed"
	// ErrUnknownKey: the issuer has no key of this kid, and its key sets have been asked.
	ErrUnknownKey Code = "unknown_key"
	// ErrAmbiguousKey: several different keys fit the token.
	ErrAmbiguousKey Code = "ambiguous_key"
	// ErrUnusableKey: the issuer has a key of this kid, but it cannot verify this token.
	ErrUnusableKey Code = "unusable_key"
	// ErrInvalidSignature: the signature does not verify (RFC 7515 section 5.2).
	ErrInvalidSignature Code = "invalid_signature"
	// ErrExpired: exp has passed (RFC 7519 section 4.1.4).
	ErrExpired Code = "expired"
	// ErrNotYetValid: nbf lies ahead (RFC 7519 section 4.1.5).
	ErrNotYetValid Code = "not_yet_valid"
	// ErrIssuedInFuture: iat lies ahead (RFC 7519 section 4.1.6).
	ErrIssuedInFuture Code = "issued_in_future"
	// ErrTooOld: issued longer ago than the policy's max_age.
	ErrTooOld Code = "too_old"
	// ErrLifetimeTooLong: lives longer than the policy's max_lifetime.
	ErrLifetimeTooLong Code = "lifetime_too_long"
	// ErrMissingClaim: a claim that the policy requires is absent or null.
	ErrMissingClaim Code = "missing_claim"
	// ErrInvalidClaim: a claim has a type or value that its definition does not allow.
	ErrInvalidClaim Code = "invalid_claim"
	// ErrInvalidType: the header's typ is not one that the policy accepts (RFC 8725 section 3.11).
	ErrInvalidType Code = "invalid_type"
	// ErrAudienceMismatch: none of the policy's audiences is in aud (RFC 7519 section 4.1.3).
	ErrAudienceMismatch Code = "audience_mismatch"
	// ErrClaimRejected: a claim rule of the policy does not hold.
	ErrClaimRejected Code = "claim_rejected"
	// ErrConfirmationFailed: the token is bound to a key (cnf, RFC 7800 section 3.1) that nothing proves.
	ErrConfirmationFailed Code = "confirmation_failed"
	// ErrClientNotAllowed: the client id is none of the known ones.
	ErrClientNotAllowed Code = "client_not_allowed"
	// ErrInsufficientScope: the token lacks a scope (RFC 6750 section 3.1).
	ErrInsufficientScope Code = "insufficient_scope"
	// ErrRevoked: the token was revoked.
	ErrRevoked Code = "revoked"
	// ErrKeysUnavailable: no usable key set is at hand; see [KeysUnavailableError].
	ErrKeysUnavailable Code = "keys_unavailable"
	// ErrPolicy: the policy is wrong; see [PolicyError].
	ErrPolicy Code = "policy_error"
	// ErrInternal: a bug in jotgate; the token is refused.
	ErrInternal Code = "internal_error"
)

// codeOf gives the code of a number. One that this package has no constant for keeps its name; one that nobody knows is
// a bug, and a bug never lets a token pass.
func codeOf(number uint32) Code {
	if code, known := codes[number]; known {
		return code
	}
	if name := nameOf(number); name != "" {
		return Code(name)
	}
	return ErrInternal
}

// nameOf is the library's name of a code; empty for a number that it does not know.
func nameOf(number uint32) string { return text(C.jotgate_code_name(C.uint32_t(number))) }

// numberOf leads back from a code; 0, which is no code, for one that users made up.
func numberOf(code Code) uint32 {
	for number, other := range codes {
		if other == code {
			return number
		}
	}
	return 0
}

var codes = map[uint32]Code{
	C.JOTGATE_CODE_MISSING_TOKEN:         ErrMissingToken,
	C.JOTGATE_CODE_MULTIPLE_TOKENS:       ErrMultipleTokens,
	C.JOTGATE_CODE_UNMATCHED_REQUEST:     ErrUnmatchedRequest,
	C.JOTGATE_CODE_AMBIGUOUS_TARGET:      ErrAmbiguousTarget,
	C.JOTGATE_CODE_MALFORMED_TOKEN:       ErrMalformedToken,
	C.JOTGATE_CODE_UNSUPPORTED_TOKEN:     ErrUnsupportedToken,
	C.JOTGATE_CODE_UNSUPPORTED_CRITICAL:  ErrUnsupportedCritical,
	C.JOTGATE_CODE_TOKEN_TOO_LARGE:       ErrTokenTooLarge,
	C.JOTGATE_CODE_MISSING_ISSUER:        ErrMissingIssuer,
	C.JOTGATE_CODE_UNKNOWN_ISSUER:        ErrUnknownIssuer,
	C.JOTGATE_CODE_ALGORITHM_NOT_ALLOWED: ErrAlgorithmNotAllowed,
	C.JOTGATE_CODE_UNKNOWN_KEY:           ErrUnknownKey,
	C.JOTGATE_CODE_AMBIGUOUS_KEY:         ErrAmbiguousKey,
	C.JOTGATE_CODE_UNUSABLE_KEY:          ErrUnusableKey,
	C.JOTGATE_CODE_INVALID_SIGNATURE:     ErrInvalidSignature,
	C.JOTGATE_CODE_EXPIRED:               ErrExpired,
	C.JOTGATE_CODE_NOT_YET_VALID:         ErrNotYetValid,
	C.JOTGATE_CODE_ISSUED_IN_FUTURE:      ErrIssuedInFuture,
	C.JOTGATE_CODE_TOO_OLD:               ErrTooOld,
	C.JOTGATE_CODE_LIFETIME_TOO_LONG:     ErrLifetimeTooLong,
	C.JOTGATE_CODE_MISSING_CLAIM:         ErrMissingClaim,
	C.JOTGATE_CODE_INVALID_CLAIM:         ErrInvalidClaim,
	C.JOTGATE_CODE_INVALID_TYPE:          ErrInvalidType,
	C.JOTGATE_CODE_AUDIENCE_MISMATCH:     ErrAudienceMismatch,
	C.JOTGATE_CODE_CLAIM_REJECTED:        ErrClaimRejected,
	C.JOTGATE_CODE_CONFIRMATION_FAILED:   ErrConfirmationFailed,
	C.JOTGATE_CODE_CLIENT_NOT_ALLOWED:    ErrClientNotAllowed,
	C.JOTGATE_CODE_INSUFFICIENT_SCOPE:    ErrInsufficientScope,
	C.JOTGATE_CODE_REVOKED:               ErrRevoked,
	C.JOTGATE_CODE_KEYS_UNAVAILABLE:      ErrKeysUnavailable,
	C.JOTGATE_CODE_POLICY_ERROR:          ErrPolicy,
	C.JOTGATE_CODE_INTERNAL_ERROR:        ErrInternal,
}
