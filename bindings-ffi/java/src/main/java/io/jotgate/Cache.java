// Made by tests/policy_types/generate.py from core/policy.schema.json.
package io.jotgate;

/**
 * How much a cache of verified tokens may hold; the tokens that were of no use lately make room for others.
 */
public final class Cache extends PolicyPart<Cache> {
    /** Nothing is set. */
    public Cache() {}

    /**
     * The most bytes of memory for them, 65536 to 1073741824, and at least four times {@code limits.token_bytes}.
     * Default 16777216.
     */
    public Cache bytes(long value) {
        return set("bytes", value);
    }

    /**
     * The most tokens, 8 to 1048576. Default 4096.
     */
    public Cache entries(long value) {
        return set("entries", value);
    }
}
