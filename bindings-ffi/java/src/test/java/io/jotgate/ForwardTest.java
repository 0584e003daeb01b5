package io.jotgate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jotgate.support.Issuer;
import io.jotgate.support.TestClock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ForwardTest {
    private static final long NOW = 1_800_000_000;

    private static JwtValidator validator(String policy) {
        return JwtValidator.builder().policy(policy).clock(new TestClock(Instant.ofEpochSecond(NOW)))
                .transform(claims -> Map.of("sub", "mallory")).build();
    }

    @Test
    void theSignedClaimsGoOnAndTheTokenDoesNot() {
        String token = Issuer.hs256(Issuer.payload(NOW + 60, "\"sub\":\"Zoë\\n\"", "\"level\":[1,\"a,b\"]"));
        JwtRequest came = new JwtRequest("GET", "/orders", "a=%20&access_token=" + token, Map.of(
                "x-user", List.of("root", "root"), "X_USER", List.of("root"), "X-Other", List.of("kept"),
                "Cookie", List.of("theme=dark; session=" + token)));
        try (JwtValidator validator = validator(Issuer.policyWithForward())) {
            Forward forward = validator.forward(came, validator.validateRequest(came));
            assertEquals(Map.of("X-User", "Zo%C3%AB%0A", "X-Level", "1,a%2Cb", "Cookie", "theme=dark"), forward.set());
            assertEquals("a=%20", forward.query());
            assertEquals(new JwtRequest("GET", "/orders", "a=%20", Map.of(
                    "X-User", List.of("Zo%C3%AB%0A"), "X-Level", List.of("1,a%2Cb"), "Cookie", List.of("theme=dark"),
                    "X-Other", List.of("kept"))), forward.apply(came));
            assertTrue(forward.toString().contains("X-User"));
            assertFalse(forward.toString().contains("Zo"), forward.toString());
        }
    }

    @Test
    void aRequestWithoutATokenLosesTheFieldsTheClientMadeUp() {
        JwtRequest came = new JwtRequest("GET", "/open", "a=1", Map.of("x-user", List.of("root")));
        try (JwtValidator validator = validator(Issuer.policyWithForward())) {
            Forward forward = validator.forward(came, validator.validateRequest(came));
            assertFalse(forward.isEmpty());
            assertNull(forward.query());
            assertEquals(new JwtRequest("GET", "/open", "a=1", Map.of()), forward.apply(came));
        }
    }

    @Test
    void aValidatorTellsWhatItReads() {
        try (JwtValidator forwarding = validator(Issuer.policyWithForward());
                JwtValidator plain = validator(Issuer.policyWithRoutes(""))) {
            assertEquals(Optional.empty(), forwarding.reads().headers());
            assertTrue(forwarding.reads().hasHeader("Accept") && forwarding.reads().query() && forwarding.forwards());
            assertEquals(new RequestParts(Optional.of(Set.of("authorization")), false), plain.reads());
            assertTrue(plain.reads().hasHeader("AUTHORIZATION"));
            assertFalse(plain.reads().hasHeader("Accept") || plain.forwards());
        }
    }

    @Test
    void withoutForwardARequestStaysAsItIs() {
        JwtRequest came = new JwtRequest("GET", "/", "a=1", Map.of("X-User", List.of("root")));
        try (JwtValidator validator = validator(Issuer.policyWithRoutes(""))) {
            Forward forward = validator.forward(came, Optional.empty());
            assertTrue(forward.isEmpty());
            assertEquals(came, forward.apply(came));
        }
    }

    @Test
    void aClosedValidatorSaysNothing() {
        JwtValidator validator = validator(Issuer.policyWithForward());
        validator.close();
        assertThrows(IllegalStateException.class,
                () -> validator.forward(new JwtRequest("GET", "/", "", Map.of()), Optional.empty()));
    }
}
