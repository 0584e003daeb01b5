package io.jotgate.httpserver;

import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsExchange;
import io.jotgate.HttpAnswer;
import io.jotgate.JwtRequest;
import io.jotgate.JwtRequirement;
import io.jotgate.JwtValidator;
import io.jotgate.VerifiedJwt;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Lets a request pass to the handler of a context of the JDK's HTTP server only with a valid token, or without one where
 * a route of the policy says so.
 *
 * <pre>{@code
 * HttpContext context = server.createContext("/orders", exchange -> {
 *     VerifiedJwt jwt = JotgateFilter.verified(exchange);
 *     …
 * });
 * context.getFilters().add(new JotgateFilter(validator));
 * }</pre>
 *
 * <p>Any other request is answered as the policy's {@code responses} say. A validation may wait for the issuer's keys, so
 * give the server an executor with several threads. Filters further down get an exchange that wraps the server's own.
 *
 * <p>Where the policy has a {@code forward}, they and the handler see the request as that says, whether it needed a token
 * or not.
 */
public final class JotgateFilter extends Filter {
    /** The name of the attribute that holds an {@link Optional} of the {@link VerifiedJwt}. */
    public static final String ATTRIBUTE = "io.jotgate.jwt";

    private final JwtValidator validator;
    /** Null for none. */
    private final @Nullable JwtRequirement requirement;

    /** A filter that asks {@code validator}, which it does not close. */
    public JotgateFilter(JwtValidator validator) {
        this.validator = Objects.requireNonNull(validator, "validator");
        this.requirement = null;
    }

    /** A filter for contexts that ask for more than the policy does; a request without a token never passes it. */
    public JotgateFilter(JwtValidator validator, JwtRequirement requirement) {
        this.validator = Objects.requireNonNull(validator, "validator");
        this.requirement = Objects.requireNonNull(requirement, "requirement");
    }

    /**
     * The token of a request that this filter let pass, for handlers whose requests all need one.
     *
     * @throws IllegalStateException the exchange did not come through this filter, or a route of the policy let it pass
     *     without a token
     */
    public static VerifiedJwt verified(HttpExchange exchange) {
        return verifiedIfAny(exchange).orElseThrow(() ->
                new IllegalStateException("a route of the policy let this request pass without a token"));
    }

    /**
     * The token of a request that this filter let pass; empty when a route of the policy let it pass without one.
     *
     * @throws IllegalStateException the exchange did not come through this filter
     */
    public static Optional<VerifiedJwt> verifiedIfAny(HttpExchange exchange) {
        if (exchange.getAttribute(ATTRIBUTE) instanceof Optional<?> jwt) {
            return jwt.map(VerifiedJwt.class::cast);
        }
        throw new IllegalStateException("no JotgateFilter stands before this handler");
    }

    @Override
    public String description() {
        return "Lets requests pass only with a valid JSON Web Token where the policy asks for one";
    }

    @Override
    public void doFilter(HttpExchange exchange, Chain chain) throws IOException {
        Passed passed;
        try {
            JwtRequest asked = JwtRequest.of(
                    exchange.getRequestMethod(), exchange.getRequestURI(), exchange.getRequestHeaders());
            Optional<VerifiedJwt> jwt = validator.validateRequest(asked);
            if (requirement != null) {
                validator.require(jwt, requirement);
            }
            passed = Passed.of(exchange, asked, jwt, validator.forward(asked, jwt));
        } catch (RuntimeException problem) {
            refuse(exchange, problem);
            return;
        }
        chain.doFilter(exchange instanceof HttpsExchange secure
                ? new VerifiedHttpsExchange(secure, passed) : new VerifiedExchange(exchange, passed));
    }

    private void refuse(HttpExchange exchange, RuntimeException problem) throws IOException {
        try (exchange) {
            HttpAnswer answer = answerTo(problem);
            if (answer == null) {
                exchange.sendResponseHeaders(500, -1);
                return;
            }
            answer.headers().forEach(exchange.getResponseHeaders()::set);
            byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
            if (exchange.getRequestMethod().equals("HEAD")) {
                exchange.sendResponseHeaders(answer.status(), -1);
            } else {
                exchange.sendResponseHeaders(answer.status(), body.length);
                exchange.getResponseBody().write(body);
            }
        }
    }

    /** Without the native half, or after the validator was closed, there is no answer but the bare status. */
    private @Nullable HttpAnswer answerTo(RuntimeException problem) {
        try {
            return requirement == null ? validator.answerTo(problem) : validator.answerTo(problem, requirement);
        } catch (RuntimeException second) {
            return null;
        }
    }
}
