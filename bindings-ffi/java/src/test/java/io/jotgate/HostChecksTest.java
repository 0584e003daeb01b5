package io.jotgate;

import static io.jotgate.support.Issuer.payload;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jotgate.support.Issuer;
import io.jotgate.support.TestClock;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class HostChecksTest {
    private static final Instant NOW = Instant.ofEpochSecond(1_800_000_000);
    private static final Clock CLOCK = new TestClock(NOW);

    private static JwtValidator validator(UnaryOperator<JwtValidatorBuilder> options) {
        return options.apply(JwtValidator.builder().issuer(Issuer.NAME).audience(Issuer.AUDIENCE).secret(Issuer.SECRET)
                .clock(CLOCK)).build();
    }

    private static String token(String... members) {
        return Issuer.hs256(payload(NOW.getEpochSecond() + 60, members));
    }

    private static final String ALICE = "\"sub\":\"alice\"";

    @Test
    void aRevokedTokenIsRefused() {
        List<String> asked = new ArrayList<>();
        JwtValidator validator = validator(options -> options.revocationCheck(jwt -> {
            asked.add(jwt.subject());
            return jwt.subject().equals("mallory");
        }));
        assertEquals("alice", validator.validate(token(ALICE)).subject());
        String revoked = token("\"sub\":\"mallory\"");
        InvalidTokenException refusal = assertThrows(InvalidTokenException.class, () -> validator.validate(revoked));
        assertEquals(Code.REVOKED, refusal.code());
        assertEquals(401, validator.answerTo(refusal).status());
        JwtRequest request = new JwtRequest("GET", "/", "", Map.of("authorization", List.of("Bearer " + revoked)));
        assertEquals(Code.REVOKED,
                assertThrows(InvalidTokenException.class, () -> validator.validateRequest(request)).code());
        CompletionException later =
                assertThrows(CompletionException.class, () -> validator.validateAsync(revoked).join());
        assertEquals(Code.REVOKED, assertInstanceOf(InvalidTokenException.class, later.getCause()).code());

        asked.clear();
        assertThrows(TokenExpiredException.class, () -> validator.validate(Issuer.hs256(payload(1, ALICE))));
        assertThrows(SignatureVerificationException.class, () -> validator.validate(
                revoked.substring(0, revoked.length() - 6) + "AAAAAA"));
        assertEquals(List.of(), asked, "asked about tokens that are refused anyway");
    }

    @Test
    void aCheckThatThrowsRefuses() {
        Exception problem = new Exception("no store");
        JwtValidator unknown = validator(options -> options.revocationCheck(jwt -> {
            throw problem;
        }));
        InternalErrorException refusal =
                assertThrows(InternalErrorException.class, () -> unknown.validate(token(ALICE)));
        assertEquals("internal_error: the host's check for revoked tokens failed", refusal.getMessage());
        assertEquals(0, refusal.issuerIndex());
        assertSame(problem, refusal.getCause());
        assertEquals(500, unknown.answerTo(refusal).status());

        List<ClaimsTransform> broken = List.of(claims -> null, claims -> {
            throw problem;
        });
        for (ClaimsTransform transform : broken) {
            JwtValidator validator = validator(options -> options.transform(transform));
            assertThrows(InternalErrorException.class, () -> validator.validate(token(ALICE)));
        }
    }

    @Test
    void anInterruptedCheckKeepsTheInterrupt() {
        JwtValidator validator = validator(options -> options.revocationCheck(jwt -> {
            throw new InterruptedException();
        }));
        assertThrows(InternalErrorException.class, () -> validator.validate(token(ALICE)));
        assertTrue(Thread.interrupted());
    }

    @Test
    void theApplicationSeesTransformedClaims() {
        JwtValidator validator = validator(options -> options.transform(claims -> {
            claims.put("user", claims.remove("sub"));
            return claims;
        }));
        VerifiedJwt jwt = validator.validate(token(ALICE));
        assertEquals("alice", jwt.claim("user"));
        assertNull(jwt.claim("sub"));
        assertEquals("alice", jwt.subject());
        assertEquals("alice", jwt.signedClaims().get("sub"));
        assertFalse(jwt.payloadJson().contains("user"));
        assertThrows(UnsupportedOperationException.class, () -> jwt.claims().put("a", "b"));
    }

    @Test
    void theMapThatATransformationGaveIsCopied() {
        Map<String, Object> mine = new HashMap<>(Map.of("a", 1L));
        VerifiedJwt jwt = validator(options -> options.transform(claims -> mine)).validate(token(ALICE));
        mine.put("a", 2L);
        assertEquals(1L, jwt.claim("a"));
    }

    @Test
    void theApplicationDecidesWhichClientsPass() {
        JwtValidator validator = validator(options -> options.clientIdsByLookup()
                .clientLookup((client, jwt) -> client.equals("web") && jwt.subject().equals("alice")));
        validator.validate(token(ALICE, "\"azp\":\"web\""));
        for (String client : List.of("\"azp\":\"other\"", "\"azp\":\"\"", "\"x\":1")) {
            String refused = token(ALICE, client);
            InvalidTokenException refusal =
                    assertThrows(InvalidTokenException.class, () -> validator.validate(refused));
            assertEquals(Code.CLIENT_NOT_ALLOWED, refusal.code());
        }
        InvalidTokenException named = assertThrows(InvalidTokenException.class,
                () -> validator.validate(token(ALICE, "\"cid\":\"other\"")));
        assertEquals("cid", named.claim());
        assertEquals("client_not_allowed: the host does not know the client (cid)", named.getMessage());
    }

    @Test
    void aLookUpThatThrowsRefuses() {
        Exception problem = new Exception("no store");
        JwtValidator validator = validator(options -> options.clientIdsByLookup().clientLookup((client, jwt) -> {
            throw problem;
        }));
        InvalidTokenException refusal = assertThrows(InvalidTokenException.class,
                () -> validator.validate(token(ALICE, "\"azp\":\"web\"")));
        assertEquals(Code.CLIENT_NOT_ALLOWED, refusal.code());
        assertEquals("azp", refusal.claim());
        assertEquals("client_not_allowed: the host's look-up of the client failed (azp)", refusal.getMessage());
        assertSame(problem, refusal.getCause());
    }

    @Test
    void theClientIsLookedUpBeforeTheRevocation() {
        List<String> asked = new ArrayList<>();
        JwtValidator validator = validator(options -> options.clientIdsByLookup()
                .clientLookup((client, jwt) -> asked.add(client + " of " + jwt.subject()))
                .revocationCheck(jwt -> !asked.add("revoked " + jwt.claim("azp"))));
        assertEquals("alice", validator.validate(token(ALICE, "\"azp\":\"web\"")).subject());
        assertEquals(List.of("web of alice", "revoked web"), asked);
    }

    @Test
    void aRefusalOfTheApplicationNamesTheRoute() {
        JwtValidator validator = JwtValidator.builder().policy("""
                {"version": 1, "issuers": [{"issuer": "%s", "audience": "any", "keys": {"secret": {"hex": "%s"}}}],
                 "routes": [{"path": "/health", "skip": true}, {"path": "/orders"}]}
                """.formatted(Issuer.NAME, HexFormat.of().formatHex(Issuer.SECRET)))
                .clock(CLOCK).revocationCheck(jwt -> true).build();
        JwtRequest request = new JwtRequest("GET", "/orders", "", Map.of("authorization", List.of("Bearer " + token(ALICE))));
        InvalidTokenException refusal =
                assertThrows(InvalidTokenException.class, () -> validator.validateRequest(request));
        assertEquals(List.of(Code.REVOKED, 0, 1), List.of(refusal.code(), refusal.issuerIndex(), refusal.routeIndex()));
    }

    @Test
    void whatTheApplicationIsShownStaysReadable() {
        List<UndecidedJwt> shown = new ArrayList<>();
        JwtValidator validator = validator(options -> options.revocationCheck(jwt -> !shown.add(jwt)));
        VerifiedJwt jwt = validator.validate(token(ALICE, "\"jti\":\"7\""));
        validator.close();
        UndecidedJwt undecided = shown.get(0);
        assertEquals(jwt.claims(), undecided.claims());
        assertEquals(jwt.header(), undecided.header());
        assertEquals(jwt.payloadJson(), new String(undecided.payload(), StandardCharsets.UTF_8));
        assertEquals(List.of(Issuer.NAME, "alice", "7", List.of(Issuer.AUDIENCE), 0), List.of(undecided.issuer(),
                undecided.subject(), undecided.tokenId(), undecided.audience(), undecided.issuerIndex()));
        assertEquals("UndecidedJwt[issuers[0]]", undecided.toString());
    }

    @Test
    void aLookUpThatIsMissingIsAPolicyError() {
        PolicyException problem =
                assertThrows(PolicyException.class, () -> validator(JwtValidatorBuilder::clientIdsByLookup));
        assertEquals("clientIdsByLookup", problem.path());
        // Nobody is asked where the policy has its own list.
        JwtValidator listed = validator(options -> options.clientIds("web").clientLookup((client, jwt) -> false));
        listed.validate(token(ALICE, "\"azp\":\"web\""));
    }

    @Test
    void aTokenIsJudgedForAnotherTimeWithTheKeysOfNow() {
        Issuer issuer = new Issuer("a");
        JwtValidator validator = JwtValidator.builder().issuer(Issuer.NAME).audience(Issuer.AUDIENCE)
                .jwksUri("https://idp.test/jwks").clock(CLOCK)
                .fetcher(request -> new FetchResponse(200, issuer.jwks().getBytes())).build();
        String token = issuer.es256(payload(NOW.getEpochSecond() + 60));
        JwtRequest request = new JwtRequest("GET", "/", "", Map.of("authorization", List.of("Bearer " + token)));
        Instant past = NOW.minus(Duration.ofDays(3650));
        Instant future = NOW.plus(Duration.ofDays(3650));
        for (int i = 0; i < 2; i++) {
            validator.validateAsOf(token, past);
            assertThrows(TokenExpiredException.class, () -> validator.validateAsOf(token, future));
            assertTrue(validator.validateRequestAsOf(request, past).isPresent());
            assertThrows(TokenExpiredException.class, () -> validator.validateRequestAsOf(request, future));
        }
        KeySource source = validator.health().sources().get(0);
        assertEquals(Duration.ZERO, source.age());
        assertEquals(1, source.fetches());
    }
}
