package io.jotgate;

import org.jspecify.annotations.Nullable;

/**
 * Why a token was refused, or why nobody could say. Names and numbers are stable and the same in every language.
 */
public enum Code {
    /** The request carries no token where the policy looks for one. */
    MISSING_TOKEN(1001, "missing_token"),
    /** The request carries several tokens that differ (RFC 6750 section 2: one method per request). */
    MULTIPLE_TOKENS(1002, "multiple_tokens"),
    /** No route of the policy names the request, and the policy says {@code unmatched: deny}. */
    UNMATCHED_REQUEST(1003, "unmatched_request"),
    /** Servers read the path of the request in more than one way, and one of them could let it pass somewhere. */
    AMBIGUOUS_TARGET(1004, "ambiguous_target"),
    /**
     * Not three strict base64url segments that hold strict JSON objects (RFC 7515 section 5.2, RFC 7519 section 7.2).
     */
    MALFORMED_TOKEN(2001, "malformed_token"),
    /** A token of a kind that is not read: encrypted, compressed, nested or with a detached payload. */
    UNSUPPORTED_TOKEN(2002, "unsupported_token"),
    /** The header demands an extension ({@code crit}, RFC 7515 section 4.1.11); none is supported. */
    UNSUPPORTED_CRITICAL(2003, "unsupported_critical"),
    /** The token is longer than the policy's {@code limits.token_bytes}. */
    TOKEN_TOO_LARGE(2004, "token_too_large"),
    /** There is no {@code iss} claim (RFC 7519 section 4.1.1). */
    MISSING_ISSUER(3001, "missing_issuer"),
    /** {@code iss} is none of the policy's issuers, byte for byte. */
    UNKNOWN_ISSUER(3002, "unknown_issuer"),
    /** The header's {@code alg} is not in the issuer's list (RFC 8725 section 3.1). */
    ALGORITHM_NOT_ALLOWED(4001, "algorithm_not_allowed"),
    /** The issuer has no key of this {@code kid}, and all its key sets have been asked. */
    UNKNOWN_KEY(5001, "unknown_key"),
    /** Several different keys fit the token. */
    AMBIGUOUS_KEY(5002, "ambiguous_key"),
    /** The issuer has a key of this {@code kid}, but it cannot verify this token. */
    UNUSABLE_KEY(5003, "unusable_key"),
    /** The signature does not verify under the key (RFC 7515 section 5.2). */
    INVALID_SIGNATURE(6001, "invalid_signature"),
    /** {@code exp} has passed (RFC 7519 section 4.1.4). */
    EXPIRED(7001, "expired"),
    /** {@code nbf} lies ahead (RFC 7519 section 4.1.5). */
    NOT_YET_VALID(7002, "not_yet_valid"),
    /** {@code iat} lies ahead (RFC 7519 section 4.1.6). */
    ISSUED_IN_FUTURE(7003, "issued_in_future"),
    /** The token was issued longer ago than the policy's {@code max_age}. */
    TOO_OLD(7004, "too_old"),
    /** The token lives longer than the policy's {@code max_lifetime}. */
    LIFETIME_TOO_LONG(7005, "lifetime_too_long"),
    /** A claim that the policy requires is absent or {@code null}. */
    MISSING_CLAIM(7006, "missing_claim"),
    /** A claim has a type or value that its definition does not allow. */
    INVALID_CLAIM(7007, "invalid_claim"),
    /** The header's {@code typ} is not one that the policy accepts (RFC 8725 section 3.11). */
    INVALID_TYPE(7008, "invalid_type"),
    /** None of the policy's audiences is in {@code aud} (RFC 7519 section 4.1.3). */
    AUDIENCE_MISMATCH(7009, "audience_mismatch"),
    /** A claim rule of the policy does not hold. */
    CLAIM_REJECTED(7010, "claim_rejected"),
    /** The token is bound to a key ({@code cnf}, RFC 7800 section 3.1), and nothing proves that the client holds it. */
    CONFIRMATION_FAILED(7011, "confirmation_failed"),
    /** The client id is none of the known ones. */
    CLIENT_NOT_ALLOWED(8001, "client_not_allowed"),
    /** The token lacks a scope that is needed (RFC 6750 section 3.1). */
    INSUFFICIENT_SCOPE(9001, "insufficient_scope"),
    /** The host says that the token was revoked. */
    REVOKED(10001, "revoked"),
    /** No usable key set is at hand, so the token can be neither accepted nor refused: answer 503, not 401. */
    KEYS_UNAVAILABLE(11001, "keys_unavailable"),
    /** The policy document is wrong; only construction reports it. */
    POLICY_ERROR(12001, "policy_error"),
    /** A bug in this library or its host; the token is refused. */
    INTERNAL_ERROR(13001, "internal_error");

    /** Made once: {@link #values()} gives a new array each time. */
    private static final Code[] ALL = values();

    private final int number;
    private final String text;

    Code(int number, String text) {
        this.number = number;
        this.text = text;
    }

    /** The stable number. */
    public int number() {
        return number;
    }

    /** The stable name, such as {@code expired}. */
    @Override
    public String toString() {
        return text;
    }

    /** The code of a name; null for no name, {@link #INTERNAL_ERROR} for one that this version does not know. */
    static @Nullable Code named(@Nullable String name) {
        if (name == null) {
            return null;
        }
        for (Code code : ALL) {
            if (code.text.equals(name)) {
                return code;
            }
        }
        return INTERNAL_ERROR;
    }

    /** The code of a number; {@link #INTERNAL_ERROR} for one that this version does not know. */
    static Code of(int number) {
        for (Code code : ALL) {
            if (code.number == number) {
                return code;
            }
        }
        return INTERNAL_ERROR;
    }
}
