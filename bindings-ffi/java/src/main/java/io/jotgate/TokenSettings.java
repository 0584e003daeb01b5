// Made by tests/policy_types/generate.py from core/policy.schema.json.
package io.jotgate;

/**
 * Where in a request the token is.
 */
public final class TokenSettings extends PolicyPart<TokenSettings> {
    /** Nothing is set. */
    public TokenSettings() {}

    /**
     * The places to look in, all of them. Default: the header {@code Authorization} with the scheme {@code Bearer}
     * (RFC 6750 section 2.1).
     */
    public TokenSettings sources(TokenSource... values) {
        return set("sources", all(values));
    }
}
