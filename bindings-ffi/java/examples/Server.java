import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpServer;
import io.jotgate.JwtValidator;
import io.jotgate.httpserver.JotgateFilter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;

/**
 * A protected service: {@code GET /orders} says who asks, and everybody else is told what is wrong.
 *
 * <pre>ISSUER=… AUDIENCE=… JWKS_URI=… PORT=8080 java -cp target/jotgate-0.1.0.jar examples/Server.java</pre>
 */
public class Server {
    public static void main(String[] arguments) throws Exception {
        JwtValidator validator = JwtValidator.builder()
                .issuer(System.getenv("ISSUER"))
                .audience(System.getenv("AUDIENCE"))
                .jwksUri(System.getenv("JWKS_URI"))
                .build();

        int port = Integer.parseInt(System.getenv("PORT"));
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        // A validation may wait for the issuer's keys, so requests must not share one thread.
        server.setExecutor(Executors.newCachedThreadPool());
        HttpContext orders = server.createContext("/orders", exchange -> {
            try (exchange) {
                String subject = JotgateFilter.verified(exchange).subject();
                byte[] body = "{\"sub\":%s,\"language\":\"java\"}".formatted(json(subject)).getBytes(StandardCharsets.UTF_8);
                exchange.getResponseHeaders().set("Content-Type", "application/json");
                exchange.sendResponseHeaders(200, body.length);
                exchange.getResponseBody().write(body);
            }
        });
        orders.getFilters().add(new JotgateFilter(validator));
        server.start();
        System.out.println("listening on 127.0.0.1:" + port);
    }

    /** The subject as JSON: it is signed, and still nothing that may be pasted between quotes. */
    private static String json(String text) {
        if (text == null) {
            return "null";
        }
        StringBuilder out = new StringBuilder("\"");
        text.chars().forEach(c -> out.append(c == '"' || c == '\\' || c < 0x20 ? "\\u%04x".formatted(c) : String.valueOf((char) c)));
        return out.append('"').toString();
    }
}
