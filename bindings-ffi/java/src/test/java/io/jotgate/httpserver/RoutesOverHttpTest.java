package io.jotgate.httpserver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.jotgate.JwtValidator;
import io.jotgate.VerifiedJwt;
import io.jotgate.support.Issuer;
import io.jotgate.support.KeyServer;
import io.jotgate.support.TestClock;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The policy's routes behind the filter, over real HTTP. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RoutesOverHttpTest {
    private static final long NOW = 1_800_000_000;

    private final HttpClient client = HttpClient.newHttpClient();
    private HttpServer server;
    private JwtValidator validator;

    @BeforeEach
    void start() throws IOException {
        validator = JwtValidator.builder()
                .policy(Issuer.policyWithRoutes("""
                        { "path": "/health", "skip": true },
                        { "methods": ["POST"], "path": "/orders", "scopes": { "all": ["orders:write"] } }"""))
                .clock(new TestClock(Instant.ofEpochSecond(NOW))).build();
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        HttpContext context = server.createContext("/", exchange -> {
            try (exchange) {
                KeyServer.send(exchange, 200, "text/plain", caller(exchange));
            }
        });
        context.getFilters().add(new JotgateFilter(validator));
        server.start();
    }

    private static String caller(HttpExchange exchange) {
        String found = JotgateFilter.verifiedIfAny(exchange).map(VerifiedJwt::subject).orElse("nobody");
        if (found.equals("nobody")) {
            assertThrows(IllegalStateException.class, () -> JotgateFilter.verified(exchange));
        }
        return found;
    }

    @AfterEach
    void stop() {
        server.stop(0);
        validator.close();
    }

    private HttpResponse<String> send(String method, String path, String... headers) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
        HttpRequest.Builder request = HttpRequest.newBuilder(uri).method(method, HttpRequest.BodyPublishers.noBody());
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static String bearer(String scope) {
        return "Bearer " + Issuer.hs256(Issuer.payload(NOW + 60, "\"sub\":\"alice\"", "\"scope\":\"" + scope + "\""));
    }

    @Test
    void aSkippedRequestReachesTheHandlerWithoutAToken() throws Exception {
        // First one with a token, which must not linger for the next of the same context.
        assertEquals("alice", send("GET", "/orders", "Authorization", bearer("orders:read")).body());
        HttpResponse<String> response = send("GET", "/health", "Authorization", "Bearer nonsense");
        assertEquals(200, response.statusCode());
        assertEquals("nobody", response.body());
        assertEquals(401, send("GET", "/orders").statusCode());
    }

    @Test
    void aRouteAsksForItsScopesAndTheChallengeNamesThem() throws Exception {
        assertEquals("alice", send("POST", "/orders", "Authorization", bearer("orders:write")).body());
        HttpResponse<String> refused = send("POST", "/orders", "Authorization", bearer("orders:read"));
        assertEquals(403, refused.statusCode());
        assertEquals(List.of("Bearer error=\"insufficient_scope\", "
                + "error_description=\"The token lacks a scope that this resource needs\", scope=\"orders:write\""),
                refused.headers().allValues("WWW-Authenticate"));
    }
}
