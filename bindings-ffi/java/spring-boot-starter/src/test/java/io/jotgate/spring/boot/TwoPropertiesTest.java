package io.jotgate.spring.boot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jotgate.Code;
import io.jotgate.support.KeyServer;
import io.jotgate.testing.JwtTestIssuer;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Issuer and audience and nothing else, on a real server; the issuer is found by its metadata. */
class TwoPropertiesTest {
    private static KeyServer server;
    private static JwtTestIssuer issuer;
    private static Served served;

    @Configuration
    @EnableAutoConfiguration
    @Import(Orders.class)
    static class Application {}

    @RestController
    static class Orders {
        @RequestMapping("/orders")
        String orders(@AuthenticationPrincipal Jwt jwt, Authentication authentication) {
            return jwt.getSubject() + " " + authentication.getAuthorities() + " " + jwt.getAudience() + " "
                    + jwt.getExpiresAt().isAfter(jwt.getIssuedAt()) + " " + jwt.getTokenValue().split("\\.").length;
        }
    }

    @BeforeAll
    static void start() throws Exception {
        server = new KeyServer(KeyServer.serving(404, "text/plain", ""));
        issuer = JwtTestIssuer.builder().issuer(server.url()).algorithm("ES256").build();
        String metadata = "{\"issuer\":\"%s\",\"jwks_uri\":\"%s/keys\"}".formatted(server.url(), server.url());
        server.set(exchange -> KeyServer.serving(
                exchange.getRequestURI().getPath().endsWith("/keys") ? issuer.jwks() : metadata).answer(exchange));
        served = new Served(Application.class, "jotgate.issuer=" + server.url(), "jotgate.audience=test-api");
    }

    @AfterAll
    static void stop() {
        served.close();
        server.close();
    }

    @Test
    void aGoodTokenIsSpringsJwt() throws Exception {
        HttpResponse<String> answer = served.get("/orders",
                "Authorization", issuer.bearer(it -> it.subject("alice").scopes("orders:read", "b")));
        assertEquals("alice [SCOPE_orders:read, SCOPE_b] [test-api] true 3", answer.body());
        assertEquals(200, served.send("POST", "/orders", "Authorization", issuer.bearer()).statusCode());
    }

    @Test
    void whatMayNotPassIsAnsweredByThePolicy() throws Exception {
        for (String method : new String[] {"GET", "POST"}) {
            HttpResponse<String> missing = served.send(method, "/orders");
            assertEquals("401 Bearer", missing.statusCode() + " " + missing.headers().firstValue("WWW-Authenticate").orElse(""));
            assertTrue(missing.body().contains("missing_token"), missing.body());
            HttpResponse<String> expired =
                    served.send(method, "/orders", "Authorization", "Bearer " + issuer.bad(Code.EXPIRED).token());
            assertEquals(401, expired.statusCode());
            assertTrue(expired.headers().firstValue("WWW-Authenticate").orElse("").contains("error=\"invalid_token\""));
            assertTrue(expired.body().contains("\"code\":\"expired\""), expired.body());
        }
    }

    @Test
    void whatIsNotThereNeedsATokenToo() throws Exception {
        assertEquals(401, served.get("/nothing").statusCode());
        assertEquals(404, served.get("/nothing", "Authorization", issuer.bearer()).statusCode());
    }
}
