// Made by tests/policy_types/generate.py from core/policy.schema.json.
package io.jotgate;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What of an accepted token goes on to the application behind, when a gateway or a middleware hands requests on.
 */
public final class ForwardSettings extends PolicyPart<ForwardSettings> {
    /** Nothing is set. */
    public ForwardSettings() {}

    /**
     * Header fields that are set from claims, by the names of the claims as the application sees them. A field of that
     * name which the client has sent is removed, whether the claim is there or not.
     */
    public ForwardSettings claimsToHeaders(Map<String, String> values) {
        return set("claims_to_headers", new LinkedHashMap<>(values));
    }

    /**
     * Takes the token out of the request, wherever {@code token.sources} finds it. Default false.
     */
    public ForwardSettings stripToken(boolean value) {
        return set("strip_token", value);
    }
}
