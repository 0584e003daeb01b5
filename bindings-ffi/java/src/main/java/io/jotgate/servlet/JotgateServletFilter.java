package io.jotgate.servlet;

import io.jotgate.JwtValidator;
import io.jotgate.VerifiedJwt;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Objects;
import java.util.Optional;

/**
 * Lets a request pass to the servlets behind it only with a valid token, or without one where a route of the policy says
 * so.
 *
 * <pre>{@code
 * FilterRegistration.Dynamic filter = context.addFilter("jotgate", new JotgateServletFilter(validator));
 * filter.setAsyncSupported(true);
 * filter.addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST, DispatcherType.ERROR), false, "/*");
 *
 * VerifiedJwt jwt = JotgateServletFilter.verified(request);
 * }</pre>
 *
 * <p>Any other request is answered as the policy's {@code responses} say. A request with a token has its subject as {@link
 * HttpServletRequest#getUserPrincipal()}, when it has one. A validation may wait for the issuer's keys on the container's
 * thread.
 *
 * <p>Where the policy has a {@code forward}, the servlets behind it see the request as that says, whether it needed a token
 * or not. Containers show error pages the request as it came: for those, map the filter to {@link DispatcherType#ERROR} too,
 * where it changes the request and refuses none.
 */
public final class JotgateServletFilter implements Filter {
    /** The name of the request's attribute that holds an {@link Optional} of the {@link VerifiedJwt}. */
    public static final String ATTRIBUTE = "io.jotgate.jwt";

    private final JwtValidator validator;

    /** A filter that asks {@code validator}, which it does not close. */
    public JotgateServletFilter(JwtValidator validator) {
        this.validator = Objects.requireNonNull(validator, "validator");
    }

    /**
     * The token of a request that this filter let pass, for servlets whose requests all need one.
     *
     * @throws IllegalStateException the request did not come through this filter, or a route of the policy let it pass
     *     without a token
     */
    public static VerifiedJwt verified(ServletRequest request) {
        return verifiedIfAny(request).orElseThrow(() ->
                new IllegalStateException("a route of the policy let this request pass without a token"));
    }

    /**
     * The token of a request that this filter let pass; empty when a route of the policy let it pass without one.
     *
     * @throws IllegalStateException the request did not come through this filter
     */
    public static Optional<VerifiedJwt> verifiedIfAny(ServletRequest request) {
        if (request.getAttribute(ATTRIBUTE) instanceof Optional<?> jwt) {
            return jwt.map(VerifiedJwt.class::cast);
        }
        throw new IllegalStateException("no JotgateServletFilter stands before this servlet");
    }

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (!(request instanceof HttpServletRequest http) || !(response instanceof HttpServletResponse answer)) {
            throw new ServletException("not an HTTP request");
        }
        HttpServletRequest passed;
        try {
            if (http.getDispatcherType() != DispatcherType.ERROR) {
                // One that was dispatched again may have lost its token to this filter.
                ForwardedRequest before = ForwardedRequest.in(http, validator);
                HttpServletRequest asked = before == null ? http : before.unchanged();
                http.setAttribute(ATTRIBUTE, validator.validateRequest(reads -> ServletExchange.request(reads, asked)));
            }
            passed = passed(http, answer);
        } catch (RuntimeException problem) {
            ServletExchange.refuse(validator, problem, answer);
            return;
        }
        chain.doFilter(passed, response);
    }

    /** What goes on. There is no token at an error page for a request that never came here. */
    private HttpServletRequest passed(HttpServletRequest request, HttpServletResponse response) {
        Optional<VerifiedJwt> jwt = request.getAttribute(ATTRIBUTE) instanceof Optional<?> found
                ? found.map(VerifiedJwt.class::cast) : Optional.empty();
        HttpServletRequest forwarded = ServletExchange.forwarded(validator, request, response, jwt);
        String subject = jwt.map(VerifiedJwt::subject).orElse(null);
        return subject == null ? forwarded : new VerifiedRequest(forwarded, subject);
    }
}
