// Made by tests/policy_types/generate.py from core/policy.schema.json.
package io.jotgate;

import java.util.List;

/**
 * Which clients may use a token.
 */
public final class ClientPolicy extends PolicyPart<ClientPolicy> {
    /** Nothing is set. */
    public ClientPolicy() {}

    /**
     * The clients that may; or the word {@code host} alone, and the host looks each up.
     */
    public ClientPolicy allowed(String... values) {
        return set("allowed", List.of(values));
    }

    /**
     * The clients that may; or the word {@code host} alone, and the host looks each up.
     */
    public ClientPolicy allowedByHost() {
        return set("allowed", "host");
    }

    /**
     * Claims that name the client; the first that is there counts. Default {@code client_id}, {@code azp}, {@code
     * cid}.
     */
    public ClientPolicy claims(String... values) {
        return set("claims", List.of(values));
    }

    /**
     * An expression (CEL) that gives the client's id as a text, in place of {@code claims}. It stands with a list of
     * clients.
     */
    public ClientPolicy expression(String value) {
        return set("expression", value);
    }
}
