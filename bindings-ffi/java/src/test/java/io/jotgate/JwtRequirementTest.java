package io.jotgate;

import static io.jotgate.support.Issuer.payload;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jotgate.support.Issuer;
import io.jotgate.support.TestClock;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What an endpoint asks for in code. What comes of it is in the vectors; here is what only Java has. */
class JwtRequirementTest {
    private static final long NOW = 1_800_000_000;
    private static final Clock CLOCK = new TestClock(Instant.ofEpochSecond(NOW));

    private final List<Event> events = new ArrayList<>();
    private final JwtValidator validator = options("").build();

    private JwtValidatorBuilder options(String more) {
        String policy = """
                {"version": 1, "issuers": [{"issuer": "%s", "audience": "any", "keys": {"secret": {"text": "%s"}}%s}]}
                """.formatted(Issuer.NAME, new String(Issuer.SECRET, StandardCharsets.US_ASCII), more);
        return JwtValidator.builder().policy(policy).clock(CLOCK).onEvent(events::add);
    }

    private static String token(String... members) {
        return Issuer.hs256(payload(NOW + 60, members));
    }

    @Test
    void aTokenThatLacksAScopeIsRefusedAndAnswered() {
        JwtRequirement writing = JwtRequirement.scopes("orders:read", "orders:write");
        validator.require(validator.validate(token("\"scope\":\"orders:write orders:read\"")), writing);

        VerifiedJwt reader = validator.validate(token("\"scp\":[\"orders:read\"]"));
        InsufficientScopeException lacks =
                assertThrows(InsufficientScopeException.class, () -> validator.require(reader, writing));
        assertEquals("scp", lacks.claim());
        assertEquals(0, lacks.issuerIndex());
        HttpAnswer answer = validator.answerTo(lacks, writing);
        assertEquals(403, answer.status());
        assertTrue(answer.headers().get("WWW-Authenticate").endsWith("scope=\"orders:read orders:write\""));
        assertFalse(validator.answerTo(lacks).headers().get("WWW-Authenticate").contains("scope=\"orders"));
        assertEquals(List.of(Code.INSUFFICIENT_SCOPE), events.stream().map(Event::code).toList());
    }

    @Test
    void oneOfSeveralScopesIsEnough() {
        JwtRequirement any = JwtRequirement.anyScope("admin", "orders:write");
        validator.require(validator.validate(token("\"scope\":\"admin\"")), any);
        VerifiedJwt other = validator.validate(token("\"scope\":\"x\""));
        assertThrows(InsufficientScopeException.class, () -> validator.require(other, any));
    }

    @Test
    void rulesAboutClaimsAreThoseOfARoute() {
        JwtRequirement keepers = JwtRequirement.of(new RouteScopes().all("a"),
                new ClaimRule().claim("realm", "roles").contains("keeper"));
        VerifiedJwt keeper = validator.validate(token("\"scope\":\"a\"", "\"realm\":{\"roles\":[\"keeper\"]}"));
        assertSame(keeper, validator.require(Optional.of(keeper), keepers));
        VerifiedJwt other = validator.validate(token("\"scope\":\"a\""));
        MissingClaimException lacks = assertThrows(MissingClaimException.class, () -> validator.require(other, keepers));
        assertEquals("realm.roles", lacks.claim());
    }

    @Test
    void aRequestWithoutATokenIsNeverEnough() {
        JwtRequirement rule = JwtRequirement.claims(new ClaimRule().claim("sub"));
        MissingTokenException missing =
                assertThrows(MissingTokenException.class, () -> validator.require(Optional.empty(), rule));
        assertEquals(401, validator.answerTo(missing, rule).status());
    }

    @Test
    void whatCannotBeAskedForIsAnErrorWhenTheApplicationStarts() {
        assertEquals("scopes[1]", assertThrows(PolicyException.class, () -> JwtRequirement.scopes("a", "b c")).path());
        assertEquals("anyScope", assertThrows(PolicyException.class, JwtRequirement::anyScope).path());
        assertEquals("anyScope[0]", assertThrows(PolicyException.class, () -> JwtRequirement.anyScope("")).path());
        assertEquals("scopes.any[0]",
                assertThrows(PolicyException.class, () -> JwtRequirement.of(new RouteScopes().any(""))).path());
        assertEquals("claims[0].anyOf", assertThrows(PolicyException.class,
                () -> JwtRequirement.claims(new ClaimRule().claim("a").anyOf())).path());
        assertEquals("scopes.all[0]", assertThrows(PolicyException.class,
                () -> JwtRequirement.fromJson("{\"scopes\":{\"all\":[\"\"]}}")).path());
        assertEquals("claims", assertThrows(PolicyException.class, JwtRequirement::claims).path());
        assertEquals("audience", assertThrows(PolicyException.class, () -> JwtRequirement.fromJson("{\"audience\":\"a\"}")).path());
        assertThrows(NullPointerException.class, () -> JwtRequirement.fromJson(null));
    }

    @Test
    void scopesAreThoseThatWereSignedInTheClaimOfThePolicy() {
        JwtValidator named = options(",\"scopes\": {\"claims\": [\"may\"]}, \"claim_mapping\": {\"may\": \"perms\"}")
                .transform(claims -> Map.of("perms", "root")).build();
        VerifiedJwt jwt = named.validate(token("\"may\":\"b a\"", "\"scope\":\"x\""));
        assertEquals(List.of("b", "a"), jwt.scopes());
        assertTrue(jwt.hasScope("a"));
        assertFalse(jwt.hasScope("root") || jwt.hasScope("b a") || jwt.hasScope(null));
        named.require(jwt, JwtRequirement.scopes("a"));
        JwtRequirement root = JwtRequirement.scopes("root");
        assertEquals("perms", assertThrows(InsufficientScopeException.class, () -> named.require(jwt, root)).claim());
        assertEquals(List.of(), named.validate(token()).scopes());
    }

    @Test
    void aRequirementOutlivesItsValidators() {
        JwtRequirement asked = JwtRequirement.scopes("a");
        for (int i = 0; i < 3; i++) {
            JwtValidator short1 = options("").build();
            VerifiedJwt jwt = short1.validate(token("\"scope\":\"a\""));
            short1.require(jwt, asked);
            short1.close();
            assertThrows(IllegalStateException.class, () -> short1.require(jwt, asked));
            assertTrue(jwt.hasScope("a"));
        }
    }

    @Test
    void aRecordWithTheNameOfAClaimIsReadWhole() {
        JwtValidator named = options(",\"scopes\": {\"claims\": [\"may\"]}").build();
        assertEquals(List.of("a"), named.validate(token("\"may\":\"a\"", "\"n\":[1]")).scopes());
        List<JwtOutcome> many = named.validateMany(List.of(token("\"may\":\"a\""), token("\"may\":\"b\"")));
        assertEquals(List.of("b"), many.get(1).orThrow().scopes());
    }
}
