// Made by tests/policy_types/generate.py from core/policy.schema.json.
package io.jotgate;

import java.util.List;

/**
 * Where the keys of an issuer come from; several sources may stand beside each other.
 */
public final class KeySources extends PolicyPart<KeySources> {
    /** Nothing is set. */
    public KeySources() {}

    /**
     * The waiver that lets tokens without signature pass; excludes every other source. Default false.
     */
    public KeySources acceptUnsigned(boolean value) {
        return set("accept_unsigned", value);
    }

    /**
     * Takes the keys of certificates outside their period of validity. Default false.
     */
    public KeySources allowExpiredCertificates(boolean value) {
        return set("allow_expired_certificates", value);
    }

    /**
     * The ids ({@code kid}, or alias in a trust store) of keys that must not be used any more, wherever they come
     * from. The same key under another id beside it is not used either. Default: none.
     */
    public KeySources deniedKids(String... values) {
        return set("denied_kids", List.of(values));
    }

    /**
     * The issuer's metadata says where the key set lies (RFC 8414, OpenID Connect Discovery): {@code true}, or the URL
     * of the metadata. Default: {@code true} where no other source is named, else {@code false}.
     */
    public KeySources discovery(boolean value) {
        return set("discovery", value);
    }

    /**
     * The issuer's metadata says where the key set lies (RFC 8414, OpenID Connect Discovery): {@code true}, or the URL
     * of the metadata. Default: {@code true} where no other source is named, else {@code false}.
     */
    public KeySources discovery(String url) {
        return set("discovery", url);
    }

    /**
     * A key set as it is (RFC 7517 section 5), or {@code { file: PATH }} with its JSON; the only kind in which a
     * symmetric key counts.
     */
    public KeySources jwks(String json) {
        return set("jwks", new Json.Raw(json));
    }

    /**
     * Absolute {@code https} URLs of key sets; {@code http} on loopback only, unless {@code jwks.allow_http}.
     */
    public KeySources jwksUri(String... values) {
        return set("jwks_uri", List.of(values));
    }

    /**
     * A public key or an X.509 certificate, with or without the lines around it.
     */
    public KeySources pem(String value) {
        return set("pem", value);
    }

    /**
     * A secret for HS256, HS384 and HS512; at least 32 bytes.
     */
    public KeySources secret(SecretText value) {
        return set("secret", value);
    }

    /**
     * Certificates in a store; the alias is the key id.
     */
    public KeySources trustStore(TrustStore value) {
        return set("trust_store", value);
    }
}
