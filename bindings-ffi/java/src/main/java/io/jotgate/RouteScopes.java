// Made by tests/policy_types/generate.py from core/policy.schema.json.
package io.jotgate;

import java.util.List;

/**
 * Scopes that a route needs.
 */
public final class RouteScopes extends PolicyPart<RouteScopes> {
    /** Nothing is set. */
    public RouteScopes() {}

    /**
     * Every one of these.
     */
    public RouteScopes all(String... values) {
        return set("all", List.of(values));
    }

    /**
     * One of these at least.
     */
    public RouteScopes any(String... values) {
        return set("any", List.of(values));
    }
}
