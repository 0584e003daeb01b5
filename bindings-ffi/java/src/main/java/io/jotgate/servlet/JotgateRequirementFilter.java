package io.jotgate.servlet;

import io.jotgate.JwtRequirement;
import io.jotgate.JwtValidator;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Objects;

/**
 * Asks for more than the policy does: a filter for some servlets, behind a {@link JotgateServletFilter}.
 *
 * <pre>{@code
 * JwtRequirement writing = JwtRequirement.scopes("orders:write");
 * context.addFilter("writing", new JotgateRequirementFilter(validator, writing))
 *         .addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), true, "/orders/new");
 * }</pre>
 *
 * <p>A request that is not what is asked for is answered as the policy's {@code responses} say, and one without a token never is;
 * one that came through no {@link JotgateServletFilter} gets a 500.
 */
public final class JotgateRequirementFilter implements Filter {
    private final JwtValidator validator;
    private final JwtRequirement requirement;

    /** A filter that asks {@code validator}, which it does not close. */
    public JotgateRequirementFilter(JwtValidator validator, JwtRequirement requirement) {
        this.validator = Objects.requireNonNull(validator, "validator");
        this.requirement = Objects.requireNonNull(requirement, "requirement");
    }

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (!(response instanceof HttpServletResponse answer)) {
            throw new ServletException("not an HTTP request");
        }
        if (request.getDispatcherType() != DispatcherType.ERROR) {
            try {
                validator.require(JotgateServletFilter.verifiedIfAny(request), requirement);
            } catch (RuntimeException problem) {
                ServletExchange.refuse(validator, problem, requirement, answer);
                return;
            }
        }
        chain.doFilter(request, response);
    }
}
