package io.jotgate.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.net.httpserver.HttpServer;
import io.jotgate.Code;
import io.jotgate.JwtValidator;
import io.jotgate.httpserver.JotgateFilter;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The README's example, as it stands there. */
class OrdersTest {
    private HttpServer service;

    // README
    @RegisterExtension
    static final JwtTestIssuerExtension ISSUER = JwtTestIssuerExtension.of(() -> JwtTestIssuer.builder()
            .issuer("https://idp.example.com/").audience("https://api.example.com").build()); // or .policy(Path.of("policy.yaml"))

    @Test
    void ordersAreShownToTheirOwner(JwtTestIssuer issuer, JwtValidator validator) throws Exception {
        startService(validator); // yours, which takes its validator as an argument
        String alice = issuer.bearer(it -> it.subject("alice").scopes("orders:read").claim("tenant", "blue"));
        assertEquals("orders of alice", get("/orders", alice).body());
        for (Code code : new Code[] {Code.EXPIRED, Code.AUDIENCE_MISMATCH, Code.UNKNOWN_KEY, Code.INVALID_SIGNATURE}) {
            assertEquals(401, get("/orders", "Bearer " + issuer.bad(code).token()).statusCode());
        }
    }
    // README

    @AfterEach
    void stopService() {
        service.stop(0);
    }

    private void startService(JwtValidator validator) throws IOException {
        service = HttpServer.create(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), 0), 0);
        service.createContext("/orders", exchange -> {
            try (exchange) {
                byte[] body = ("orders of " + JotgateFilter.verified(exchange).subject()).getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(200, body.length);
                exchange.getResponseBody().write(body);
            }
        }).getFilters().add(new JotgateFilter(validator));
        service.start();
    }

    private HttpResponse<String> get(String path, String authorization) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + service.getAddress().getPort() + path);
        HttpRequest request = HttpRequest.newBuilder(uri).header("Authorization", authorization).build();
        return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    }
}
