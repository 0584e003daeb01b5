package io.jotgate.support;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A key server on the loopback, whose behaviour a test sets and whose requests it counts. */
public final class KeyServer implements AutoCloseable {
    /** What to do with one request. */
    public interface Behaviour {
        void answer(HttpExchange exchange) throws IOException, InterruptedException;
    }

    private final HttpServer server;
    private final ExecutorService executor = Executors.newCachedThreadPool();
    private final AtomicInteger requests = new AtomicInteger();
    private final Semaphore arrivals = new Semaphore(0);
    private final CountDownLatch closing = new CountDownLatch(1);
    private volatile Behaviour behaviour;

    public KeyServer(Behaviour behaviour) throws IOException {
        this.behaviour = behaviour;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(executor);
        server.createContext("/jwks", exchange -> {
            requests.incrementAndGet();
            arrivals.release();
            try (exchange) {
                this.behaviour.answer(exchange);
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
        });
        server.start();
    }

    /** An issuer by the name of its {@link #url()}, whose metadata says where its keys are; what is elsewhere is metadata too. */
    public static KeyServer withMetadata(String jwks) throws IOException {
        KeyServer server = new KeyServer(serving(jwks));
        String metadata = "{\"issuer\":\"%s\",\"jwks_uri\":\"%s/keys\"}".formatted(server.url(), server.url());
        server.set(exchange -> serving(exchange.getRequestURI().getPath().endsWith("/keys") ? jwks : metadata).answer(exchange));
        return server;
    }

    public static Behaviour serving(String jwks) {
        return serving(200, "application/json", jwks);
    }

    public static Behaviour serving(int status, String type, String text) {
        return exchange -> send(exchange, status, type, text);
    }

    public static void send(HttpExchange exchange, int status, String type, String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
    }

    public void set(Behaviour behaviour) {
        this.behaviour = behaviour;
    }

    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/jwks";
    }

    public int requests() {
        return requests.get();
    }

    /** Waits until one more request has arrived than was waited for before. */
    public void awaitRequest() throws InterruptedException {
        if (!arrivals.tryAcquire(30, TimeUnit.SECONDS)) {
            throw new AssertionError("no request arrived");
        }
    }

    /** Blocks a behaviour until the server is closed. */
    public void hang() throws InterruptedException {
        closing.await();
    }

    @Override
    public void close() {
        closing.countDown();
        server.stop(0);
        executor.shutdownNow();
    }
}
