package io.jotgate;

import static io.jotgate.support.Issuer.payload;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jotgate.support.Issuer;
import io.jotgate.support.KeyServer;
import io.jotgate.support.TestClock;
import java.io.IOException;
import java.net.http.HttpClient;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Key sets over real HTTP: who fetches, who waits, and what happens when the issuer misbehaves. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class KeySetTest {
    private static final long NOW = 1_800_000_000;
    private static final Issuer ISSUER = new Issuer("a");
    private static final String TOKEN = ISSUER.es256(payload(NOW + 1_000_000));

    private final TestClock clock = new TestClock(Instant.ofEpochSecond(NOW));
    private KeyServer server;
    private JwtValidator validator;

    @BeforeEach
    void start() throws Exception {
        server = new KeyServer(KeyServer.serving(ISSUER.jwks()));
        validator = options().build();
    }

    @AfterEach
    void stop() {
        validator.close();
        server.close();
    }

    private JwtValidatorBuilder options() {
        return JwtValidator.builder().issuer(Issuer.NAME).audience(Issuer.AUDIENCE).jwksUri(server.url()).clock(clock);
    }

    private KeysUnavailableException unavailable() {
        return assertThrows(KeysUnavailableException.class, () -> validator.validate(TOKEN));
    }

    @Test
    void keysAreFetchedOnce() {
        assertEquals(0, server.requests());
        validator.validate(TOKEN);
        validator.validate(ISSUER.rs256(payload(NOW + 60)));
        assertEquals(1, server.requests());
    }

    @Test
    void manyThreadsShareOneFetch() throws Exception {
        CountDownLatch gate = new CountDownLatch(1);
        server.set(exchange -> {
            gate.await();
            KeyServer.serving(ISSUER.jwks()).answer(exchange);
        });
        ExecutorService callers = Executors.newFixedThreadPool(32);
        List<Thread> threads = new ArrayList<>();
        List<Future<VerifiedJwt>> results = new ArrayList<>();
        for (int i = 0; i < 32; i++) {
            results.add(callers.submit(() -> {
                synchronized (threads) {
                    threads.add(Thread.currentThread());
                }
                return validator.validate(TOKEN);
            }));
        }
        awaitWaiting(threads, 32);
        gate.countDown();
        for (Future<VerifiedJwt> result : results) {
            assertEquals(Issuer.NAME, result.get().issuer());
        }
        callers.shutdown();
        assertEquals(1, server.requests());
    }

    private static void awaitWaiting(List<Thread> threads, int count) {
        for (;;) {
            synchronized (threads) {
                if (threads.size() == count
                        && threads.stream().allMatch(thread -> thread.getState() == Thread.State.TIMED_WAITING)) {
                    return;
                }
            }
            Thread.yield();
        }
    }

    @Test
    void manyFuturesShareOneFetchAndOneCancelledHarmsNobody() throws Exception {
        CountDownLatch gate = new CountDownLatch(1);
        server.set(exchange -> {
            gate.await();
            KeyServer.serving(ISSUER.jwks()).answer(exchange);
        });
        List<CompletableFuture<VerifiedJwt>> futures = new ArrayList<>();
        for (int i = 0; i < 32; i++) {
            futures.add(validator.validateAsync(TOKEN));
        }
        assertTrue(futures.stream().noneMatch(CompletableFuture::isDone));
        futures.remove(0).cancel(true);
        gate.countDown();
        for (CompletableFuture<VerifiedJwt> future : futures) {
            assertEquals(Issuer.NAME, future.get().issuer());
        }
        assertEquals(1, server.requests());
    }

    @Test
    void anOutageIsAnsweredAtOnceAndEndsWithRecovery() {
        server.set(KeyServer.serving(500, "text/plain", "no"));
        KeysUnavailableException first = unavailable();
        assertTrue(first.retryAt().isAfter(clock.instant()));
        assertEquals(503, validator.answerTo(first).status());
        assertTrue(Integer.parseInt(validator.answerTo(first).headers().get("Retry-After")) >= 1);
        unavailable();
        assertEquals(1, server.requests());

        server.set(KeyServer.serving(ISSUER.jwks()));
        clock.set(first.retryAt());
        validator.validate(TOKEN);
        assertEquals(2, server.requests());
    }

    @Test
    void aStaleSetServesWhileTheIssuerIsDown() throws Exception {
        validator = options().jwksTtl(Duration.ofMinutes(10)).jwksMaxStale(Duration.ofHours(1)).build();
        validator.validate(TOKEN);
        server.awaitRequest();
        server.set(KeyServer.serving(500, "text/plain", "no"));

        clock.advance(Duration.ofMinutes(20));
        validator.validate(TOKEN);
        server.awaitRequest();
        validator.validate(TOKEN);

        clock.advance(Duration.ofHours(2));
        unavailable();
    }

    @Test
    void aRefreshInTheBackgroundBringsNewKeys() throws Exception {
        validator = options().jwksTtl(Duration.ofMinutes(10)).build();
        validator.validate(TOKEN);
        Issuer rotated = new Issuer("b");
        server.set(KeyServer.serving(rotated.jwks()));
        clock.advance(Duration.ofMinutes(20));
        String token = rotated.es256(payload(NOW + 1_000_000));
        // The old key serves this one, and the refresh that it starts is what the other waits for.
        validator.validate(TOKEN);
        assertEquals(Issuer.NAME, validator.validate(token).issuer());
        assertEquals(2, server.requests());
    }

    @Test
    void redirectsAreNotFollowed() throws Exception {
        try (KeyServer other = new KeyServer(KeyServer.serving(ISSUER.jwks()))) {
            server.set(exchange -> {
                exchange.getResponseHeaders().set("Location", other.url());
                exchange.sendResponseHeaders(302, -1);
            });
            unavailable();
            assertEquals(0, other.requests());
        }
    }

    @Test
    void answersThatAreNoKeySetAreRefused() {
        List<KeyServer.Behaviour> bad = List.of(
                KeyServer.serving(200, "text/html", "<html>Sign in</html>"),
                KeyServer.serving(200, "application/json", "{\"keys\":[]}"),
                exchange -> exchange.sendResponseHeaders(204, -1),
                KeyServer.serving(404, "application/json", ISSUER.jwks()));
        for (KeyServer.Behaviour behaviour : bad) {
            server.set(behaviour);
            validator = options().build();
            unavailable();
        }
        assertEquals(bad.size(), server.requests());
    }

    @Test
    void aBodyThatIsTooLongIsNotReadToItsEnd() throws Exception {
        CountDownLatch hungUp = new CountDownLatch(1);
        AtomicLong sent = new AtomicLong();
        server.set(exchange -> {
            exchange.sendResponseHeaders(200, 0);
            byte[] piece = new byte[64 * 1024];
            try {
                // Without an end: only a client that hangs up lets this return.
                for (;;) {
                    exchange.getResponseBody().write(piece);
                    sent.addAndGet(piece.length);
                }
            } catch (IOException reset) {
                hungUp.countDown();
            }
        });
        validator = options().jwksMaxBody(10_000).build();
        unavailable();
        hungUp.await();
        // More than the limit was under way in the buffers of both sides, but no more than those hold.
        assertTrue(sent.get() < 64_000_000, "sent " + sent);
    }

    @Test
    void aServerThatSaysNothingRunsIntoTheTimeout() {
        server.set(exchange -> server.hang());
        validator = options().jwksTimeout(Duration.ofMillis(300)).build();
        unavailable();
    }

    @Test
    void aBodyThatNeverEndsRunsIntoTheTimeout() {
        server.set(exchange -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write('{');
            exchange.getResponseBody().flush();
            server.hang();
        });
        validator = options().jwksTimeout(Duration.ofMillis(300)).build();
        unavailable();
    }

    @Test
    void nobodyListeningIsAFailedFetch() {
        server.close();
        unavailable();
    }

    @Test
    void anHttpClientOfTheApplicationIsUsed() {
        HttpClient client = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
        validator = options().httpClient(client).build();
        validator.validate(TOKEN);
        assertEquals(1, server.requests());
    }

    @Test
    void anInterruptedWaiterTakesNobodyWithIt() throws Exception {
        CountDownLatch gate = new CountDownLatch(1);
        server.set(exchange -> {
            gate.await();
            KeyServer.serving(ISSUER.jwks()).answer(exchange);
        });
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        AtomicReference<Boolean> flag = new AtomicReference<>();
        Thread first = new Thread(() -> {
            try {
                validator.validate(TOKEN);
            } catch (KeysUnavailableException problem) {
                thrown.set(problem);
                flag.set(Thread.currentThread().isInterrupted());
            }
        });
        first.start();
        server.awaitRequest();
        CompletableFuture<VerifiedJwt> second = validator.validateAsync(TOKEN);
        first.interrupt();
        first.join();
        assertInstanceOf(InterruptedException.class, thrown.get().getCause());
        assertEquals(Boolean.TRUE, flag.get());
        gate.countDown();
        assertEquals(Issuer.NAME, second.get().issuer());
        assertEquals(1, server.requests());
    }

    @Test
    void closingWakesThoseWhoWait() throws Exception {
        server.set(exchange -> server.hang());
        // The end of the fetch would wake them too, but that is much later.
        validator = options().jwksTimeout(Duration.ofSeconds(60)).build();
        CompletableFuture<VerifiedJwt> waiting = validator.validateAsync(TOKEN);
        server.awaitRequest();
        validator.close();
        Throwable problem = assertThrows(ExecutionException.class, () -> waiting.get(30, TimeUnit.SECONDS)).getCause();
        assertInstanceOf(IllegalStateException.class, problem);
    }
}
