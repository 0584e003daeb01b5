// Made by tests/policy_types/generate.py from core/policy.schema.json.
package io.jotgate;

/**
 * Bounds on what is read of a token.
 */
public final class TokenLimits extends PolicyPart<TokenLimits> {
    /** Nothing is set. */
    public TokenLimits() {}

    /**
     * The deepest nesting of its JSON. Default 32.
     */
    public TokenLimits jsonDepth(long value) {
        return set("json_depth", value);
    }

    /**
     * The longest token, in bytes. Default 16384.
     */
    public TokenLimits tokenBytes(long value) {
        return set("token_bytes", value);
    }
}
