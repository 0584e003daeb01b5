package io.jotgate.httpserver;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.jotgate.JwtValidator;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a handler of the JDK's server sees of its request behind the filter of a policy with {@code forward}. */
class ForwardOverHttpTest {
    private static final long NOW = 1_800_000_000;
    private static final String TOKEN = Issuer.hs256(Issuer.payload(NOW + 60, "\"sub\":\"alice\"", "\"level\":7"));

    private HttpServer server;
    private JwtValidator validator;

    @BeforeEach
    void start() throws IOException {
        validator = JwtValidator.builder().policy(Issuer.policyWithForward())
                .clock(new TestClock(Instant.ofEpochSecond(NOW))).build();
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        HttpContext context = server.createContext("/", exchange -> {
            try (exchange) {
                KeyServer.send(exchange, 200, "application/json", new Gson().toJson(seen(exchange)));
            }
        });
        context.getFilters().add(new JotgateFilter(validator));
        server.start();
    }

    private static Map<String, Object> seen(HttpExchange exchange) {
        Map<String, Object> seen = new LinkedHashMap<>();
        exchange.getRequestHeaders().forEach((name, values) -> seen.put(name.toLowerCase(), values));
        List.of("connection", "upgrade", "http2-settings", "host", "user-agent", "content-length")
                .forEach(seen::remove);
        seen.put("user", String.valueOf(exchange.getRequestHeaders().getFirst("x-USER")));
        seen.put("uri", exchange.getRequestURI().toString());
        return seen;
    }

    @AfterEach
    void stop() {
        server.stop(0);
        validator.close();
    }

    private void assertSeen(String target, String wanted, String... fields) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + server.getAddress().getPort() + target))
                .headers("X-User", "root", "X-User", "root", "x_user", "root", "X-Other", "kept")
                .headers(fields).build();
        HttpResponse<String> response = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
        JsonObject expected = JsonParser.parseString(wanted).getAsJsonObject();
        expected.add("x-other", JsonParser.parseString("[\"kept\"]"));
        assertEquals(expected, JsonParser.parseString(response.body()), target);
    }

    @Test
    void theRequestIsSeenAsItGoesOn() throws Exception {
        String claims = "\"x-user\":[\"alice\"],\"x-level\":[\"7\"],\"user\":\"alice\"";
        assertSeen("/orders?a=1", "{" + claims + ",\"uri\":\"/orders?a=1\"}", "Authorization", "Bearer " + TOKEN);
        assertSeen("/orders?a=%20&access%5Ftoken=" + TOKEN + "&b", "{" + claims + ",\"uri\":\"/orders?a=%20&b\"}",
                "X-Level", "9");
        assertSeen("/orders?access_token=" + TOKEN, "{" + claims + ",\"uri\":\"/orders\",\"cookie\":[\"theme=dark\"]}",
                "Cookie", "theme=dark; session=" + TOKEN);
    }

    @Test
    void aSkippedRequestKeepsNothingThatClaimsCouldSet() throws Exception {
        assertSeen("/open?a=1", "{\"user\":\"null\",\"uri\":\"/open?a=1\"}", "X-Level", "9");
        assertSeen("/open?access_token=x", "{\"user\":\"null\",\"uri\":\"/open\"}", "Authorization", "Bearer x");
    }
}
