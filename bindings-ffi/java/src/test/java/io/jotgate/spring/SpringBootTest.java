package io.jotgate.spring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jotgate.JwtValidator;
import io.jotgate.support.Issuer;
import io.jotgate.support.TestClock;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.security.servlet.UserDetailsServiceAutoConfiguration;
import org.springframework.boot.web.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.core.Authentication;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.AnonymousAuthenticationFilter;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** The filter in the security chain of a real Spring Boot application, asked by a real client. */
class SpringBootTest {
    private static final long NOW = 1_800_000_000;

    private static ServletWebServerApplicationContext context;

    /** The application. */
    @Configuration
    @EnableAutoConfiguration(exclude = UserDetailsServiceAutoConfiguration.class)
    static class Application {
        @Bean(destroyMethod = "close")
        JwtValidator validator() {
            return JwtValidator.builder()
                    .policy(Issuer.policyWithRoutes("{ \"path\": \"/open\", \"skip\": true }"))
                    .clock(new TestClock(Instant.ofEpochSecond(NOW))).build();
        }

        @Bean
        SecurityFilterChain security(HttpSecurity http, JwtValidator validator) throws Exception {
            return http
                    .sessionManagement(sessions -> sessions.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                    .csrf(csrf -> csrf.disable())
                    .addFilterBefore(new JotgateAuthenticationFilter(validator), AnonymousAuthenticationFilter.class)
                    .authorizeHttpRequests(requests -> requests
                            .requestMatchers("/orders").hasAuthority("SCOPE_orders")
                            .requestMatchers("/later").authenticated()
                            .anyRequest().permitAll())
                    .build();
        }

        @Bean
        Orders orders() {
            return new Orders();
        }
    }

    /** What the application serves. */
    @RestController
    static class Orders {
        @GetMapping({"/orders", "/open"})
        String orders(Authentication authentication) {
            return authentication == null ? "nobody" : authentication.getName();
        }

        @GetMapping("/later")
        CompletableFuture<String> later(Authentication authentication) {
            JotgateAuthentication token = (JotgateAuthentication) authentication;
            return CompletableFuture.supplyAsync(() -> token.getPrincipal().subject());
        }
    }

    @BeforeAll
    static void start() {
        SpringApplication application = new SpringApplication(Application.class);
        context = (ServletWebServerApplicationContext) application.run(
                "--server.port=0", "--server.address=127.0.0.1", "--spring.main.banner-mode=off", "--logging.level.root=warn");
    }

    @AfterAll
    static void stop() {
        context.close();
    }

    private static HttpResponse<String> get(String path, String... members) throws Exception {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + context.getWebServer().getPort() + path));
        if (members.length > 0) {
            request.header("Authorization", "Bearer " + Issuer.hs256(Issuer.payload(NOW + 60, members)));
        }
        return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void scopesAreAuthorities() throws Exception {
        for (String scopes : new String[] {"\"scope\":\"a orders\"", "\"scp\":[\"orders\"]"}) {
            HttpResponse<String> answer = get("/orders", "\"sub\":\"alice\"", scopes);
            assertEquals(200, answer.statusCode());
            assertEquals("alice", answer.body());
        }
        assertEquals(403, get("/orders", "\"sub\":\"alice\"", "\"scope\":\"other\"").statusCode());
        assertEquals(403, get("/orders", "\"sub\":\"alice\"", "\"scope\":1").statusCode());
    }

    @Test
    void refusalsAreThePolicysAnswers() throws Exception {
        HttpResponse<String> missing = get("/orders");
        assertEquals(401, missing.statusCode());
        assertEquals("Bearer", missing.headers().firstValue("WWW-Authenticate").orElse(""));
        assertTrue(missing.body().contains("\"code\":\"missing_token\""), missing.body());
        // Spring lets this one pass, but the policy does not.
        assertEquals(401, get("/anything").statusCode());
    }

    @Test
    void routesLeaveARequestToSpring() throws Exception {
        HttpResponse<String> open = get("/open");
        assertEquals(200, open.statusCode());
        assertEquals("nobody", open.body());
    }

    @Test
    void theContextOutlivesTheFirstDispatch() throws Exception {
        HttpResponse<String> later = get("/later", "\"sub\":\"alice\"");
        assertEquals(200, later.statusCode());
        assertEquals("alice", later.body());
    }
}
