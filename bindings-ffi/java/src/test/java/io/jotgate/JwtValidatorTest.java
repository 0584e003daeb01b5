package io.jotgate;

import static io.jotgate.support.Issuer.payload;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jotgate.support.Issuer;
import io.jotgate.support.TestClock;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

class JwtValidatorTest {
    private static final long NOW = 1_800_000_000;
    private static final Clock CLOCK = new TestClock(Instant.ofEpochSecond(NOW));
    private static final Issuer ISSUER = new Issuer("a");

    private static JwtValidatorBuilder options() {
        return JwtValidator.builder().issuer(Issuer.NAME).audience(Issuer.AUDIENCE).clock(CLOCK);
    }

    private static JwtValidator validator() {
        return options().jwks(ISSUER.jwks()).build();
    }

    private static JwtValidator withSecret() {
        return options().secret(Issuer.SECRET).build();
    }

    @Test
    void aGoodTokenGivesItsClaims() {
        String payload = payload(NOW + 60, "\"sub\":\"alice\"", "\"jti\":\"7\"", "\"nbf\":" + (NOW - 1) + ".5",
                "\"iat\":" + (NOW - 2) + "e0", "\"big\":18446744073709551616", "\"roles\":[\"a\",null,1.5]");
        VerifiedJwt jwt = validator().validate(ISSUER.es256(payload));
        assertEquals("alice", jwt.subject());
        assertEquals(Issuer.NAME, jwt.issuer());
        assertEquals("7", jwt.tokenId());
        assertEquals(List.of(Issuer.AUDIENCE), jwt.audience());
        assertEquals(Instant.ofEpochSecond(NOW + 60), jwt.expiresAt());
        assertEquals(Instant.ofEpochSecond(NOW - 1, 500_000_000), jwt.notBefore());
        assertEquals(Instant.ofEpochSecond(NOW - 2), jwt.issuedAt());
        assertEquals(new BigInteger("18446744073709551616"), jwt.claim("big"));
        assertEquals(3, ((List<?>) jwt.claim("roles")).size());
        assertEquals(payload, jwt.payloadJson());
        assertEquals(payload, new String(jwt.payload(), java.nio.charset.StandardCharsets.UTF_8));
        assertEquals(Map.of("alg", "ES256", "kid", "ec-a"), jwt.header());
        assertEquals("{\"alg\":\"ES256\",\"kid\":\"ec-a\"}", jwt.headerJson());
        assertEquals(0, jwt.issuerIndex());
        assertFalse(jwt.toString().contains("alice"));
    }

    @Test
    void absentClaimsAreNull() {
        VerifiedJwt jwt = options().audience("any").secret(Issuer.SECRET).requiredClaims().build()
                .validate(Issuer.hs256("{\"iss\":\"https://idp.test/\",\"aud\":[\"x\",\"any\"]}"));
        assertNull(jwt.subject());
        assertNull(jwt.expiresAt());
        assertEquals(List.of("x", "any"), jwt.audience());
    }

    @Test
    void everySourceOfKeysWorks() {
        String payload = payload(NOW + 60);
        assertEquals(Issuer.NAME, validator().validate(ISSUER.rs256(payload)).issuer());
        assertEquals(Issuer.NAME, options().pem(ISSUER.pem()).build().validate(ISSUER.rs256(payload)).issuer());
        assertEquals(Issuer.NAME, withSecret().validate(Issuer.hs256(payload)).issuer());
    }

    @Test
    void refusalsHaveTheirOwnClassAndCode() {
        JwtValidator validator = withSecret();
        String good = Issuer.hs256(payload(NOW + 60));
        assertEquals(Code.EXPIRED, refused(validator, Issuer.hs256(payload(NOW - 5)), TokenExpiredException.class).code());
        refused(validator, Issuer.hs256(payload(NOW + 60, "\"nbf\":" + (NOW + 6))), TokenNotYetValidException.class);
        String bound = Issuer.hs256(payload(NOW + 60, "\"cnf\":{\"jkt\":\"x\"}"));
        assertEquals(Code.CONFIRMATION_FAILED, refused(validator, bound, InvalidTokenException.class).code());
        assertEquals(Issuer.NAME, options().secret(Issuer.SECRET).ignoreConfirmation().build().validate(bound).issuer());
        refused(validator, good.substring(0, good.lastIndexOf('.') + 1) + "A".repeat(43), SignatureVerificationException.class);
        refused(options().audience("other").secret(Issuer.SECRET).build(), good, AudienceMismatchException.class);
        InvalidTokenException missing = refused(options().requiredClaims("exp", "tenant").secret(Issuer.SECRET).build(),
                good, MissingClaimException.class);
        assertEquals("tenant", missing.claim());
        assertEquals(0, missing.issuerIndex());
        refused(options().requiredScopes("orders:read").secret(Issuer.SECRET).build(), good, InsufficientScopeException.class);
        InvalidTokenException malformed = refused(validator, "no token", InvalidTokenException.class);
        assertEquals(Code.MALFORMED_TOKEN, malformed.code());
        assertNull(malformed.claim());
        assertEquals(-1, malformed.issuerIndex());
    }

    @Test
    void aRefusalSaysAllWhenItIsAsked() throws Exception {
        InvalidTokenException expired = refused(withSecret(), Issuer.hs256(payload(NOW - 5)), TokenExpiredException.class);
        assertTrue(expired.getMessage().matches("expired: .+ \\(exp\\)"), expired.getMessage());
        assertEquals("io.jotgate.TokenExpiredException: " + expired.getMessage(), expired.toString());
        assertEquals(expired.getMessage(), expired.getLocalizedMessage());
        InvalidTokenException malformed = refused(withSecret(), "no token", InvalidTokenException.class);
        assertTrue(malformed.getMessage().matches("malformed_token: [^(]+"), malformed.getMessage());
        for (InvalidTokenException refusal : List.of(expired, malformed)) {
            assertEquals(0, refusal.getStackTrace().length);
            assertNull(refusal.getCause());
            InvalidTokenException copy = (InvalidTokenException) copied(refusal);
            assertEquals(refusal.toString(), copy.toString());
            assertEquals(refusal.code(), copy.code());
            assertEquals(refusal.claim(), copy.claim());
            assertEquals(refusal.issuerIndex(), copy.issuerIndex());
            assertEquals(refusal.routeIndex(), copy.routeIndex());
        }
    }

    private static Object copied(Object object) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        new ObjectOutputStream(bytes).writeObject(object);
        return new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray())).readObject();
    }

    private static InvalidTokenException refused(
            JwtValidator validator, String token, Class<? extends InvalidTokenException> type) {
        InvalidTokenException problem = assertThrows(InvalidTokenException.class, () -> validator.validate(token));
        assertEquals(type, problem.getClass());
        return problem;
    }

    /** Narrowing a UTF-16 unit to its low byte would make a good token of these. */
    @Test
    void charactersBeyondLatin1AreRefused() {
        JwtValidator validator = withSecret();
        String good = Issuer.hs256(payload(NOW + 60));
        validator.validate(good);
        for (int at = 0; at < good.length(); at++) {
            String disguised = good.substring(0, at) + (char) (0x100 + good.charAt(at)) + good.substring(at + 1);
            assertThrows(InvalidTokenException.class, () -> validator.validate(disguised));
        }
    }

    @Test
    void messagesHoldNoPartOfAToken() {
        JwtValidator validator = validator();
        String token = ISSUER.rs256(payload(NOW - 5, "\"sub\":\"very-private-subject\""));
        for (String bad : List.of(token, token + "x", "very-private-subject", "a.very-private-subject.c", token.replace('.', '~'))) {
            Throwable problem = assertThrows(InvalidTokenException.class, () -> validator.validate(bad));
            String shown = problem.toString();
            assertFalse(shown.contains("very-private-subject"), shown);
            for (int at = 0; at + 8 <= token.length(); at++) {
                assertFalse(shown.contains(token.substring(at, at + 8)), shown);
            }
        }
    }

    @Test
    void optionsReachThePolicy() {
        String issued = "\"iat\":" + (NOW - 100);
        JwtValidator lenient = options().secret(Issuer.SECRET).acceptLeeway(Duration.ofSeconds(10)).build();
        lenient.validate(Issuer.hs256(payload(NOW - 9)));
        refused(lenient, Issuer.hs256(payload(NOW - 10)), TokenExpiredException.class);
        assertCode(Code.TOO_OLD, options().maxAge(Duration.ofSeconds(94)), payload(NOW + 60, issued));
        assertCode(Code.LIFETIME_TOO_LONG, options().maxLifetime(Duration.ofMillis(159_999)), payload(NOW + 60, issued));
        assertCode(Code.ISSUED_IN_FUTURE, options().rejectFutureIssuedAt(), payload(NOW + 60, "\"iat\":" + (NOW + 6)));
        assertCode(Code.INVALID_TYPE, options().type("at+jwt"), payload(NOW + 60));
        assertCode(Code.CLIENT_NOT_ALLOWED, options().clientIds("app"), payload(NOW + 60, "\"azp\":\"other\""));
        assertCode(Code.ALGORITHM_NOT_ALLOWED, options().jwks(ISSUER.jwks()).algorithms("ES256"), ISSUER.rs256(payload(NOW + 60)), true);
        assertCode(Code.TOKEN_TOO_LARGE, options().maxTokenBytes(256), payload(NOW + 60, "\"pad\":\"" + "x".repeat(256) + "\""));
    }

    private static void assertCode(Code code, JwtValidatorBuilder options, String payload) {
        assertCode(code, options.secret(Issuer.SECRET), Issuer.hs256(payload), true);
    }

    private static void assertCode(Code code, JwtValidatorBuilder options, String token, boolean ready) {
        JwtValidator validator = options.build();
        assertEquals(code, assertThrows(InvalidTokenException.class, () -> validator.validate(token)).code());
    }

    @Test
    void aTokenWithoutKeyIdNeedsTryAllKeysAmongSeveral() {
        String set = "{\"keys\":[" + key(ISSUER) + "," + key(new Issuer("b")) + "]}";
        String token = ISSUER.es256(payload(NOW + 60));
        options().jwks(set).tryAllKeys().build().validate(token);
        assertThrows(PolicyException.class, () -> options().jwks("{\"keys\":[]}").build());
    }

    private static String key(Issuer issuer) {
        String set = issuer.jwks();
        return set.substring(set.indexOf("{\"kty\":\"EC\""), set.lastIndexOf("]")).trim();
    }

    @Test
    void policyErrorsNameTheirPlace() {
        PolicyException problem = assertThrows(PolicyException.class,
                () -> JwtValidator.builder().issuer("x").secret(Issuer.SECRET).build());
        assertEquals("audience", problem.path());
        assertEquals(Code.POLICY_ERROR, problem.code());
        PolicyException hinted = assertThrows(PolicyException.class,
                () -> JwtValidator.fromPolicy("{\"version\":1,\"issuer\":[]}"));
        assertEquals("did you mean issuers?", hinted.hint());
        assertThrows(PolicyException.class, () -> options().secret(new byte[31]).build());
        PolicyException longer = assertThrows(PolicyException.class,
                () -> options().secret(Issuer.SECRET).acceptLeeway(Duration.ofSeconds(301)).jwksMaxStale(Duration.ofDays(900)).build());
        assertEquals(List.of("acceptLeeway", "jwksMaxStale"),
                longer.problems().stream().map(PolicyException.Problem::path).sorted().toList());
        PolicyException plain = assertThrows(PolicyException.class, () -> options().jwksUri("http://idp.test/jwks").build());
        assertEquals("jwksUri[0]", plain.path());
        PolicyException unsaid = assertThrows(PolicyException.class, () -> options().discovery(false).build());
        assertEquals("discovery", unsaid.path());
        assertTrue(unsaid.hint().contains("jwksUri"), unsaid.hint());
        assertThrows(PolicyException.class, () -> options().secret(Issuer.SECRET).maxAge(Duration.ofSeconds(-1)).build());
    }

    @Test
    void optionsThatExcludeEachOtherAreRefused() {
        assertThrows(IllegalStateException.class, () -> options().policy("{}").build());
        assertThrows(IllegalStateException.class,
                () -> options().httpClient(HttpClient.newHttpClient()).fetcher(request -> null).build());
        assertThrows(IllegalStateException.class, () -> options().clientIds("web").clientIdsByLookup());
        assertThrows(IllegalStateException.class, () -> options().clientIdsByLookup().clientIds("web"));
        HttpClient following = HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NORMAL).build();
        assertThrows(IllegalArgumentException.class, () -> options().httpClient(following));
    }

    @Test
    void aPolicyDocumentServesSeveralIssuers() {
        JwtValidator validator = JwtValidator.builder().clock(CLOCK).policy("""
                {"version": 1, "responses": "wso2", "issuers": [
                  {"issuer": "https://other.test/", "audience": "any", "keys": {"secret": {"text": "%s"}}},
                  {"issuer": "https://idp.test/", "audience": "any", "keys": {"jwks": %s}}
                ]}""".formatted("x".repeat(32), ISSUER.jwks())).build();
        assertEquals(1, validator.validate(ISSUER.rs256(payload(NOW + 60))).issuerIndex());
        assertTrue(validator.answerTo(assertThrows(InvalidTokenException.class, () -> validator.validate("x")))
                .body().contains("900901"));
    }

    @Test
    void requestsAreSearchedForTheirToken() {
        JwtValidator validator = withSecret();
        String good = Issuer.hs256(payload(NOW + 60, "\"sub\":\"alice\""));
        URI uri = URI.create("http://api.test/orders?page=1");
        assertEquals("alice", validator.validateRequest(
                JwtRequest.of("GET", uri, Map.of("authorization", List.of("Bearer " + good)))).orElseThrow().subject());
        assertThrows(MissingTokenException.class, () -> validator.validateRequest(JwtRequest.of("GET", uri, Map.of())));
        JwtRequest twice = JwtRequest.of("GET", uri, Map.of("Authorization", List.of("Bearer a", "Bearer b")));
        assertEquals(Code.MULTIPLE_TOKENS,
                assertThrows(InvalidTokenException.class, () -> validator.validateRequest(twice)).code());
        assertFalse(twice.toString().contains("Bearer"));
    }

    @Test
    void answersFollowTheCode() {
        JwtValidator validator = options().secret(Issuer.SECRET).requiredScopes("orders:read").build();
        JwtRequest empty = new JwtRequest("GET", "/", "", Map.of());
        HttpAnswer missing = validator.answerTo(assertThrows(MissingTokenException.class, () -> validator.validateRequest(empty)));
        assertEquals(401, missing.status());
        assertEquals("Bearer", missing.headers().get("WWW-Authenticate"));
        HttpAnswer scope = validator.answerTo(assertThrows(InsufficientScopeException.class,
                () -> validator.validate(Issuer.hs256(payload(NOW + 60)))));
        assertEquals(403, scope.status());
        assertTrue(scope.headers().get("WWW-Authenticate").contains("scope=\"orders:read\""));
        assertEquals(500, validator.answerTo(new IllegalArgumentException("anything else")).status());
    }

    @Test
    void asyncGivesTheSameOutcomes() throws Exception {
        JwtValidator validator = withSecret();
        assertEquals("bob", validator.validateAsync(Issuer.hs256(payload(NOW + 60, "\"sub\":\"bob\""))).get().subject());
        ExecutionException failed = assertThrows(ExecutionException.class, () -> validator.validateAsync("x").get());
        assertInstanceOf(InvalidTokenException.class, failed.getCause());
        JwtRequest empty = new JwtRequest("GET", "/", "", Map.of());
        ExecutionException missing = assertThrows(ExecutionException.class, () -> validator.validateRequestAsync(empty).get());
        assertEquals(401, validator.answerTo(missing.getCause()).status());
        validator.close();
        ExecutionException closed = assertThrows(ExecutionException.class, () -> validator.validateAsync("x").get());
        assertInstanceOf(IllegalStateException.class, closed.getCause());
    }
}
