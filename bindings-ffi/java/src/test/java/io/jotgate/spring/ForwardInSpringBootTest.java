package io.jotgate.spring;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.JsonParser;
import io.jotgate.JwtValidator;
import io.jotgate.support.Issuer;
import io.jotgate.support.TestClock;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.security.servlet.UserDetailsServiceAutoConfiguration;
import org.springframework.boot.web.servlet.context.ServletWebServerApplicationContext;
import org.springframework.boot.web.servlet.error.ErrorController;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpHeaders;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.AnonymousAuthenticationFilter;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.CookieValue;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** What a real Spring Boot application sees of its request behind the filter of a policy with {@code forward}. */
class ForwardInSpringBootTest {
    private static final long NOW = 1_800_000_000;
    private static final String TOKEN = Issuer.hs256(Issuer.payload(NOW + 60, "\"sub\":\"alice\"", "\"level\":7"));

    private static ServletWebServerApplicationContext context;

    /** The application. */
    @Configuration
    @EnableAutoConfiguration(exclude = UserDetailsServiceAutoConfiguration.class)
    static class Application {
        @Bean(destroyMethod = "close")
        JwtValidator validator() {
            return JwtValidator.builder().policy(Issuer.policyWithForward())
                    .clock(new TestClock(Instant.ofEpochSecond(NOW))).build();
        }

        @Bean
        SecurityFilterChain security(HttpSecurity http, JwtValidator validator) throws Exception {
            return http
                    .sessionManagement(sessions -> sessions.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                    .csrf(csrf -> csrf.disable())
                    .addFilterBefore(new JotgateAuthenticationFilter(validator), AnonymousAuthenticationFilter.class)
                    .authorizeHttpRequests(requests -> requests.anyRequest().permitAll())
                    .build();
        }

        @Bean
        Seen seen() {
            return new Seen();
        }
    }

    /** Tells what it sees, in the ways in which Spring shows it. */
    @RestController
    static class Seen implements ErrorController {
        @Autowired
        private HttpServletRequest injected;

        @RequestMapping({"/seen", "/open", "/error"})
        Map<String, Object> seen(
                @RequestHeader HttpHeaders headers, @RequestParam MultiValueMap<String, String> parameters,
                @CookieValue(name = "session", required = false) String session,
                @CookieValue(name = "theme", required = false) String theme) {
            Map<String, Object> seen = new TreeMap<>();
            for (String name : List.of("x-user", "x_user", "x-level", "authorization")) {
                seen.put(name, headers.getOrDefault(name, List.of()));
            }
            List<String> cookies = new ArrayList<>(headers.getOrDefault("cookie", List.of()));
            cookies.add(String.valueOf(session));
            cookies.add(String.valueOf(theme));
            seen.put("cookies", cookies);
            seen.put("parameters", parameters);
            seen.put("injected", injected.getHeader("X-User") + " " + injected.getQueryString());
            return seen;
        }

        @RequestMapping("/later")
        CompletableFuture<Map<String, Object>> later(HttpServletRequest request) {
            return CompletableFuture.supplyAsync(() -> Map.of("user", String.valueOf(request.getHeader("X-User"))));
        }

        @RequestMapping("/async")
        void async(HttpServletRequest request) {
            request.startAsync().dispatch("/seen");
        }

        @RequestMapping("/fail")
        void fail(HttpServletResponse response) throws IOException {
            response.sendError(418);
        }
    }

    @BeforeAll
    static void start() {
        SpringApplication application = new SpringApplication(Application.class);
        context = (ServletWebServerApplicationContext) application.run(
                "--server.port=0", "--server.address=127.0.0.1", "--spring.main.banner-mode=off",
                "--logging.level.root=warn");
    }

    @AfterAll
    static void stop() {
        context.close();
    }

    private static void assertSeen(String wanted, String target, String... fields) throws Exception {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + context.getWebServer().getPort() + target))
                        .headers("X-User", "root", "X-User", "root", "x_user", "root");
        if (fields.length > 0) {
            request.headers(fields);
        }
        HttpResponse<String> answer =
                HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
        assertEquals(JsonParser.parseString(wanted), JsonParser.parseString(answer.body()), target);
    }

    private static final String ALICE = """
            { "x-user": ["alice"], "x_user": [], "x-level": ["7"], "authorization": [], "cookies": ["null", "null"],
              "parameters": { "a": ["1"] }, "injected": "alice a=1" }""";

    @Test
    void theTokenIsTakenOutWhereverItIs() throws Exception {
        assertSeen(ALICE, "/seen?a=1", "Authorization", "Bearer " + TOKEN, "X-Level", "9");
        assertSeen(ALICE, "/seen?access_token=" + TOKEN + "&a=1");
        assertSeen(ALICE.replace("[\"null\", \"null\"]", "[\"theme=dark\", \"null\", \"dark\"]"), "/seen?a=1",
                "Cookie", "session=" + TOKEN + "; theme=dark");
    }

    @Test
    void aSkippedRequestKeepsNothingThatClaimsCouldSet() throws Exception {
        assertSeen("""
                { "x-user": [], "x_user": [], "x-level": [], "authorization": [], "cookies": ["null", "null"],
                  "parameters": { "a": ["1"] }, "injected": "null a=1" }""",
                "/open?a=1&access_token=x", "Authorization", "Bearer x", "X-Level", "9");
    }

    @Test
    void laterDispatchesSeeTheSame() throws Exception {
        assertSeen("{ \"user\": \"alice\" }", "/later?access_token=" + TOKEN);
        assertSeen(ALICE, "/async?a=1&access_token=" + TOKEN);
        assertSeen(ALICE, "/fail?a=1&access_token=" + TOKEN);
    }

    @Test
    void theErrorPageOfARequestThatWasNeverValidatedSeesNoMadeUpFields() throws Exception {
        // Spring's firewall refuses the path before any filter of the application.
        assertSeen("""
                { "x-user": [], "x_user": [], "x-level": [], "authorization": [], "cookies": ["null", "null"],
                  "parameters": {}, "injected": "null null" }""", "/seen;a=1");
    }
}
