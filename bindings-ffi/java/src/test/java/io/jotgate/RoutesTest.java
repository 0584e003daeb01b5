package io.jotgate;

import static io.jotgate.support.Issuer.payload;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jotgate.support.Issuer;
import io.jotgate.support.TestClock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

/** Requests that need no token, and routes that ask for more than the policy does. */
class RoutesTest {
    private static final long NOW = 1_800_000_000;

    private final JwtValidator validator = JwtValidator.builder()
            .policy(Issuer.policyWithRoutes("""
                    { "path": "/health", "skip": true },
                    { "path": "/catalog", "optional": true },
                    { "methods": ["POST"], "path": "/orders", "scopes": { "all": ["orders:write"] } }"""))
            .clock(new TestClock(Instant.ofEpochSecond(NOW))).build();

    private static JwtRequest request(String method, String path, String... tokens) {
        List<String> values = List.of(tokens).stream().map(token -> "Bearer " + token).toList();
        return new JwtRequest(method, path, "", Map.of("Authorization", values));
    }

    @Test
    void aSkippedRequestHasNoTokenWhateverItCarries() {
        assertEquals(Optional.empty(), validator.validateRequest(request("GET", "/health")));
        assertEquals(Optional.empty(), validator.validateRequest(request("GET", "/health", "not a token")));
    }

    @Test
    void anOptionalTokenMustBeGood() {
        String good = Issuer.hs256(payload(NOW + 60, "\"sub\":\"alice\""));
        assertEquals(Optional.empty(), validator.validateRequest(request("GET", "/catalog")));
        assertEquals("alice", validator.validateRequest(request("GET", "/catalog", good)).orElseThrow().subject());
        JwtRequest bad = request("GET", "/catalog", Issuer.hs256(payload(NOW - 5)));
        assertEquals(1, assertThrows(TokenExpiredException.class, () -> validator.validateRequest(bad)).routeIndex());
    }

    @Test
    void withoutARouteATokenIsNeeded() {
        JwtRequest none = request("GET", "/orders");
        assertEquals(-1, assertThrows(MissingTokenException.class, () -> validator.validateRequest(none)).routeIndex());
    }

    @Test
    void theAnswerNamesTheScopesOfTheRoute() {
        JwtRequest lacking = request("POST", "/orders", Issuer.hs256(payload(NOW + 60, "\"scope\":\"orders:read\"")));
        InsufficientScopeException problem =
                assertThrows(InsufficientScopeException.class, () -> validator.validateRequest(lacking));
        assertEquals(2, problem.routeIndex());
        String challenge = validator.answerTo(problem).headers().get("WWW-Authenticate");
        assertTrue(challenge.contains("scope=\"orders:write\""), challenge);
    }

    @Test
    void asyncGivesTheSame() throws Exception {
        assertEquals(Optional.empty(), validator.validateRequestAsync(request("GET", "/health")).get());
        ExecutionException failed = assertThrows(ExecutionException.class,
                () -> validator.validateRequestAsync(request("GET", "/orders")).get());
        assertInstanceOf(MissingTokenException.class, failed.getCause());
    }
}
