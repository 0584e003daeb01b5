// Made by tests/policy_types/generate.py from core/policy.schema.json.
package io.jotgate;

import java.util.List;

/**
 * Request targets that servers read in more than one way. Where a request could pass somewhere because of that, they
 * are refused, unless they are allowed here.
 */
public final class Targets extends PolicyPart<Targets> {
    /** Nothing is set. */
    public Targets() {}

    /**
     * What may stand in a path. Such a path takes the routes of everything that it can be read as, all of which must
     * hold, and none that lets it pass without a token.
     */
    public Targets allow(String... values) {
        return set("allow", List.of(values));
    }
}
