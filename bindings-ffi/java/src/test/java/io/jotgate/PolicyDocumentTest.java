package io.jotgate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The typed form of the policy document writes what it says, and the core takes it. */
class PolicyDocumentTest {
    private static final String SECRET = "a secret of at least 32 bytes, which nobody knows";

    @Test
    void writesTheDocument() {
        PolicyDocument document = new PolicyDocument()
                .issuers(new IssuerPolicy().issuer("https://idp.test/").audienceAny()
                        .keys(new KeySources().secret(new SecretText().text("s")))
                        .leeway(Duration.ofMillis(1500))
                        .claims(new ClaimRule().claim("realm", "roles").anyOf("admin", 7, false),
                                new ClaimRule().claim("level").min(3).mandatory(false))
                        .clientId(new ClientPolicy().allowedByHost()))
                .routes(new RoutePolicy().methods("GET").path("/health").skip(true));
        assertEquals("{\"version\":1,\"issuers\":[{\"issuer\":[\"https://idp.test/\"],\"audience\":\"any\","
                + "\"keys\":{\"secret\":{\"text\":\"s\"}},\"leeway\":1.500000000,"
                + "\"claims\":[{\"claim\":[\"realm\",\"roles\"],\"any_of\":[\"admin\",7,false]},"
                + "{\"claim\":[\"level\"],\"min\":3.0,\"mandatory\":false}],\"client_id\":{\"allowed\":\"host\"}}],"
                + "\"routes\":[{\"methods\":[\"GET\"],\"path\":\"/health\",\"skip\":true}]}", Json.write(document.members));
    }

    @Test
    void makesAValidator() {
        PolicyDocument document = new PolicyDocument().issuers(new IssuerPolicy()
                .issuer("https://idp.test/").audience("https://api.test")
                .keys(new KeySources().secret(new SecretText().text(SECRET)))
                .claims(new ClaimRule().expression("claims.level >= 3")));
        try (JwtValidator validator = JwtValidator.builder().policy(document).build()) {
            JotgateException problem = assertThrows(InvalidTokenException.class, () -> validator.validate("x"));
            assertEquals(Code.MALFORMED_TOKEN, problem.code());
        }
    }

    @Test
    void saysWhereADocumentIsWrong() {
        JwtValidatorBuilder builder = JwtValidator.builder().policy(new PolicyDocument().issuers(
                new IssuerPolicy().issuer("https://idp.test/").audience("https://api.test")
                        .keys(new KeySources().discovery(false))));
        assertEquals("issuers[0].keys", assertThrows(PolicyException.class, builder::build).path());
        PolicyDocument wrong = new PolicyDocument().issuers(new IssuerPolicy().issuer("https://idp.test/")
                .audience("https://api.test").requiredClaims(""));
        PolicyException problem =
                assertThrows(PolicyException.class, () -> JwtValidator.builder().policy(wrong).build());
        assertEquals("issuers[0].requiredClaims[0]", problem.path());
    }

    @Test
    void showsNoSecret() {
        SecretText secret = new SecretText().text(SECRET);
        assertEquals(false, secret.toString().contains("nobody"));
    }
}
