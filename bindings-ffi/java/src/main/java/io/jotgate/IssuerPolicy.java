// Made by tests/policy_types/generate.py from core/policy.schema.json.
package io.jotgate;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An issuer with its own keys and rules: nothing of it ever counts for the tokens of another.
 */
public final class IssuerPolicy extends PolicyPart<IssuerPolicy> {
    /** Nothing is set. */
    public IssuerPolicy() {}

    /**
     * The algorithms that may sign. Default: every asymmetric one that fits a key; for a secret, those HS algorithms
     * whose hash is no longer than it.
     */
    public IssuerPolicy algorithms(String... values) {
        return set("algorithms", List.of(values));
    }

    /**
     * The {@code aud} values of which a token must carry one (RFC 7519 section 4.1.3). The waiver is the word {@code
     * any} alone.
     */
    public IssuerPolicy audience(String... values) {
        return set("audience", List.of(values));
    }

    /**
     * The {@code aud} values of which a token must carry one (RFC 7519 section 4.1.3). The waiver is the word {@code
     * any} alone.
     */
    public IssuerPolicy audienceAny() {
        return set("audience", "any");
    }

    /**
     * Other names for claims, from the name in the token to the one that rules and the application see. A registered
     * claim (RFC 7519 section 4.1) gets the other name beside its own. Default: none.
     */
    public IssuerPolicy claimMapping(Map<String, String> values) {
        return set("claim_mapping", new LinkedHashMap<>(values));
    }

    /**
     * Further rules about claims; all must hold.
     */
    public IssuerPolicy claims(ClaimRule... values) {
        return set("claims", all(values));
    }

    /**
     * Which clients may use a token. Default: any.
     */
    public IssuerPolicy clientId(ClientPolicy value) {
        return set("client_id", value);
    }

    /**
     * What becomes of tokens that are bound to a key of the client ({@code cnf}: DPoP, RFC 9449; client certificates,
     * RFC 8705). Default: they are refused; the waiver is the word {@code ignore}.
     */
    public IssuerPolicy confirmation(String value) {
        return set("confirmation", value);
    }

    /**
     * Puts the names of WSO2's dialect behind {@code claim_mapping}, such as {@code
     * http://wso2.org/claims/emailaddress} for {@code email}. Default false.
     */
    public IssuerPolicy defaultClaimMapping(boolean value) {
        return set("default_claim_mapping", value);
    }

    /**
     * The {@code iss} values of this entry, byte for byte (RFC 7519 section 4.1.1), or a template with one whole
     * segment of its path left open, such as {@code {tid}}. The waiver is the word {@code any} alone.
     */
    public IssuerPolicy issuer(String... values) {
        return set("issuer", List.of(values));
    }

    /**
     * The {@code iss} values of this entry, byte for byte (RFC 7519 section 4.1.1), or a template with one whole
     * segment of its path left open, such as {@code {tid}}. The waiver is the word {@code any} alone.
     */
    public IssuerPolicy issuerAny() {
        return set("issuer", "any");
    }

    /**
     * How fetched key sets are kept fresh.
     */
    public IssuerPolicy jwks(KeySetSettings value) {
        return set("jwks", value);
    }

    /**
     * Where the keys come from. Default: the issuer's metadata says it ({@code discovery: true}), which takes one
     * issuer that is a URL.
     */
    public IssuerPolicy keys(KeySources value) {
        return set("keys", value);
    }

    /**
     * Tolerance for {@code exp}, {@code nbf} and {@code iat}, at most 300 s. Default 5 s.
     */
    public IssuerPolicy leeway(Duration value) {
        return set("leeway", Json.seconds(value));
    }

    /**
     * The longest time since {@code iat}, which must be there then and not lie ahead.
     */
    public IssuerPolicy maxAge(Duration value) {
        return set("max_age", Json.seconds(value));
    }

    /**
     * The longest time from {@code iat} to {@code exp}.
     */
    public IssuerPolicy maxLifetime(Duration value) {
        return set("max_lifetime", Json.seconds(value));
    }

    /**
     * Takes whole numbers in {@code sub} and {@code jti}, which are texts (RFC 7519 sections 4.1.2 and 4.1.7), and
     * shows them as texts to rules and the application. Default false.
     */
    public IssuerPolicy numericIds(boolean value) {
        return set("numeric_ids", value);
    }

    /**
     * A standard for access tokens that these tokens follow. {@code rfc9068}: the type {@code at+jwt}, and {@code
     * exp}, {@code sub}, {@code client_id}, {@code iat} and {@code jti} must be there (RFC 9068 sections 2.1, 2.2 and
     * 4). Default: none.
     */
    public IssuerPolicy profile(String value) {
        return set("profile", value);
    }

    /**
     * Refuses an {@code iat} that lies ahead. Default false.
     */
    public IssuerPolicy rejectFutureIat(boolean value) {
        return set("reject_future_iat", value);
    }

    /**
     * Claims that must be there. Default {@code exp}; the waiver is a list without it.
     */
    public IssuerPolicy requiredClaims(String... values) {
        return set("required_claims", List.of(values));
    }

    /**
     * Scopes that a token needs. Default: none.
     */
    public IssuerPolicy scopes(ScopePolicy value) {
        return set("scopes", value);
    }

    /**
     * For a template: the values that may stand in it, or the word {@code any}.
     */
    public IssuerPolicy tenants(String... values) {
        return set("tenants", List.of(values));
    }

    /**
     * For a template: the values that may stand in it, or the word {@code any}.
     */
    public IssuerPolicy tenantsAny() {
        return set("tenants", "any");
    }

    /**
     * Tries up to four fitting keys for a token that names none. Default false.
     */
    public IssuerPolicy tryAllKeys(boolean value) {
        return set("try_all_keys", value);
    }

    /**
     * Accepted header types, such as {@code at+jwt} (RFC 8725 section 3.11). Default: any but those that are
     * registered for other things than access tokens, such as {@code logout+jwt} and {@code dpop+jwt}.
     */
    public IssuerPolicy typ(String... values) {
        return set("typ", List.of(values));
    }
}
