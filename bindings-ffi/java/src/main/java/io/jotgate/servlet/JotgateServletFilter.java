package io.jotgate.servlet;

import io.jotgate.JwtValidator;
import io.jotgate.VerifiedJwt;
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
 * filter.addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), false, "/*");
 *
 * VerifiedJwt jwt = JotgateServletFilter.verified(request);
 * }</pre>
 *
 * <p>Any other request is answered as the policy's {@code responses} say. A request with a token has its subject as {@link
 * HttpServletRequest#getUserPrincipal()}, when it has one. A validation may wait for the issuer's keys on the container's
 * thread.
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
        Optional<VerifiedJwt> jwt;
        try {
            jwt = validator.validateRequest(ServletExchange.request(http));
        } catch (RuntimeException problem) {
            ServletExchange.refuse(validator, problem, answer);
            return;
        }
        http.setAttribute(ATTRIBUTE, jwt);
        String subject = jwt.map(VerifiedJwt::subject).orElse(null);
        chain.doFilter(subject == null ? http : new VerifiedRequest(http, subject), response);
    }
}
