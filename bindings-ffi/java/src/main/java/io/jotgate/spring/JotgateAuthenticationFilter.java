package io.jotgate.spring;

import io.jotgate.JwtValidator;
import io.jotgate.VerifiedJwt;
import io.jotgate.servlet.ServletExchange;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Objects;
import java.util.Optional;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.web.context.RequestAttributeSecurityContextRepository;
import org.springframework.security.web.context.SecurityContextRepository;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Puts the verified token of a request into the security context, and answers requests that may not pass itself, as the
 * policy's {@code responses} say.
 *
 * <pre>{@code
 * http.sessionManagement(sessions -> sessions.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
 *         .csrf(csrf -> csrf.disable())
 *         .addFilterBefore(new JotgateAuthenticationFilter(validator), AnonymousAuthenticationFilter.class)
 *         .authorizeHttpRequests(requests -> requests.requestMatchers("/orders").hasAuthority("SCOPE_orders")
 *                 .anyRequest().permitAll());
 * }</pre>
 *
 * <p>A request that a route of the policy lets pass without a token goes on with an anonymous context, and Spring's own rules
 * decide about it. Do not make the filter a bean: Spring Boot would then put it before all requests a second time.
 */
public final class JotgateAuthenticationFilter extends OncePerRequestFilter {
    private final JwtValidator validator;
    /** Lets the later dispatches of an asynchronous request find the context. */
    private final SecurityContextRepository contexts = new RequestAttributeSecurityContextRepository();

    /** A filter that asks {@code validator}, which it does not close. */
    public JotgateAuthenticationFilter(JwtValidator validator) {
        this.validator = Objects.requireNonNull(validator, "validator");
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        Optional<VerifiedJwt> jwt;
        try {
            jwt = validator.validateRequest(ServletExchange.request(request));
        } catch (RuntimeException problem) {
            ServletExchange.refuse(validator, problem, response);
            return;
        }
        if (jwt.isEmpty()) {
            chain.doFilter(request, response);
            return;
        }
        SecurityContext before = SecurityContextHolder.getContext();
        SecurityContext context = SecurityContextHolder.createEmptyContext();
        context.setAuthentication(new JotgateAuthentication(jwt.get()));
        SecurityContextHolder.setContext(context);
        contexts.saveContext(context, request, response);
        try {
            chain.doFilter(request, response);
        } finally {
            SecurityContextHolder.setContext(before);
        }
    }
}
