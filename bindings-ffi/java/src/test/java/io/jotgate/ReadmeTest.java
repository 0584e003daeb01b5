package io.jotgate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import io.jotgate.support.Issuer;
import io.jotgate.support.KeyServer;
import io.jotgate.support.Vectors;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.StringWriter;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The README's code is compiled, and the examples that need no more than an issuer run. */
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ReadmeTest {
    private static final Pattern JAVA = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
    /** What the shorter pieces take for granted. */
    private static final String AROUND = """
            import com.sun.net.httpserver.*;
            import io.jotgate.*;
            import io.jotgate.httpserver.JotgateFilter;
            import io.jotgate.servlet.JotgateServletFilter;
            import io.jotgate.spring.JotgateAuthenticationFilter;
            import jakarta.servlet.*;
            import java.io.IOException;
            import java.nio.file.*;
            import java.util.*;
            import org.springframework.context.annotation.*;
            import org.springframework.security.config.annotation.web.builders.HttpSecurity;
            import org.springframework.security.config.http.SessionCreationPolicy;
            import org.springframework.security.web.SecurityFilterChain;
            import org.springframework.security.web.authentication.AnonymousAuthenticationFilter;
            public class Piece%d {
                public static void run(JwtValidator validator, HttpServer server, Map<String, List<String>> headers) throws Exception {
                    %s
                }
            }
            """;

    @TempDir
    Path folder;

    private List<String> pieces;

    @BeforeEach
    void compileAll() throws Exception {
        pieces = JAVA.matcher(Files.readString(Vectors.BASE.resolve("README.md"))).results()
                .map(match -> match.group(1))
                // Those of the test kit, of gRPC and of Spring Boot run in the tests of their own projects.
                .filter(piece -> !piece.contains("JwtTestIssuer") && !piece.contains("JotgateServerInterceptor")
                        && !piece.contains("@AuthenticationPrincipal") && !piece.contains("mvc.perform")).toList();
        assertTrue(pieces.size() >= 5);
        compile("Quickstart", pieces.get(0));
        for (int i = 1; i < pieces.size(); i++) {
            compile("Piece" + i, AROUND.formatted(i, pieces.get(i)));
        }
    }

    @Test
    void theExampleOfRoutesPrintsWhatTheTextSays() throws Exception {
        List<String> withRoutes = pieces.stream().filter(piece -> piece.contains("\"routes\"")).toList();
        assertEquals(1, withRoutes.size());
        Class<?>[] parameters = {JwtValidator.class, HttpServer.class, Map.class};
        String printed = run("Piece" + pieces.indexOf(withRoutes.get(0)), "run", parameters, null, null, Map.of());
        assertEquals(List.of("/health: nobody", "/orders: missing_token"), printed.lines().toList());
    }

    @Test
    void theExampleOfForwardPrintsWhatTheTextSays() throws Exception {
        List<String> withForward = pieces.stream().filter(piece -> piece.contains("\"forward\"")).toList();
        assertEquals(1, withForward.size());
        Class<?>[] parameters = {JwtValidator.class, HttpServer.class, Map.class};
        Map<String, List<String>> headers = Map.of("x_user", List.of("root"),
                "Authorization", List.of("Bearer " + Issuer.hs256(payload(Instant.now().plusSeconds(3600)))));
        String printed = run("Piece" + pieces.indexOf(withForward.get(0)), "run", parameters, null, null, headers);
        assertEquals("{X-User=[alice]}", printed);
    }

    @Test
    void theExampleOfARequirementPrintsWhatTheTextSays() throws Exception {
        String piece = pieces.stream().filter(text -> text.contains("JwtRequirement")).findFirst().orElseThrow();
        Class<?>[] parameters = {JwtValidator.class, HttpServer.class, Map.class};
        Map<String, List<String>> headers =
                Map.of("Authorization", List.of("Bearer " + Issuer.hs256(payload(Instant.now().plusSeconds(3600)))));
        List<String> printed = run("Piece" + pieces.indexOf(piece), "run", parameters, null, null, headers).lines().toList();
        assertEquals("insufficient_scope", printed.get(0));
        assertTrue(printed.get(1).startsWith("Bearer error=\"insufficient_scope\""), printed.get(1));
        assertTrue(printed.get(1).endsWith(", scope=\"orders:write\""), printed.get(1));
    }

    @Test
    void theExampleOfManyTokensPrintsWhatTheTextSays() throws Exception {
        String piece = pieces.stream().filter(text -> text.contains("validateMany")).findFirst().orElseThrow();
        String token = Issuer.hs256(payload(Instant.now().plusSeconds(3600)));
        Path file = Files.write(folder.resolve("tokens.txt"), List.of(token, "not a token"));
        compile("Piece98", AROUND.formatted(98, piece.replace("/var/log/orders/tokens.txt", file.toString())));
        Class<?>[] parameters = {JwtValidator.class, HttpServer.class, Map.class};
        try (JwtValidator validator = JwtValidator.builder().issuer("https://idp.example.com/")
                .audience("https://api.example.com").secret(Issuer.SECRET).build()) {
            String printed = run("Piece98", "run", parameters, validator, null, null);
            assertEquals(List.of("passed: alice", "refused: malformed_token"), printed.lines().toList());
        }
    }

    @Test
    void theExampleOfAStoreSharesOneFetch() throws Exception {
        Issuer issuer = new Issuer("a");
        String piece = pieces.stream().filter(text -> text.contains("KeyStore")).findFirst().orElseThrow();
        Path file = folder.resolve("keys.json");
        try (KeyServer server = new KeyServer(KeyServer.serving(issuer.jwks()))) {
            compile("Piece99", AROUND.formatted(99, piece.replace("https://idp.example.com/jwks", server.url())
                    .replace("/var/lib/orders/keys.json", file.toString())));
            Class<?>[] parameters = {JwtValidator.class, HttpServer.class, Map.class};
            String token = issuer.es256(payload(Instant.now().plusSeconds(3600)));
            Map<String, List<String>> headers = Map.of("Authorization", List.of("Bearer " + token));
            assertEquals("hello alice", run("Piece99", "run", parameters, null, null, headers));
            while (!Files.exists(file)) {
                Thread.onSpinWait();
            }
            assertEquals("hello alice", run("Piece99", "run", parameters, null, null, headers));
            assertEquals(1, server.requests());
        }
    }

    @Test
    void theFirstExampleRuns() throws Exception {
        Issuer issuer = new Issuer("a");
        try (KeyServer server = KeyServer.withMetadata(issuer.jwks())) {
            compile("Quickstart", pieces.get(0).replace("https://idp.example.com/", server.url()));
            Instant expiry = Instant.ofEpochSecond(Instant.now().getEpochSecond() + 3600);
            String good = issuer.es256(payload(server.url(), expiry));
            assertEquals("hello alice, until " + expiry, run(good));
            assertEquals("401: expired", run(issuer.es256(payload(server.url(), Instant.EPOCH))));
            server.set(KeyServer.serving(500, "text/plain", ""));
            String refused = run(good);
            assertTrue(refused.startsWith("503: try again at ") && refused.contains(": status_500: "), refused);
        }
    }

    private static String payload(Instant expiry) {
        return payload("https://idp.example.com/", expiry);
    }

    private static String payload(String issuer, Instant expiry) {
        return "{\"iss\":\"" + issuer + "\",\"aud\":\"https://api.example.com\",\"sub\":\"alice\",\"exp\":"
                + expiry.getEpochSecond() + "}";
    }

    private void compile(String name, String source) throws Exception {
        Path file = Files.writeString(folder.resolve(name + ".java"), source);
        StringWriter complaints = new StringWriter();
        var compiler = ToolProvider.getSystemJavaCompiler();
        try (var files = compiler.getStandardFileManager(null, null, null)) {
            boolean compiled = compiler.getTask(complaints, files, null,
                    List.of("-d", folder.toString(), "-cp", System.getProperty("java.class.path")), null,
                    files.getJavaFileObjects(file)).call();
            assertTrue(compiled, complaints.toString());
        }
    }

    private String run(String... arguments) throws Exception {
        return run("Quickstart", "main", new Class<?>[] {String[].class}, (Object) arguments);
    }

    private String run(String name, String method, Class<?>[] parameters, Object... arguments) throws Exception {
        PrintStream before = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        try (URLClassLoader loader = new URLClassLoader(new URL[] {folder.toUri().toURL()})) {
            System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
            loader.loadClass(name).getMethod(method, parameters).invoke(null, arguments);
        } catch (InvocationTargetException problem) {
            throw new AssertionError(problem.getCause());
        } finally {
            System.setOut(before);
        }
        return printed.toString(StandardCharsets.UTF_8).strip();
    }
}
