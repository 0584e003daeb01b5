package io.jotgate.httpserver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.jotgate.JwtRequirement;
import io.jotgate.JwtValidator;
import io.jotgate.support.Issuer;
import io.jotgate.support.KeyServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class JotgateFilterTest {
    private static final long NOW = 1_800_000_000;
    private static final int AT_ONCE = 8;

    private final HttpClient client = HttpClient.newHttpClient();
    private final ExecutorService executor = Executors.newCachedThreadPool();
    private final CyclicBarrier together = new CyclicBarrier(AT_ONCE);
    private HttpServer server;
    private JwtValidator validator;

    @BeforeEach
    void start() throws IOException {
        validator = JwtValidator.builder().issuer(Issuer.NAME).audience(Issuer.AUDIENCE).secret(Issuer.SECRET)
                .requiredScopes("orders:read")
                .clock(Clock.fixed(Instant.ofEpochSecond(NOW), ZoneOffset.UTC)).build();
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(executor);
        protect("/orders", exchange -> JotgateFilter.verified(exchange).subject());
        protect("/together", exchange -> {
            String before = JotgateFilter.verified(exchange).subject();
            try {
                together.await();
            } catch (Exception broken) {
                throw new IOException(broken);
            }
            return before + "=" + JotgateFilter.verified(exchange).subject();
        });
        server.start();
    }

    private interface Handler {
        String handle(HttpExchange exchange) throws IOException;
    }

    private void protect(String path, Handler handler) {
        protect(path, handler, new JotgateFilter(validator));
    }

    private void protect(String path, Handler handler, JotgateFilter filter) {
        HttpContext context = server.createContext(path, exchange -> {
            try (exchange) {
                KeyServer.send(exchange, 200, "text/plain", handler.handle(exchange));
            }
        });
        context.getFilters().add(filter);
    }

    @AfterEach
    void stop() {
        server.stop(0);
        executor.shutdownNow();
        validator.close();
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path));
    }

    private HttpResponse<String> get(String path, String... headers) throws Exception {
        HttpRequest.Builder request = request(path);
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static String bearer(String subject) {
        return "Bearer " + Issuer.hs256(Issuer.payload(NOW + 60, "\"sub\":\"" + subject + "\"", "\"scope\":\"orders:read\""));
    }

    @Test
    void aGoodTokenReachesTheHandler() throws Exception {
        HttpResponse<String> response = get("/orders?page=2", "Authorization", bearer("alice"));
        assertEquals(200, response.statusCode());
        assertEquals("alice", response.body());
    }

    @Test
    void noTokenGetsTheChallenge() throws Exception {
        HttpResponse<String> response = get("/orders");
        assertEquals(401, response.statusCode());
        assertEquals(List.of("Bearer"), response.headers().allValues("WWW-Authenticate"));
        assertEquals(List.of("application/problem+json"), response.headers().allValues("Content-Type"));
        assertEquals("{\"type\":\"about:blank\",\"title\":\"Unauthorized\",\"status\":401,\"code\":\"missing_token\"}",
                response.body());
    }

    @Test
    void otherRefusalsAreAnsweredAsTheCoreSays() throws Exception {
        HttpResponse<String> expired = get("/orders", "Authorization", "Bearer " + Issuer.hs256(Issuer.payload(NOW - 5)));
        assertEquals(401, expired.statusCode());
        assertTrue(expired.body().contains("\"expired\""), expired.body());
        HttpResponse<String> scope = get("/orders", "Authorization", "Bearer " + Issuer.hs256(Issuer.payload(NOW + 60)));
        assertEquals(403, scope.statusCode());
        assertTrue(scope.headers().firstValue("WWW-Authenticate").orElse("").contains("scope=\"orders:read\""));
        HttpResponse<String> two = get("/orders", "Authorization", "Bearer a", "Authorization", "Bearer b");
        assertEquals(400, two.statusCode());
    }

    @Test
    void aContextMayAskForMore() throws Exception {
        protect("/new", exchange -> JotgateFilter.verified(exchange).subject(),
                new JotgateFilter(validator, JwtRequirement.scopes("orders:write")));
        assertEquals(401, get("/new").statusCode());
        HttpResponse<String> reader = get("/new", "Authorization", bearer("alice"));
        assertEquals(403, reader.statusCode());
        String challenge = reader.headers().firstValue("WWW-Authenticate").orElse("");
        assertTrue(challenge.endsWith("scope=\"orders:read orders:write\""), challenge);
        String both = Issuer.hs256(Issuer.payload(NOW + 60, "\"sub\":\"bob\"", "\"scope\":\"orders:read orders:write\""));
        assertEquals("bob", get("/new", "Authorization", "Bearer " + both).body());
    }

    @Test
    void headIsAnsweredWithoutBody() throws Exception {
        HttpRequest head = request("/orders").method("HEAD", HttpRequest.BodyPublishers.noBody()).build();
        HttpResponse<String> response = client.send(head, HttpResponse.BodyHandlers.ofString());
        assertEquals(401, response.statusCode());
        assertEquals("", response.body());
    }

    @Test
    void requestsAtTheSameTimeSeeTheirOwnToken() throws Exception {
        List<CompletableFuture<HttpResponse<String>>> responses = new ArrayList<>();
        for (int i = 0; i < AT_ONCE * 10; i++) {
            HttpRequest request = request("/together").header("Authorization", bearer("user-" + i)).build();
            responses.add(client.sendAsync(request, HttpResponse.BodyHandlers.ofString()));
        }
        for (int i = 0; i < responses.size(); i++) {
            assertEquals("user-" + i + "=user-" + i, responses.get(i).get().body());
        }
    }

    @Test
    void missingKeysAreNever401() throws Exception {
        try (JwtValidator lost = JwtValidator.builder().issuer(Issuer.NAME).audience(Issuer.AUDIENCE)
                .jwksUri("https://idp.test/jwks").fetcher(request -> {
                    throw new IOException("down");
                }).build()) {
            HttpContext context = server.createContext("/lost", HttpExchange::close);
            context.getFilters().add(new JotgateFilter(lost));
            HttpResponse<String> response = get("/lost", "Authorization",
                    "Bearer " + new Issuer("a").es256(Issuer.payload(4_000_000_000L)));
            assertEquals(503, response.statusCode());
            assertTrue(Integer.parseInt(response.headers().firstValue("Retry-After").orElse("0")) >= 1);
        }
    }

    @Test
    void aClosedValidatorLetsNobodyPass() throws Exception {
        validator.close();
        HttpResponse<String> response = get("/orders", "Authorization", bearer("alice"));
        assertEquals(500, response.statusCode());
        assertEquals("", response.body());
    }

    @Test
    void theAttributeBelongsToTheFilter() throws Exception {
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        AtomicReference<Object> other = new AtomicReference<>();
        protect("/attributes", exchange -> {
            thrown.set(assertThrows(IllegalArgumentException.class,
                    () -> exchange.setAttribute(JotgateFilter.ATTRIBUTE, "mine")));
            exchange.setAttribute("other", 7);
            other.set(exchange.getAttribute("other"));
            return "done";
        });
        assertEquals("done", get("/attributes", "Authorization", bearer("alice")).body());
        assertEquals(7, other.get());
    }

    @Test
    void aHandlerWithoutFilterIsToldSo() throws Exception {
        server.createContext("/open", exchange -> {
            try (exchange) {
                Throwable problem = assertThrows(IllegalStateException.class, () -> JotgateFilter.verified(exchange));
                KeyServer.send(exchange, 200, "text/plain", problem.getMessage());
            }
        });
        assertTrue(get("/open").body().contains("JotgateFilter"));
    }

    @Test
    void theFilterDescribesItself() {
        Filter filter = new JotgateFilter(validator);
        assertTrue(filter.description().contains("JSON Web Token"));
    }
}
