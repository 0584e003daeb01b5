// Made by tests/policy_types/generate.py from core/policy.schema.json.
package io.jotgate;

/**
 * An HMAC secret; exactly one member says how its octets are written.
 */
public final class SecretText extends PolicyPart<SecretText> {
    /** Nothing is set. */
    public SecretText() {}

    /**
     * The octets in base64url without padding.
     */
    public SecretText base64url(String value) {
        return set("base64url", value);
    }

    /**
     * The octets in hexadecimal.
     */
    public SecretText hex(String value) {
        return set("hex", value);
    }

    /**
     * The octets of this text in UTF-8.
     */
    public SecretText text(String value) {
        return set("text", value);
    }
}
