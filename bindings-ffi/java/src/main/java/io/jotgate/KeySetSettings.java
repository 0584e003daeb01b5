// Made by tests/policy_types/generate.py from core/policy.schema.json.
package io.jotgate;

import java.time.Duration;

/**
 * How fetched key sets are kept fresh.
 */
public final class KeySetSettings extends PolicyPart<KeySetSettings> {
    /** Nothing is set. */
    public KeySetSettings() {}

    /**
     * Allows {@code http} URLs beyond loopback. Default false.
     */
    public KeySetSettings allowHttp(boolean value) {
        return set("allow_http", value);
    }

    /**
     * The pauses after failed fetches.
     */
    public KeySetSettings backoff(BackoffSettings value) {
        return set("backoff", value);
    }

    /**
     * The window in which unknown key ids cause at most two fetches. Default 30 s.
     */
    public KeySetSettings cooldown(Duration value) {
        return set("cooldown", Json.seconds(value));
    }

    /**
     * The longest answer, in bytes. Default 524288.
     */
    public KeySetSettings maxBody(long value) {
        return set("max_body", value);
    }

    /**
     * The number of keys that are read of one set. Default 500.
     */
    public KeySetSettings maxKeys(long value) {
        return set("max_keys", value);
    }

    /**
     * How long an old set serves while its issuer cannot be reached. Default 24 h; 0 fails closed at expiry.
     */
    public KeySetSettings maxStale(Duration value) {
        return set("max_stale", Json.seconds(value));
    }

    /**
     * The least that they may shorten it to. Default 60 s.
     */
    public KeySetSettings minTtl(Duration value) {
        return set("min_ttl", Json.seconds(value));
    }

    /**
     * After which part of its freshness a set is refreshed, 0.1 to 1. Default 0.8.
     */
    public KeySetSettings refreshAhead(double value) {
        return set("refresh_ahead", value);
    }

    /**
     * Whether the answer's header fields may shorten {@code ttl} (RFC 9111 section 4.2). Default true.
     */
    public KeySetSettings respectCacheControl(boolean value) {
        return set("respect_cache_control", value);
    }

    /**
     * The longest time for one fetch. Default 10 s.
     */
    public KeySetSettings timeout(Duration value) {
        return set("timeout", Json.seconds(value));
    }

    /**
     * How long a set is fresh when its answer says nothing, and at most. Default 60 min.
     */
    public KeySetSettings ttl(Duration value) {
        return set("ttl", Json.seconds(value));
    }
}
