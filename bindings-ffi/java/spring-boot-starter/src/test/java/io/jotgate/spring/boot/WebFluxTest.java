package io.jotgate.spring.boot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jotgate.Code;
import io.jotgate.testing.Fault;
import io.jotgate.testing.JwtTestIssuer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.web.reactive.context.ReactiveWebServerApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.web.server.ServerHttpSecurity;
import org.springframework.security.core.Authentication;
import org.springframework.security.web.server.SecurityWebFilterChain;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** A policy with routes in an application of WebFlux on its own server. */
class WebFluxTest {
    private static final JwtTestIssuer ISSUER = JwtTestIssuer.builder()
            .issuer("https://idp.example.com/").audience("https://api.example.com").algorithm("ES256").build();

    private String root;

    @RestController
    static class Shop {
        @RequestMapping({"/health", "/orders", "/open"})
        Mono<String> who(Authentication who, @RequestHeader(name = "X-User", required = false) String user) {
            return Mono.just((who == null ? "nobody" : who.getName() + who.getAuthorities()) + " " + user);
        }

        @PostMapping("/orders/new")
        Mono<String> create() {
            return Mono.just("created");
        }
    }

    @Configuration
    @EnableAutoConfiguration
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
        SecurityWebFilterChain chain(ServerHttpSecurity http) {
            return http
                    .authorizeExchange(exchanges -> exchanges.pathMatchers("/health").permitAll()
                            .pathMatchers("/open").hasAuthority("SCOPE_open").anyExchange().authenticated())
                    .oauth2ResourceServer(server -> server.jwt(Customizer.withDefaults()))
                    .build();
        }
    }

    private static ReactiveWebServerApplicationContext run(Class<?> application) {
        return (ReactiveWebServerApplicationContext) new SpringApplication(application).run("--server.port=0",
                "--server.address=127.0.0.1", "--spring.main.banner-mode=off", "--spring.main.web-application-type=reactive",
                "--logging.level.root=warn", "--jotgate.policy=classpath:policy-with-routes.yaml");
    }

    private HttpResponse<String> send(String method, String path, String... fields) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(root + path))
                .method(method, HttpRequest.BodyPublishers.noBody()).header("X-User", "root");
        if (fields.length > 0) {
            request.headers(fields);
        }
        return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private String told(String method, String path, String... fields) throws Exception {
        HttpResponse<String> answer = send(method, path, fields);
        return answer.statusCode() + " " + answer.body();
    }

    private static String[] with(String... scopes) {
        return new String[] {"Authorization", ISSUER.bearer(it -> it.subject("alice").scopes(scopes))};
    }

    private void routesHold() throws Exception {
        assertEquals("200 nobody null", told("GET", "/health"));
        assertEquals("200 alice[SCOPE_a] alice", told("GET", "/orders", with("a")));
        assertEquals("200 created", told("POST", "/orders/new", with("orders:write")));
        HttpResponse<String> lacks = send("POST", "/orders/new", with("orders:read"));
        assertEquals(403, lacks.statusCode());
        assertTrue(lacks.headers().firstValue("WWW-Authenticate").orElse("").contains("orders:write"));
        HttpResponse<String> missing = send("GET", "/orders");
        assertEquals("401 Bearer", missing.statusCode() + " " + missing.headers().firstValue("WWW-Authenticate").orElse(""));
        HttpResponse<String> expired = send("GET", "/orders", "Authorization", "Bearer " + ISSUER.bad(Code.EXPIRED).token());
        assertTrue(expired.statusCode() == 401 && expired.body().contains("\"code\":\"expired\""), expired.body());
    }

    @Test
    void thePolicyAloneProtects() throws Exception {
        try (ReactiveWebServerApplicationContext context = run(Application.class)) {
            root = "http://127.0.0.1:" + context.getWebServer().getPort();
            routesHold();
            assertEquals("200 nobody null", told("GET", "/health", "Authorization", "Bearer junk"));
            assertEquals(401, send("POST", "/orders/new").statusCode());
            assertTrue(send("GET", "/orders").body().contains("missing_token"));
        }
    }

    @Test
    void theChainOfTheTutorialsIsThePolicysToo() throws Exception {
        try (ReactiveWebServerApplicationContext context = run(WithChain.class)) {
            root = "http://127.0.0.1:" + context.getWebServer().getPort();
            routesHold();
            assertEquals(403, send("GET", "/open", with("a")).statusCode());
            assertEquals("200 alice[SCOPE_open] alice", told("GET", "/open", with("open")));
        }
    }

    @Test
    void keysThatCannotBeHadAreNoBadToken() throws Exception {
        ISSUER.breakKeys(Fault.ERROR);
        try (ReactiveWebServerApplicationContext context = run(WithChain.class)) {
            root = "http://127.0.0.1:" + context.getWebServer().getPort();
            HttpResponse<String> answer = send("GET", "/orders", with());
            assertEquals(503, answer.statusCode());
            assertTrue(answer.headers().firstValue("Retry-After").isPresent());
        } finally {
            ISSUER.mend();
        }
    }
}
