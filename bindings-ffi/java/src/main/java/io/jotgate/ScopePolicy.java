// Made by tests/policy_types/generate.py from core/policy.schema.json.
package io.jotgate;

import java.util.List;

/**
 * Scopes that a token needs.
 */
public final class ScopePolicy extends PolicyPart<ScopePolicy> {
    /** Nothing is set. */
    public ScopePolicy() {}

    /**
     * Every one of these.
     */
    public ScopePolicy all(String... values) {
        return set("all", List.of(values));
    }

    /**
     * One of these at least.
     */
    public ScopePolicy any(String... values) {
        return set("any", List.of(values));
    }

    /**
     * Claims that hold scopes, as a list or a text with spaces; the first that is there counts. Default {@code scope},
     * {@code scp}.
     */
    public ScopePolicy claims(String... values) {
        return set("claims", List.of(values));
    }
}
