package io.jotgate.spring.boot;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import org.springframework.security.oauth2.server.resource.web.BearerTokenResolver;

/** Gives Spring the token that the policy accepted, wherever in the request that was. */
final class PolicyTokenResolver implements BearerTokenResolver {
    private final Judge judge;

    PolicyTokenResolver(Judge judge) {
        this.judge = judge;
    }

    @Override
    public @Nullable String resolve(HttpServletRequest request) {
        Judged judged = judge.judged(request);
        if (judged.goesOn()) {
            return judged.compact();
        }
        // In front of the filter it is Spring's protection against forged requests that asks: those with a bearer token need none,
        // but for tokens that a browser sends by itself.
        if (judged.problem() != null && !judged.lacksToken()) {
            return REFUSED;
        }
        return judged.isInCookie() ? null : judged.compact();
    }

    /** No token: the filter answers such a request before anybody takes it for one. */
    private static final String REFUSED = "refused";
}
