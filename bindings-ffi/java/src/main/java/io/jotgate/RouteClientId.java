// Made by tests/policy_types/generate.py from core/policy.schema.json.
package io.jotgate;

import java.util.List;

/**
 * Which clients may use a token on a route.
 */
public final class RouteClientId extends PolicyPart<RouteClientId> {
    /** Nothing is set. */
    public RouteClientId() {}

    /**
     * The clients that may. What names the client is what the issuer's {@code client_id} says.
     */
    public RouteClientId allowed(String... values) {
        return set("allowed", List.of(values));
    }
}
