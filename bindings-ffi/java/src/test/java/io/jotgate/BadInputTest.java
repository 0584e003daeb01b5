package io.jotgate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jotgate.support.Issuer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What no program should hand over, and what an application does to itself, ends as a refusal or an exception. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BadInputTest {
    private static final long NOW = 1_800_000_000;
    private static final String TOKEN = Issuer.hs256(Issuer.payload(NOW + 60, "\"sub\":\"alice\""));
    /** Halves of characters, and what Java's own UTF-8 (JNI's) writes in another way than everybody else. */
    private static final List<String> ODD = List.of("\ud800", "\udc00", "\udc00\ud800", "\0", "\ud83d\ude00", "\uffff", "\u0080");

    private static JwtValidatorBuilder options() {
        return JwtValidator.builder().issuer(Issuer.NAME).audience(Issuer.AUDIENCE)
                .clock(Clock.fixed(Instant.ofEpochSecond(NOW), ZoneOffset.UTC));
    }

    @Test
    void oddTextsInPlaceOfTokensAreRefused() {
        try (JwtValidator validator = options().secret(Issuer.SECRET).build()) {
            for (String odd : ODD) {
                for (String token : new String[] {odd, TOKEN + odd, odd + TOKEN, TOKEN.replaceFirst("\\.", "." + odd)}) {
                    assertEquals(Code.MALFORMED_TOKEN,
                            assertThrows(InvalidTokenException.class, () -> validator.validate(token)).code());
                    JwtRequest request = new JwtRequest("GET", "/", "", Map.of("Authorization", List.of("Bearer " + token)));
                    assertThrows(InvalidTokenException.class, () -> validator.validateRequest(request));
                    assertFalse(validator.explain(token).verdict().equals("accepted"));
                }
                assertNull(validator.validate(TOKEN).claim(odd));
                assertFalse(validator.validate(TOKEN).hasScope(odd));
            }
        }
    }

    @Test
    void oddTextsInRequestsAreNoRoute() {
        JwtValidatorBuilder options = JwtValidator.builder()
                .policy(Issuer.policyWithRoutes("{ \"path\": \"/open/x\", \"skip\": true }").replace("\"token\"", "\"deny\""))
                .clock(Clock.fixed(Instant.ofEpochSecond(NOW), ZoneOffset.UTC));
        try (JwtValidator validator = options.build()) {
            for (String odd : ODD) {
                for (JwtRequest request : new JwtRequest[] {
                    new JwtRequest("GET", "/open/" + odd, "", Map.of()),
                    new JwtRequest("GET" + odd, "/orders", "", Map.of(odd, List.of(odd))),
                    new JwtRequest("GET", odd, odd, Map.of("Authorization", List.of(odd))),
                }) {
                    assertThrows(InvalidTokenException.class, () -> validator.validateRequest(request));
                }
            }
        }
    }

    /** It would become a question mark on its way, and the policy another one than was written. */
    @Test
    void halfACharacterIsInNoPolicy() {
        for (String half : List.of("\ud800", "\udc00")) {
            String policy = Issuer.policyWithRoutes("{ \"path\": \"/open\", \"skip\": true }")
                    .replace(Issuer.NAME, Issuer.NAME + half);
            assertThrows(PolicyException.class, () -> JwtValidator.fromPolicy(policy));
            assertThrows(PolicyException.class, () -> Policies.lint(policy));
            assertThrows(PolicyException.class, () -> options().issuer(Issuer.NAME + half).secret(Issuer.SECRET).build());
            assertThrows(PolicyException.class, () -> JwtRequirement.scopes("a" + half));
            try (JwtValidator validator = options().secret(Issuer.SECRET).build()) {
                assertThrows(PolicyException.class, () -> validator.replace(policy));
                assertEquals("alice", validator.validate(TOKEN).subject());
            }
        }
    }

    @Test
    void aTokenOfAnySizeIsRefusedAsTooLarge() {
        try (JwtValidator validator = options().secret(Issuer.SECRET).build()) {
            String long64 = "a".repeat(64 << 20);
            assertEquals(Code.TOKEN_TOO_LARGE,
                    assertThrows(InvalidTokenException.class, () -> validator.validate(long64)).code());
            assertTrue(validator.validateMany(List.of(TOKEN, long64)).get(1) instanceof JwtOutcome.Refused);
        }
    }

    @Test
    void nullIsAMistakeOfTheCaller() {
        try (JwtValidator validator = options().secret(Issuer.SECRET).build()) {
            assertThrows(NullPointerException.class, () -> validator.validate(null));
            assertThrows(NullPointerException.class, () -> validator.validateRequest((JwtRequest) null));
            assertThrows(NullPointerException.class, () -> validator.validateMany(null));
            assertThrows(NullPointerException.class, () -> validator.importKeys(null));
            assertEquals("alice", validator.validate(TOKEN).subject());
        }
    }

    @Test
    void aFetchThatEndsAfterTheCloseIsOfNoConsequence() throws Exception {
        CountDownLatch gate = new CountDownLatch(1);
        CountDownLatch ended = new CountDownLatch(1);
        JwtValidator validator = options().jwksUri("https://idp.test/jwks").fetcher(request -> {
            gate.await();
            ended.countDown();
            return new FetchResponse(200, new Issuer("a").jwks().getBytes(StandardCharsets.UTF_8));
        }).build();
        CompletableFuture<VerifiedJwt> waiting = validator.validateAsync(TOKEN.replaceFirst("^[^.]*", HEADER));
        validator.close();
        assertTrue(assertThrows(ExecutionException.class, waiting::get).getCause() instanceof IllegalStateException);
        gate.countDown();
        ended.await();
        assertThrows(IllegalStateException.class, validator::health);
    }

    @Test
    void aCheckMayCloseItsValidator() {
        AtomicReference<JwtValidator> own = new AtomicReference<>();
        JwtValidator validator = options().secret(Issuer.SECRET).revocationCheck(jwt -> {
            own.get().close();
            return jwt.subject() == null;
        }).build();
        own.set(validator);
        assertEquals("alice", validator.validate(TOKEN).subject());
        assertThrows(IllegalStateException.class, () -> validator.validate(TOKEN));
    }

    /** That of a token which needs a key that has to be fetched. */
    private static final String HEADER = java.util.Base64.getUrlEncoder().withoutPadding()
            .encodeToString("{\"alg\":\"ES256\",\"kid\":\"ec-a\"}".getBytes(StandardCharsets.US_ASCII));
}
