package io.jotgate.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** An issuer behind a socket of the loopback interface, {@link JwtTestIssuer#serve()}. */
public final class TestServer implements AutoCloseable {
    private final JwtTestIssuer issuer;
    private final HttpServer server;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "jotgate-test-issuer");
        thread.setDaemon(true);
        return thread;
    });

    TestServer(JwtTestIssuer issuer) throws IOException {
        this.issuer = issuer;
        // By its octets: nothing asks for a name.
        server = HttpServer.create(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    /** Where it is, without a slash at the end: {@code http://127.0.0.1:PORT}. */
    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** The application's policy, whose keys are fetched from here. */
    public String policy() {
        return issuer.policyFetching(url());
    }

    /** Ends it, and whatever waits for a slow answer. */
    @Override
    public void close() {
        closing.countDown();
        server.stop(0);
        threads.shutdownNow();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            JwtTestIssuer.Served served = issuer.served(url() + exchange.getRequestURI());
            if (served.isSlow()) {
                closing.await();
            }
            if (served.status() == 0) {
                return; // closed without an answer
            }
            exchange.getResponseHeaders().set("Content-Type", served.contentType());
            exchange.sendResponseHeaders(served.status(), served.body().length);
            exchange.getResponseBody().write(served.body());
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }
}
