// Made by tests/policy_types/generate.py from core/policy.schema.json.
package io.jotgate;

import java.util.List;

/**
 * Which requests are meant, and what is asked of them.
 */
public final class RoutePolicy extends PolicyPart<RoutePolicy> {
    /** Nothing is set. */
    public RoutePolicy() {}

    /**
     * The {@code aud} values of which a token must carry one, beside one of the issuer's.
     */
    public RoutePolicy audience(String... values) {
        return set("audience", List.of(values));
    }

    /**
     * Rules about claims that hold here, beside those of the issuer.
     */
    public RoutePolicy claims(ClaimRule... values) {
        return set("claims", all(values));
    }

    /**
     * Which clients may use a token here, beside what the issuer's entry says.
     */
    public RoutePolicy clientId(RouteClientId value) {
        return set("client_id", value);
    }

    /**
     * The issuers whose tokens are taken, as they are written in {@code issuers}. Default: all.
     */
    public RoutePolicy issuers(String... values) {
        return set("issuers", List.of(values));
    }

    /**
     * HTTP methods, as a list or with bars between them: {@code GET|HEAD}. Default: any.
     */
    public RoutePolicy methods(String... values) {
        return set("methods", List.of(values));
    }

    /**
     * Needs no token; one that is there must be good. Default false.
     */
    public RoutePolicy optional(boolean value) {
        return set("optional", value);
    }

    /**
     * A path as a template, matched whole: {@code /orders/{id}}. Where the route asks for a token, in any letter case
     * and with a slash at the end or without.
     */
    public RoutePolicy path(String value) {
        return set("path", value);
    }

    /**
     * A path as a regular expression, matched whole; where the route asks for a token, as {@code path} is.
     */
    public RoutePolicy pathRegex(String value) {
        return set("path_regex", value);
    }

    /**
     * Scopes that these requests need beside those of the issuer.
     */
    public RoutePolicy scopes(RouteScopes value) {
        return set("scopes", value);
    }

    /**
     * Needs no token, and looks at none. Default false.
     */
    public RoutePolicy skip(boolean value) {
        return set("skip", value);
    }
}
