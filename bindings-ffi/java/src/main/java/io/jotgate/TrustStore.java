// Made by tests/policy_types/generate.py from core/policy.schema.json.
package io.jotgate;

/**
 * A store of certificates; exactly one of {@code base64} and {@code text} holds it.
 */
public final class TrustStore extends PolicyPart<TrustStore> {
    /** Nothing is set. */
    public TrustStore() {}

    /**
     * The store in base64.
     */
    public TrustStore base64(String value) {
        return set("base64", value);
    }

    /**
     * The alias for tokens that name no key. Default {@code gateway_certificate_alias}.
     */
    public TrustStore defaultAlias(String value) {
        return set("default_alias", value);
    }

    /**
     * The password of the store.
     */
    public TrustStore password(String value) {
        return set("password", value);
    }

    /**
     * A bundle of PEM certificates.
     */
    public TrustStore text(String value) {
        return set("text", value);
    }

    /**
     * The format.
     */
    public TrustStore type(String value) {
        return set("type", value);
    }
}
