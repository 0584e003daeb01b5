package io.jotgate.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.jotgate.Code;
import io.jotgate.InvalidTokenException;
import io.jotgate.IssuerPolicy;
import io.jotgate.JotgateException;
import io.jotgate.JwtRequirement;
import io.jotgate.JwtValidator;
import io.jotgate.PolicyDocument;
import io.jotgate.VerifiedJwt;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** The kit, as the tests of an application use it. */
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class JwtTestIssuerTest {
    private static final Path BASE = Path.of(System.getProperty("jotgate.test.base", ".")).toAbsolutePath().normalize();
    private static final Instant NOW = Instant.ofEpochSecond(1_800_000_000);
    private static final String POLICY = """
            { "version": 1,
              "issuers": [ { "issuer": "https://idp.example.com/", "audience": "orders", "algorithms": ["ES256"],
                "max_age": "1h", "max_lifetime": "2h", "client_id": { "allowed": ["storefront"] },
                "scopes": { "all": ["orders:read"] },
                "claims": [ { "claim": ["realm_access", "roles"], "any_of": ["clerk", "admin"] } ] } ],
              "routes": [ { "methods": "GET", "path": "/health", "skip": true },
                          { "methods": "PUT", "path": "/orders/{id}", "scopes": { "all": ["orders:write"] } },
                          { "methods": "GET", "path": "/orders" } ],
              "unmatched": "deny" }
            """;

    @Test
    void aTokenIsGoodAndSaysWhatTheTestSays() {
        JwtTestIssuer issuer = JwtTestIssuer.ofPolicy(POLICY);
        VerifiedJwt jwt;
        try (JwtValidator validator = issuer.validator()) {
            jwt = validator.validate(issuer.token(it -> it.subject("alice").scopes("orders:read", "more")
                    .lifetime(Duration.ofMinutes(1)).claim("tenant", "blue").claim("levels", List.of(1, 2.5, Map.of("a", true)))));
            assertEquals("alice", jwt.subject());
            assertEquals("orders:read more", jwt.claim("scope"));
            assertEquals("blue", jwt.claim("tenant"));
            assertEquals(List.of(1L, 2.5, Map.of("a", true)), jwt.claim("levels"));
            assertEquals(Duration.ofMinutes(1), Duration.between(jwt.issuedAt(), jwt.expiresAt()));
            jwt = validator.validateRequest(issuer.request("GET", "/orders")).orElseThrow();
            assertEquals("storefront", jwt.claim("client_id"));
        }
        JwtTestIssuer other = JwtTestIssuer.builder().issuer("https://a.test/").audience("a", "b").algorithm("ES256")
                .keyId("one").claim("colour", "green").build();
        jwt = other.verified(it -> it.audience("b").client("shop").header("typ", null).without("sub").keyId("one")
                .algorithm("ES256"));
        assertEquals(List.of("https://a.test/", List.of("b"), "green", "shop"),
                List.of(jwt.issuer(), jwt.audience(), jwt.claim("colour"), jwt.claim("client_id")));
        assertNull(jwt.subject());
        assertEquals("{\"alg\":\"ES256\",\"kid\":\"one\"}", jwt.headerJson());
    }

    @Test
    void everyBadRequestGetsItsCode() {
        JwtTestIssuer issuer = JwtTestIssuer.ofPolicy(POLICY);
        issuer.rotate();
        try (JwtValidator validator = issuer.validator()) {
            for (Recipe recipe : Recipe.all()) {
                if (!recipe.makeable()) {
                    refuses("no token is refused with", () -> issuer.bad(recipe.code()));
                    continue;
                }
                Bad bad = issuer.bad(recipe.code());
                assertEquals(recipe.code(), bad.code());
                assertEquals(recipe.code(), codeOf(() -> validator.validateRequest(bad.request())), bad.what());
                if (bad.token() != null) {
                    assertEquals(recipe.code(), codeOf(() -> validator.validate(bad.token())), bad.what());
                    assertFalse(bad.toString().contains(bad.token()));
                }
            }
        }
        assertEquals(Set.of(Code.values()).size(), Recipe.all().size());
        Bad elsewhere = issuer.bad(Code.EXPIRED, it -> it.scopes("orders:read", "orders:write").in("PUT", "/orders/7"));
        assertEquals(List.of("PUT", "/orders/7"), List.of(elsewhere.method(), elsewhere.target()));
    }

    @Test
    void thePolicyHasOtherKeysAndNothingElse(@TempDir Path folder) throws Exception {
        JwtTestIssuer issuer = JwtTestIssuer.ofPolicy(POLICY);
        JsonObject changed = JsonParser.parseString(issuer.policy()).getAsJsonObject();
        JsonObject entry = changed.getAsJsonArray("issuers").get(0).getAsJsonObject();
        assertEquals(JsonParser.parseString("{\"jwks\":" + issuer.jwks() + "}"), entry.remove("keys"));
        assertEquals(JsonParser.parseString(POLICY), changed);

        Path file = Files.writeString(folder.resolve("policy.yaml"),
                "version: 1\nissuers: [{issuer: 'https://a.test/', audience: a, algorithms: [ES256]}]\n");
        assertEquals("https://a.test/", JwtTestIssuer.ofPolicy(file).verified().issuer());
        PolicyDocument document = new PolicyDocument().issuers(
                new IssuerPolicy().issuer("https://b.test/").audience("b").algorithms("ES256"));
        assertEquals("https://b.test/", JwtTestIssuer.builder().policy(document).build().name());
    }

    @Test
    void severalIssuersHaveTheirOwnKeys() {
        String policy = """
                { "version": 1, "issuers": [ { "issuer": "https://a.test/", "audience": "a", "algorithms": ["ES256"] },
                                             { "issuer": "https://b.test/", "audience": "a", "algorithms": ["ES256"] } ] }""";
        JwtTestIssuer first = JwtTestIssuer.ofPolicy(policy);
        JwtTestIssuer second = JwtTestIssuer.builder().policy(policy).issuer("https://b.test/").keyId("b-1").build();
        try (JwtValidator validator = JwtValidator.fromPolicy(second.policyFor(first.policy()))) {
            for (JwtTestIssuer issuer : List.of(first, second)) {
                assertEquals(issuer.name(), validator.validate(issuer.token()).issuer());
            }
            String foreign = first.token(it -> it.claim("iss", second.name()));
            assertEquals(Code.UNKNOWN_KEY, codeOf(() -> validator.validate(foreign)));
        }
    }

    @Test
    void everyValidatorTakesAVerifiedJwtOfTheKitForOneOfItsOwn() {
        JwtTestIssuer issuer = JwtTestIssuer.ofPolicy(POLICY);
        JwtTestIssuer other = JwtTestIssuer.builder().issuer("https://b.test/").algorithm("ES256").build();
        JwtRequirement read = JwtRequirement.scopes("orders:read");
        JwtRequirement write = JwtRequirement.scopes("orders:write");
        VerifiedJwt reader = issuer.verified();
        try (JwtValidator own = issuer.validator(); JwtValidator stranger = other.validator()) {
            for (JwtValidator validator : List.of(own, stranger)) {
                validator.require(reader, read);
                assertEquals(Code.INSUFFICIENT_SCOPE, codeOf(() -> validator.require(reader, write)));
            }
            // One that a validator has made is its own alone.
            VerifiedJwt jwt = own.validate(issuer.token());
            assertEquals(Code.INTERNAL_ERROR, codeOf(() -> stranger.require(jwt, read)));
        }
    }

    @Test
    void aVerifiedJwtForUnitTestsIsValidated() {
        JwtTestIssuer issuer = JwtTestIssuer.ofPolicy(POLICY);
        assertEquals("alice", issuer.verified(it -> it.subject("alice")).subject());
        assertEquals(Code.EXPIRED, codeOf(() -> issuer.verified(it -> it.claim("exp", 7))));
        JwtTestIssuer hosted = JwtTestIssuer.ofPolicy("""
                { "version": 1, "issuers": [ { "issuer": "https://a.test/", "audience": "a", "algorithms": ["ES256"],
                                               "client_id": { "allowed": "host" } } ] }""");
        assertEquals("anyone", hosted.verified(it -> it.client("anyone")).claim("client_id"));
    }

    @Test
    void timeStandsWhereTheTestSays() {
        Instant[] now = {NOW};
        Clock clock = new Clock() {
            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                return this;
            }

            @Override
            public Instant instant() {
                return now[0];
            }
        };
        JwtTestIssuer issuer = JwtTestIssuer.builder().policy(POLICY).clock(clock).build();
        String token = issuer.token(it -> it.lifetime(Duration.ofMinutes(1)));
        try (JwtValidator validator = issuer.validator()) {
            assertEquals(NOW, validator.validate(token).issuedAt());
            now[0] = NOW.plusSeconds(66);
            assertEquals(Code.EXPIRED, codeOf(() -> validator.validate(token)));
        }
        assertEquals(NOW.minusSeconds(60), issuer.verified(it -> it.at(NOW.minusSeconds(60))).issuedAt());
    }

    /** The examples of the guide: a good token passes, or the core says what only the author knows. */
    @Test
    void aGoodTokenPassesUnderThePoliciesOfTheGuide() throws Exception {
        String vectors = Files.readString(BASE.resolve("../../../tests/vectors/tokens/guide.json"));
        Set<String> seen = new HashSet<>();
        int passed = 0;
        for (JsonElement element : JsonParser.parseString(vectors).getAsJsonObject().getAsJsonArray("cases")) {
            JsonObject of = element.getAsJsonObject();
            String policy = of.get("policy").toString();
            boolean isPolicy = !of.getAsJsonObject("expect").get("verdict").getAsString().equals("policy_error");
            if (!isPolicy || !seen.add(policy)) {
                continue;
            }
            JwtTestIssuer.Builder builder = JwtTestIssuer.builder().policy(policy);
            if (!policy.matches(".*\"(algorithms|secret|accept_unsigned)\".*")) {
                builder.algorithm("ES256"); // a key of RSA takes long to make
            }
            try (JwtTestIssuer issuer = builder.build()) {
                issuer.verified();
                passed++;
            } catch (InvalidTokenException asksForMore) {
                assertTrue(Set.of(Code.CLAIM_REJECTED, Code.CLIENT_NOT_ALLOWED).contains(asksForMore.code()), of.get("id").getAsString());
            }
        }
        assertTrue(passed * 10 >= seen.size() * 8, passed + " of " + seen.size());
    }

    @Test
    void mistakesSayWhatToDo() {
        JwtTestIssuer issuer = JwtTestIssuer.ofPolicy(POLICY);
        refuses("rotate with an overlap first", () -> issuer.bad(Code.AMBIGUOUS_KEY));
        refuses("no such key", () -> issuer.token(it -> it.keyId("unknown")));
        refuses("a value that JSON can say", () -> issuer.token(it -> it.claim("when", NOW)));
        refuses("https://idp.example.com/", () -> JwtTestIssuer.builder().policy(POLICY).issuer("https://evil.test/").build());
        refuses("the policy does not load", () -> JwtTestIssuer.ofPolicy("{"));
        issuer.close();
        issuer.close();
        assertThrows(IllegalStateException.class, issuer::token);
    }

    static Code codeOf(Executable validation) {
        return assertThrows(JotgateException.class, validation).code();
    }

    private static void refuses(String text, Executable mistake) {
        String message = assertThrows(IllegalArgumentException.class, mistake).getMessage();
        assertTrue(message.contains(text), message);
    }
}
