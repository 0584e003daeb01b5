package io.jotgate.spring.boot;

import io.jotgate.VerifiedJwt;
import io.jotgate.servlet.ServletExchange;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Refuses what the policy refuses, and lets the rest go on as its {@code forward} says. A request without a token goes on too:
 * Spring's rules decide whether it needs one.
 */
final class PolicyFilter extends OncePerRequestFilter {
    private final Judge judge;

    PolicyFilter(Judge judge) {
        this.judge = judge;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        Judged judged = judge.judged(request);
        if (judged.problem() != null && !judged.lacksToken()) {
            ServletExchange.refuse(judge.validator(request), judged.problem(), response);
            return;
        }
        HttpServletRequest forwarded = forwarded(request, response, judged.verified());
        if (forwarded == null) {
            return;
        }
        judged.letGoOn();
        Judged before = Judged.putOnThisThread(judged);
        try {
            chain.doFilter(forwarded, response);
        } finally {
            Judged.putOnThisThread(before);
        }
    }

    @Override
    protected boolean shouldNotFilterErrorDispatch() {
        return false;
    }

    /** An error page gets the request as it came, so it is changed once more; nothing is refused. */
    @Override
    protected void doFilterNestedErrorDispatch(
            HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        Judged judged = Judge.known(request);
        Optional<VerifiedJwt> jwt = judged == null ? Optional.empty() : judged.verified();
        HttpServletRequest forwarded = forwarded(request, response, jwt);
        if (forwarded != null) {
            chain.doFilter(forwarded, response);
        }
    }

    /** Null where it must not go on, which is answered already. */
    private @Nullable HttpServletRequest forwarded(
            HttpServletRequest request, HttpServletResponse response, Optional<VerifiedJwt> jwt) throws IOException {
        try {
            return ServletExchange.forwarded(judge.validator(request), request, response, jwt);
        } catch (RuntimeException problem) {
            ServletExchange.refuse(judge.validator(request), problem, response);
            return null;
        }
    }
}
