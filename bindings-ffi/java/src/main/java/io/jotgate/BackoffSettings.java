// Made by tests/policy_types/generate.py from core/policy.schema.json.
package io.jotgate;

import java.time.Duration;

/**
 * The pauses after failed fetches.
 */
public final class BackoffSettings extends PolicyPart<BackoffSettings> {
    /** Nothing is set. */
    public BackoffSettings() {}

    /**
     * The longest pause after the first failure; it doubles. Default 1 s.
     */
    public BackoffSettings first(Duration value) {
        return set("first", Json.seconds(value));
    }

    /**
     * The longest pause at all. Default 300 s.
     */
    public BackoffSettings max(Duration value) {
        return set("max", Json.seconds(value));
    }
}
