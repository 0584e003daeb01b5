// Made by tests/policy_types/generate.py from core/policy.schema.json.
package io.jotgate;

/**
 * What a policy says: which tokens may pass, and what becomes of the others.
 *
 * <pre>{@code
 * JwtValidator validator = JwtValidator.builder().policy(new PolicyDocument().issuers(
 *         new IssuerPolicy().issuer("https://idp.example.com/").audience("https://api.example.com")
 *                 .keys(new KeySources().jwksUri("https://idp.example.com/jwks")))).build();
 * }</pre>
 *
 * <p>Nothing is checked here: {@link JwtValidatorBuilder#build()} says what is wrong with a document.
 */
public final class PolicyDocument extends PolicyPart<PolicyDocument> {
    /** Nothing is set. */
    public PolicyDocument() {
        set("version", 1);
    }

    /**
     * Keeps verified tokens, so that the same token costs no second signature check while its key is there. Everything
     * else is checked each time. Default: none.
     */
    public PolicyDocument cache(Cache value) {
        return set("cache", value);
    }

    /**
     * What goes on to the application behind. Default: the request as it came.
     */
    public PolicyDocument forward(ForwardSettings value) {
        return set("forward", value);
    }

    /**
     * The issuers whose tokens may pass, each with its own keys and rules; at least one.
     */
    public PolicyDocument issuers(IssuerPolicy... values) {
        return set("issuers", all(values));
    }

    /**
     * Bounds on what is read of a token.
     */
    public PolicyDocument limits(TokenLimits value) {
        return set("limits", value);
    }

    /**
     * In whose manner refused requests are answered. Default {@code rfc6750}.
     */
    public PolicyDocument responses(String value) {
        return set("responses", value);
    }

    /**
     * What is asked of some requests; the first that fits a request counts. Default: every request needs a token.
     */
    public PolicyDocument routes(RoutePolicy... values) {
        return set("routes", all(values));
    }

    /**
     * Which request targets are taken although servers read them in more than one way.
     */
    public PolicyDocument targets(Targets value) {
        return set("targets", value);
    }

    /**
     * Where in a request the token is.
     */
    public PolicyDocument token(TokenSettings value) {
        return set("token", value);
    }

    /**
     * What becomes of requests that no route names: {@code token} (they need one, and no more) or {@code deny} (they
     * are refused). It must be written where a route asks for more than a token. Default {@code token}.
     */
    public PolicyDocument unmatched(String value) {
        return set("unmatched", value);
    }
}
