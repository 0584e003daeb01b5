package io.jotgate.spring.boot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jotgate.Code;
import io.jotgate.testing.Fault;
import io.jotgate.testing.JwtTestIssuer;
import java.net.http.HttpResponse;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.method.configuration.EnableMethodSecurity;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** A policy with routes, in the chain that comes of it and in one that stands in every tutorial of Spring's. */
class PolicyInChainsTest {
    private static final String POLICY = "jotgate.policy=classpath:policy-with-routes.yaml";
    private static final JwtTestIssuer ISSUER = issuer();

    @RestController
    static class Shop {
        @RequestMapping({"/health", "/orders", "/open"})
        String who(Authentication who, @RequestHeader(name = "X-User", required = false) String user) {
            return (who == null ? "nobody" : who.getName()) + " " + user;
        }

        @PostMapping("/orders/new")
        String create() {
            return "created";
        }

        @RequestMapping("/later")
        CompletableFuture<String> later(Authentication who) {
            return CompletableFuture.supplyAsync(who::getName);
        }

        @PreAuthorize("hasAuthority('SCOPE_keeper')")
        @RequestMapping("/keep")
        String keep() {
            return "kept";
        }
    }

    @Configuration
    @EnableAutoConfiguration
    @EnableMethodSecurity
    static class Application {
        @Bean
        Shop shop() {
            return new Shop();
        }

        @Bean(destroyMethod = "")
        JwtTestIssuer fetcher() {
            return ISSUER;
        }
    }

    /** Another with the chain of the tutorials. */
    static class WithChain extends Application {
        @Bean
        SecurityFilterChain chain(HttpSecurity http) throws Exception {
            return http
                    .authorizeHttpRequests(requests -> requests
                            .requestMatchers("/health").permitAll()
                            .requestMatchers("/open").hasAuthority("SCOPE_open")
                            .anyRequest().authenticated())
                    .oauth2ResourceServer(server -> server.jwt(Customizer.withDefaults()))
                    .build();
        }
    }

    /** One that looks for tokens where the policy does not, and an endpoint that decodes what it is given. */
    static class WithResolver extends Application {
        @Bean
        SecurityFilterChain chain(HttpSecurity http) throws Exception {
            return http
                    .authorizeHttpRequests(requests -> requests
                            .requestMatchers("/decode").permitAll().anyRequest().authenticated())
                    .oauth2ResourceServer(server -> server
                            .bearerTokenResolver(request -> request.getRequestURI().equals("/decode") ? null
                                    : request.getHeader("X-Token"))
                            .jwt(Customizer.withDefaults()))
                    .build();
        }

        @Bean
        Decoding decoding(JwtDecoder decoder) {
            return new Decoding(decoder);
        }
    }

    @RestController
    record Decoding(JwtDecoder decoder) {
        @RequestMapping("/decode")
        String decode(@RequestHeader("X-Token") String token) {
            return decoder.decode(token).getSubject();
        }
    }

    private static JwtTestIssuer issuer() {
        return JwtTestIssuer.builder().issuer("https://idp.example.com/").audience("https://api.example.com")
                .algorithm("ES256").build();
    }

    private static String[] with(String... scopes) {
        return new String[] {"Authorization", ISSUER.bearer(it -> it.subject("alice").scopes(scopes)), "X-User", "root"};
    }

    private static void routesHold(Served served) throws Exception {
        assertEquals("nobody null", served.get("/health", "X-User", "root").body());
        assertEquals("200 nobody null", told(served.get("/health", "Authorization", "Bearer junk", "X-User", "root")));
        assertEquals("200 alice alice", told(served.get("/orders", with())));
        assertEquals("200 created", told(served.send("POST", "/orders/new", with("orders:write"))));
        HttpResponse<String> lacks = served.send("POST", "/orders/new", with("orders:read"));
        assertEquals(403, lacks.statusCode());
        String challenge = lacks.headers().firstValue("WWW-Authenticate").orElse("");
        assertTrue(challenge.startsWith("Bearer error=\"insufficient_scope\"") && challenge.contains("orders:write"), challenge);
        assertEquals("200 alice", told(served.get("/later", with())));
        assertEquals(403, served.get("/keep", with("orders:read")).statusCode());
        assertEquals("200 kept", told(served.get("/keep", with("keeper"))));
        assertEquals(401, served.get("/orders").statusCode());
        assertEquals(401, served.get("/orders", "Authorization", "Bearer " + ISSUER.bad(Code.EXPIRED).token()).statusCode());
        assertEquals(401, served.get("/orders", "Authorization", "Basic YTpi").statusCode());
    }

    private static String told(HttpResponse<String> answer) {
        return answer.statusCode() + " " + answer.body();
    }

    @Test
    void thePolicyAloneProtects() throws Exception {
        try (Served served = new Served(Application.class, POLICY)) {
            routesHold(served);
            assertTrue(served.get("/orders").body().contains("missing_token"));
            assertEquals(401, served.send("POST", "/orders/new").statusCode());
            assertEquals(400, served.get("/orders//new", with("orders:write")).statusCode());
        }
    }

    @Test
    void theChainOfTheTutorialsIsThePolicysToo() throws Exception {
        try (Served served = new Served(WithChain.class, POLICY)) {
            routesHold(served);
            // What Spring's own rules ask for beside the policy.
            assertEquals(403, served.get("/open", with("orders:read")).statusCode());
            assertEquals("200 alice alice", told(served.get("/open", with("open"))));
            assertEquals("Bearer", served.get("/orders").headers().firstValue("WWW-Authenticate").orElse(""));
        }
    }

    @Test
    void noResolverEvadesTheRoutes() throws Exception {
        try (Served served = new Served(WithResolver.class, POLICY)) {
            String token = ISSUER.token(it -> it.subject("alice"));
            assertEquals(401, served.get("/orders", "X-Token", token).statusCode());
            assertEquals(401, served.get("/orders", "Authorization", "DPoP " + token).statusCode());
            assertEquals("200 alice", told(served.get("/decode", "X-Token", token)));
        }
    }

    /** A browser sends it by itself, whoever has made the page. */
    @Test
    void aTokenInACookieIsNoProtectionAgainstForgedRequests() throws Exception {
        for (Class<?> application : new Class<?>[] {Application.class, WithChain.class}) {
            try (Served served = new Served(application, "jotgate.policy=classpath:policy-with-cookies.yaml")) {
                String cookie = "session=" + ISSUER.token(it -> it.subject("alice"));
                assertEquals("200 alice null", told(served.get("/orders", "Cookie", cookie)));
                // In a chain of the application, Spring's page of errors needs a token too.
                int refused = application == Application.class ? 403 : 401;
                assertEquals(refused, served.send("POST", "/orders", "Cookie", cookie).statusCode());
                assertEquals("200 alice null", told(served.send("POST", "/orders", "Authorization", ISSUER.bearer(it -> it.subject("alice")))));
            }
        }
    }

    @Test
    void keysThatCannotBeHadAreNoBadToken() throws Exception {
        ISSUER.breakKeys(Fault.ERROR);
        try (Served served = new Served(WithChain.class, POLICY)) {
            HttpResponse<String> answer = served.get("/orders", with());
            assertEquals(503, answer.statusCode());
            assertTrue(answer.headers().firstValue("Retry-After").isPresent());
        } finally {
            ISSUER.mend();
        }
    }
}
