package io.jotgate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jotgate.support.Issuer;
import io.jotgate.support.KeyServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The issuer and the audience are enough, where the issuer has metadata. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DiscoveryTest {
    private static final Issuer ISSUER = new Issuer("a");
    private static final String METADATA = "/.well-known/openid-configuration";

    private KeyServer server;
    private String name;

    @BeforeEach
    void start() throws Exception {
        server = KeyServer.withMetadata(ISSUER.jwks());
        name = server.url();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private JwtValidatorBuilder options() {
        return JwtValidator.builder().issuer(name).audience(Issuer.AUDIENCE);
    }

    private void assertFinds(String metadata, JwtValidatorBuilder options) {
        try (JwtValidator validator = options.build()) {
            String token = ISSUER.es256("{\"iss\":\"%s\",\"aud\":\"%s\",\"exp\":4000000000}".formatted(name, Issuer.AUDIENCE));
            assertEquals(name, validator.validate(token).issuer());
            KeySource source = validator.health().sources().get(0);
            assertEquals(metadata, source.url());
            assertEquals(name + "/keys", source.jwksUri());
        }
    }

    @Test
    void issuerAndAudienceAreEnough() {
        assertFinds(name + METADATA, options());
        assertFinds(name + METADATA, options().discovery(true));
        assertFinds(name + "/elsewhere", options().discovery(name + "/elsewhere"));
    }

    @Test
    void whatCannotBeDiscoveredIsAnErrorOfThePolicy() {
        for (JwtValidatorBuilder options : new JwtValidatorBuilder[] {
            options().discovery(false), JwtValidator.builder().issuer("my issuer").audience("any")}) {
            PolicyException problem = assertThrows(PolicyException.class, options::build);
            assertTrue(problem.hint().contains("discovery"), problem.toString());
        }
    }
}
