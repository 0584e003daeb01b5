package io.jotgate.spring.boot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jotgate.Code;
import io.jotgate.JotgateException;
import io.jotgate.JwtValidator;
import io.jotgate.support.KeyServer;
import io.jotgate.testing.JwtTestIssuer;
import io.jotgate.testing.TestToken;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.logging.LogFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.security.oauth2.resource.OAuth2ResourceServerProperties;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtDecoders;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** The page for those who come from Spring's own resource server: both run, and its table is what comes of each token. */
class MigratingTest {
    private static final String NAME = "https://idp.example.com/";
    private static final String AUDIENCE = "https://api.example.com";

    @RestController
    static class Reports {
        @RequestMapping({"/orders", "/reports"})
        String told() {
            return "told";
        }
    }

    /** The page's. */
    @Import(Reports.class)
    static class Chain {
        // PAGE
        @Bean
        SecurityFilterChain security(HttpSecurity http) throws Exception {
            return http
                    .authorizeHttpRequests(requests -> requests
                            .requestMatchers("/reports").hasAuthority("SCOPE_reports")
                            .anyRequest().authenticated())
                    .oauth2ResourceServer(server -> server.jwt(Customizer.withDefaults()))
                    .build();
        }
        // PAGE
    }

    @Configuration
    @EnableAutoConfiguration(exclude = {
            JotgateAutoConfiguration.class, JotgateServletAutoConfiguration.class, JotgateReactiveAutoConfiguration.class,
            JotgateConverterAutoConfiguration.class, JotgateHealthAutoConfiguration.class, JotgateMetricsAutoConfiguration.class})
    static class Before extends Chain {}

    @Configuration
    @EnableAutoConfiguration
    static class After extends Chain {}

    /** The page's, while both decide. */
    @Configuration
    @EnableAutoConfiguration
    static class Both extends Chain {
        // SHADOW
        @Bean
        JwtDecoder decoder(OAuth2ResourceServerProperties properties) {
            JwtDecoder spring = JwtDecoders.fromIssuerLocation(properties.getJwt().getIssuerUri());
            JwtValidator shadow = JwtValidator.builder()
                    .issuer(properties.getJwt().getIssuerUri())
                    .audience(properties.getJwt().getAudiences().toArray(String[]::new))
                    .build();
            return token -> {
                String word = "accepted";
                try {
                    shadow.validate(token);
                } catch (JotgateException problem) {
                    word = problem.code().toString();
                }
                Jwt jwt = spring.decode(token);
                if (!word.equals("accepted")) {
                    LogFactory.getLog("orders.auth").warn("jotgate refuses what is accepted today: " + word);
                }
                return jwt;
            };
        }
        // SHADOW
    }

    private final Path base = Path.of(System.getProperty("jotgate.test.base", ".")).toAbsolutePath().normalize();

    @Test
    void theTableIsWhatComesOfEachToken() throws Exception {
        String page = Files.readString(base.resolve("../docs/migrating.md"));
        List<List<String>> shown = rows(page);
        List<List<String>> found = new ArrayList<>();
        try (KeyServer server = new KeyServer(KeyServer.serving(404, "text/plain", ""))) {
            JwtTestIssuer issuer = JwtTestIssuer.builder().issuer(server.url()).audience(AUDIENCE).build();
            serve(server, issuer);
            try (Served before = new Served(Before.class, properties(page, 0, server));
                    Served after = new Served(After.class, properties(page, 1, server))) {
                Map<String, String> tokens = tokens(issuer);
                for (List<String> row : shown.subList(0, shown.size() - 1)) {
                    String path = row.get(0).startsWith("without the scope") ? "/reports" : "/orders";
                    assertTrue(tokens.containsKey(named(row)), row.get(0));
                    String token = tokens.get(named(row));
                    found.add(List.of(row.get(0), outcome(before, path, token), outcome(after, path, token)));
                }
            }
            server.set(KeyServer.serving(500, "text/plain", ""));
            try (Served before = new Served(Before.class, properties(page, 0, server));
                    Served after = new Served(After.class, properties(page, 1, server))) {
                String token = issuer.token();
                found.add(List.of(shown.get(shown.size() - 1).get(0),
                        outcome(before, "/orders", token), outcome(after, "/orders", token)));
            }
        }
        assertEquals(written(found), written(shown));
    }

    @Test
    @ExtendWith(OutputCaptureExtension.class)
    void bothDecideBesideEachOther(CapturedOutput output) throws Exception {
        String page = Files.readString(base.resolve("../docs/migrating.md"));
        try (KeyServer server = new KeyServer(KeyServer.serving(404, "text/plain", ""))) {
            JwtTestIssuer issuer = JwtTestIssuer.builder().issuer(server.url()).audience(AUDIENCE).build();
            serve(server, issuer);
            try (Served both = new Served(Both.class, properties(page, 0, server))) {
                Map<String, String> tokens = tokens(issuer);
                assertEquals("accepted", outcome(both, "/orders", tokens.get("good")));
                assertEquals("401 invalid_token", outcome(both, "/orders", tokens.get("expired")));
                assertFalse(output.toString().contains("jotgate refuses"), output.toString());
                assertEquals("accepted", outcome(both, "/orders", tokens.get("without exp")));
                assertTrue(output.toString().contains("jotgate refuses what is accepted today: missing_claim"), output.toString());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"PAGE", "SHADOW"})
    void thePageShowsWhatRuns(String mark) throws Exception {
        String source = Files.readString(base.resolve("src/test/java/io/jotgate/spring/boot/MigratingTest.java"));
        String begin = "        // " + mark + "\n";
        int from = source.indexOf(begin) + begin.length();
        String shown = source.substring(from, source.indexOf(begin, from)).stripTrailing().stripIndent();
        assertTrue(Files.readString(base.resolve("../docs/migrating.md")).contains(shown), shown);
    }

    private static void serve(KeyServer server, JwtTestIssuer issuer) {
        String metadata = "{\"issuer\":\"%s\",\"jwks_uri\":\"%s/keys\"}".formatted(server.url(), server.url());
        server.set(exchange -> KeyServer.serving(
                exchange.getRequestURI().getPath().endsWith("/keys") ? issuer.jwks() : metadata).answer(exchange));
    }

    /** By what the row begins with: a code of the kit, or what is said of the token. */
    private static Map<String, String> tokens(JwtTestIssuer issuer) {
        Map<String, String> tokens = new LinkedHashMap<>();
        tokens.put("good", issuer.token());
        tokens.put("none", null);
        tokens.put("without the scope that the chain asks for", issuer.token(it -> it.scopes("orders")));
        tokens.put("expired for 30 seconds", issuer.token(it -> it.at(Instant.now().minusSeconds(630)).lifetime(Duration.ofSeconds(600))));
        tokens.put("without aud", without(issuer, "aud"));
        tokens.put("without iss", without(issuer, "iss"));
        tokens.put("without exp", without(issuer, "exp"));
        tokens.put("iat in the future", issuer.token(it -> it.claim("iat", Instant.now().getEpochSecond() + 300)));
        said(tokens, issuer, "invalid_type", it -> it.header("typ", "dpop+jwt"));
        said(tokens, issuer, "confirmation_failed", it -> it.claim("cnf", Map.of("jkt", "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs")));
        said(tokens, issuer, "unsupported_critical", it -> it.header("crit", List.of("x")).header("x", 1));
        for (Code code : new Code[] {Code.EXPIRED, Code.NOT_YET_VALID, Code.AUDIENCE_MISMATCH, Code.UNKNOWN_ISSUER, Code.INVALID_SIGNATURE,
            Code.ALGORITHM_NOT_ALLOWED, Code.MALFORMED_TOKEN, Code.UNKNOWN_KEY}) {
            tokens.put(code.toString(), issuer.bad(code).token());
        }
        return tokens;
    }

    private static void said(Map<String, String> tokens, JwtTestIssuer issuer, String name, Consumer<TestToken> said) {
        tokens.put(name, issuer.token(said));
    }

    private static String without(JwtTestIssuer issuer, String claim) {
        return issuer.token(it -> it.without(claim));
    }

    private static String outcome(Served served, String path, String token) throws Exception {
        HttpResponse<String> answer = token == null ? served.get(path) : served.get(path, "Authorization", "Bearer " + token);
        if (answer.statusCode() == 200) {
            return "accepted";
        }
        Matcher code = Pattern.compile("\"code\":\"(\\w+)\"").matcher(answer.body());
        Matcher error = Pattern.compile("error=\"(\\w+)\"").matcher(answer.headers().firstValue("WWW-Authenticate").orElse(""));
        return (answer.statusCode() + " " + (code.find() ? code.group(1) : error.find() ? error.group(1) : "")).strip();
    }

    private static String[] properties(String page, int which, KeyServer server) {
        List<String> blocks = Pattern.compile("```properties\n(.*?)```", Pattern.DOTALL).matcher(page).results()
                .map(match -> match.group(1)).toList();
        assertEquals(2, blocks.size());
        return blocks.get(which).replace(NAME, server.url()).lines().toArray(String[]::new);
    }

    private static List<List<String>> rows(String page) {
        return page.substring(page.indexOf("| token | Spring | jotgate |")).lines().takeWhile(line -> line.startsWith("|")).skip(2)
                .map(line -> List.of(line.substring(2, line.length() - 2).split(" \\| "))).toList();
    }

    private static String named(List<String> row) {
        return row.get(0).replaceAll(":.*", "").replace("`", "");
    }

    private static String written(List<List<String>> rows) {
        StringBuilder text = new StringBuilder();
        rows.forEach(row -> text.append("| ").append(String.join(" | ", row)).append(" |\n"));
        return text.toString();
    }
}
