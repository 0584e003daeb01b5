package io.jotgate.spring;

import io.jotgate.JwtValidator;
import io.jotgate.VerifiedJwt;
import io.jotgate.servlet.ServletExchange;
import jakarta.servlet.DispatcherType;
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
 * decide about it. Where the policy has a {@code forward}, the application, its error pages included, sees the request as
 * that says, whether it needed a token or not. Do not make the filter a bean: Spring Boot would then put it before all
 * requests a second time.
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
        if (request.getDispatcherType() == DispatcherType.ERROR) {
            doFilterNestedErrorDispatch(request, response, chain);
            return;
        }
        Optional<VerifiedJwt> jwt;
        HttpServletRequest forwarded;
        try {
            jwt = validator.validateRequest(reads -> ServletExchange.request(reads, request));
            forwarded = ServletExchange.forwarded(validator, request, response, jwt);
        } catch (RuntimeException problem) {
            ServletExchange.refuse(validator, problem, response);
            return;
        }
        request.setAttribute(JWT, jwt);
        if (jwt.isEmpty()) {
            chain.doFilter(forwarded, response);
            return;
        }
        SecurityContext before = SecurityContextHolder.getContext();
        SecurityContext context = SecurityContextHolder.createEmptyContext();
        context.setAuthentication(new JotgateAuthentication(jwt.get()));
        SecurityContextHolder.setContext(context);
        contexts.saveContext(context, request, response);
        try {
            chain.doFilter(forwarded, response);
        } finally {
            SecurityContextHolder.setContext(before);
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
        HttpServletRequest forwarded;
        try {
            Optional<VerifiedJwt> jwt = request.getAttribute(JWT) instanceof Optional<?> found
                    ? found.map(VerifiedJwt.class::cast) : Optional.empty();
            forwarded = ServletExchange.forwarded(validator, request, response, jwt);
        } catch (RuntimeException problem) {
            ServletExchange.refuse(validator, problem, response);
            return;
        }
        chain.doFilter(forwarded, response);
    }

    private static final String JWT = JotgateAuthenticationFilter.class.getName() + ".JWT";
}
