package io.jotgate.conformance;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.jotgate.JwtValidator;
import io.jotgate.VerifiedJwt;
import io.jotgate.httpserver.JotgateFilter;
import io.jotgate.support.TestClock;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;

/** Serves HTTP exchanges through the filter; {@code tests/conformance/exchanges.py} says what is asked of it. */
public final class Serve {
    private static final Gson GSON = new GsonBuilder().serializeNulls().disableHtmlEscaping().create();

    private Serve() {}

    /** Takes the file of exchanges, prints the port, and ends when standard input does. */
    public static void main(String[] arguments) throws IOException {
        Map<String, Filter> filters = new HashMap<>();
        String document = Files.readString(Path.of(arguments[0]));
        for (JsonElement element : JsonParser.parseString(document).getAsJsonObject().getAsJsonArray("exchanges")) {
            JsonObject exchange = element.getAsJsonObject();
            filters.put(exchange.get("id").getAsString(), new JotgateFilter(validator(exchange)));
        }
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newFixedThreadPool(4));
        server.createContext("/", Serve::application).getFilters().add(new ByExchange(filters));
        server.start();
        System.out.println(GSON.toJson(Map.of("port", server.getAddress().getPort())));
        while (System.in.read() >= 0) {
            // Nothing is said there.
        }
        System.exit(0);
    }

    /** That of an exchange: its policy, the answers of its issuer, and its clock. */
    public static JwtValidator validator(JsonObject exchange) {
        return JwtValidator.builder().policy(exchange.get("policy").toString()).fetcher(CaseRunner.fetcher(exchange))
                .clock(new TestClock(CaseRunner.instant(exchange.get("now").getAsBigDecimal()))).build();
    }

    /** What the application saw of a request. */
    public static String seen(Object claims, Map<String, String> fields, String query) {
        Map<String, Object> seen = new HashMap<>();
        seen.put("claims", claims);
        seen.put("fields", fields);
        seen.put("query", query == null ? "" : query);
        return GSON.toJson(seen);
    }

    private static void application(HttpExchange exchange) throws IOException {
        Optional<VerifiedJwt> jwt = JotgateFilter.verifiedIfAny(exchange);
        Object claims = jwt.map(VerifiedJwt::claims).orElse(null);
        Map<String, String> fields = new HashMap<>();
        exchange.getRequestHeaders().forEach((name, values) -> fields.put(name, String.join(", ", values)));
        String seen = seen(claims, fields, exchange.getRequestURI().getRawQuery());
        byte[] body = seen.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(200, body.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(body);
        }
    }

    /** Passes a request to the filter of the exchange that it names; there is nothing where there is none. */
    static final class ByExchange extends Filter {
        private final Map<String, Filter> filters;

        ByExchange(Map<String, Filter> filters) {
            this.filters = filters;
        }

        @Override
        public String description() {
            return "picks the filter of an exchange";
        }

        @Override
        public void doFilter(HttpExchange exchange, Chain chain) throws IOException {
            Filter filter = filters.get(exchange.getRequestHeaders().getFirst("X-Exchange"));
            if (filter == null) {
                exchange.sendResponseHeaders(404, -1);
                exchange.close();
                return;
            }
            filter.doFilter(exchange, chain);
        }
    }
}
