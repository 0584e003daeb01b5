package io.jotgate.conformance;

import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.jotgate.VerifiedJwt;
import io.jotgate.httpserver.JotgateFilter;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Serves an application with routes in the JDK's server; {@code tests/conformance/targets.py} says what is asked of it. */
public final class ServeRoutes {
    private ServeRoutes() {}

    /** Takes the file of policies, prints the port, and ends when standard input does. */
    public static void main(String[] arguments) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        ExecutorService threads = Executors.newFixedThreadPool(4);
        server.setExecutor(threads);
        for (String mount : new String[] {"", Policies.MOUNT}) {
            Map<String, Filter> filters = Policies.at(mount, arguments[0], JotgateFilter::new);
            // A context takes whatever begins like it: those of one path look at the rest of it.
            for (String path : new String[] {"/orders", "/admin/", "/health", "/catalog", "/open"}) {
                server.createContext(mount + path, exchange -> answer(exchange, mount)).getFilters()
                        .add(new Serve.ByExchange(filters));
            }
        }
        server.start();
        System.out.println("{\"port\": " + server.getAddress().getPort() + "}");
        while (System.in.read() >= 0) {
            // Nothing is said there.
        }
        System.exit(0);
    }

    private static void answer(HttpExchange exchange, String mount) throws IOException {
        try (exchange) {
            String name = handler(exchange, mount);
            if (name == null) {
                exchange.sendResponseHeaders(404, -1);
                return;
            }
            String subject = JotgateFilter.verifiedIfAny(exchange).map(VerifiedJwt::subject).orElse("none");
            exchange.getResponseHeaders().set("X-Handler", name);
            exchange.getResponseHeaders().set("X-Subject", subject);
            if (exchange.getRequestMethod().equals("HEAD")) {
                exchange.sendResponseHeaders(200, -1);
                return;
            }
            byte[] body = name.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    private static String handler(HttpExchange exchange, String mount) {
        String method = exchange.getRequestMethod().equals("HEAD") ? "GET" : exchange.getRequestMethod();
        String path = exchange.getRequestURI().getPath().substring(mount.length());
        if (path.startsWith("/admin/")) {
            return "admin";
        }
        if (path.startsWith("/orders/") && method.equals("GET")) {
            return path.indexOf('/', "/orders/".length()) < 0 ? "orders.one" : null;
        }
        return switch (method + " " + path) {
            case "GET /orders" -> "orders.list";
            case "POST /orders" -> "orders.create";
            case "GET /health" -> "health";
            case "GET /catalog" -> "catalog";
            case "GET /open" -> "open";
            default -> null;
        };
    }
}
