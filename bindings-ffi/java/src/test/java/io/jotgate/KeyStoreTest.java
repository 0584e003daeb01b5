package io.jotgate;

import static io.jotgate.support.Issuer.payload;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jotgate.support.Issuer;
import io.jotgate.support.KeyServer;
import io.jotgate.support.MemoryStore;
import io.jotgate.support.TestClock;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Several validators with one store, against a real HTTP server. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class KeyStoreTest {
    private static final long NOW = 1_800_000_000;
    private static final Issuer ISSUER = new Issuer("a");
    private static final Issuer ROTATED = new Issuer("b");
    private static final String TOKEN = ISSUER.es256(payload(NOW + 1_000_000));
    private static final int VALIDATORS = 4;
    private static final int THREADS = 8;

    private final TestClock clock = new TestClock(Instant.ofEpochSecond(NOW));
    private final List<JwtValidator> made = new ArrayList<>();
    private KeyServer server;

    @BeforeEach
    void start() throws Exception {
        server = new KeyServer(KeyServer.serving(ISSUER.jwks()));
    }

    @AfterEach
    void stop() {
        made.forEach(JwtValidator::close);
        server.close();
    }

    private JwtValidatorBuilder options(KeyStore store) {
        return JwtValidator.builder().issuer(Issuer.NAME).audience(Issuer.AUDIENCE).jwksUri(server.url()).clock(clock)
                .store(store);
    }

    private JwtValidator validator(KeyStore store) {
        JwtValidator validator = options(store).build();
        made.add(validator);
        return validator;
    }

    private static void validateAtOnce(List<JwtValidator> validators, String token) throws Exception {
        ExecutorService callers = Executors.newFixedThreadPool(validators.size() * THREADS);
        try {
            CountDownLatch together = new CountDownLatch(validators.size() * THREADS);
            List<Future<VerifiedJwt>> results = new ArrayList<>();
            for (int i = 0; i < validators.size() * THREADS; i++) {
                JwtValidator validator = validators.get(i % validators.size());
                results.add(callers.submit(() -> {
                    together.countDown();
                    together.await();
                    return validator.validate(token);
                }));
            }
            for (Future<VerifiedJwt> result : results) {
                assertEquals(Issuer.NAME, result.get().issuer());
            }
        } finally {
            callers.shutdown();
        }
    }

    @Test
    void oneFetchServesAllWhoShareTheStore() throws Exception {
        MemoryStore store = new MemoryStore();
        BlockingQueue<Event> shared = new LinkedBlockingQueue<>();
        JwtValidator first = validator(store);
        validateAtOnce(List.of(first), TOKEN);
        store.awaitSave();
        List<JwtValidator> others = new ArrayList<>();
        for (int i = 1; i < VALIDATORS; i++) {
            others.add(options(store).onEvent(event -> {
                if (event.kind() == Event.Kind.FETCH_SHARED) {
                    shared.add(event);
                }
            }).build());
        }
        made.addAll(others);
        clock.advance(Duration.ofMillis(2_000));
        validateAtOnce(others, TOKEN);
        assertEquals(1, server.requests());
        for (JwtValidator other : others) {
            KeySource source = other.health().sources().get(0);
            assertEquals(1, source.shared());
            assertEquals(1, source.fetches());
            assertEquals(Duration.ofSeconds(2), source.age());
            assertEquals(2L, shared.poll(30, TimeUnit.SECONDS).details().get("age"));
        }

        server.set(KeyServer.serving(ROTATED.jwks()));
        clock.advance(Duration.ofMinutes(5));
        String token = ROTATED.es256(payload(NOW + 1_000_000));
        validateAtOnce(List.of(first), token);
        store.awaitSave();
        validateAtOnce(others, token);
        assertEquals(2, server.requests());
        assertEquals(2, store.saves());
    }

    @Test
    void aColdStoreMakesNobodyWaitForAnother() throws Exception {
        MemoryStore store = new MemoryStore();
        List<JwtValidator> all = new ArrayList<>();
        for (int i = 0; i < VALIDATORS; i++) {
            all.add(validator(store));
        }
        validateAtOnce(all, TOKEN);
        assertTrue(server.requests() >= 1 && server.requests() <= VALIDATORS, "requests: " + server.requests());
    }

    @Test
    void aStoreThatThrowsIsAsIfThereWereNone() {
        for (Throwable thrown : List.of(new IOException("down"), new IllegalStateException(), new StackOverflowError(),
                new InterruptedException())) {
            KeyStore broken = new KeyStore() {
                @Override
                public String load() throws Exception {
                    throw thrown();
                }

                @Override
                public void save(String text) throws Exception {
                    throw thrown();
                }

                private Exception thrown() {
                    if (thrown instanceof Error error) {
                        throw error;
                    }
                    return (Exception) thrown;
                }
            };
            int before = server.requests();
            validator(broken).validate(TOKEN);
            assertEquals(before + 1, server.requests());
        }
    }

    @Test
    void aLoggerThatThrowsKeepsNoWorkFromEnding() {
        AtomicInteger asked = new AtomicInteger();
        // Kept here, because the JDK holds loggers weakly.
        Logger logger = Logger.getLogger("io.jotgate");
        logger.setFilter(entry -> {
            asked.incrementAndGet();
            throw new IllegalStateException("a bug of the application");
        });
        try {
            MemoryStore store = new MemoryStore() {
                @Override
                public String load() {
                    throw new IllegalStateException("down");
                }
            };
            validator(store).validate(TOKEN);
            assertEquals(1, server.requests());
            while (asked.get() == 0) {
                Thread.yield();
            }
        } finally {
            logger.setFilter(null);
        }
    }

    @Test
    void garbageIsNothing() throws Exception {
        for (String garbage : List.of("", "{}", "\ud800", "null", "{\"version\":1,\"written_at\":0,\"sources\":[]}")) {
            MemoryStore store = new MemoryStore();
            store.save(garbage);
            store.awaitSave();
            int before = server.requests();
            validator(store).validate(TOKEN);
            assertEquals(before + 1, server.requests());
            store.awaitSave();
            assertTrue(store.load().contains("ec-a"), store.load());
        }
    }

    @Test
    void aLoadThatHangsIsGivenUpAndTheIssuerIsAsked() throws Exception {
        CountDownLatch interrupted = new CountDownLatch(1);
        JwtValidator validator = options(new MemoryStore() {
            @Override
            public String load() {
                try {
                    new CountDownLatch(1).await();
                } catch (InterruptedException timeout) {
                    interrupted.countDown();
                }
                return null;
            }
        }).jwksTimeout(Duration.ofMillis(300)).build();
        made.add(validator);
        CompletableFuture<VerifiedJwt> other = validator.validateAsync(TOKEN);
        assertEquals(Issuer.NAME, validator.validate(TOKEN).issuer());
        assertEquals(Issuer.NAME, other.get().issuer());
        interrupted.await();
        assertEquals(1, server.requests());
    }

    @Test
    void aLoadMayCallBack() throws Exception {
        AtomicReference<JwtValidator> validator = new AtomicReference<>();
        CountDownLatch interrupted = new CountDownLatch(1);
        validator.set(options(new MemoryStore() {
            @Override
            public String load() {
                validator.get().health();
                try {
                    for (;;) {
                        // Waits for what waits for it, until time is up.
                        validator.get().validate(TOKEN);
                        Thread.onSpinWait();
                        if (Thread.interrupted()) {
                            break;
                        }
                    }
                } catch (KeysUnavailableException whileWaiting) {
                    assertTrue(Thread.interrupted());
                }
                interrupted.countDown();
                return null;
            }
        }).jwksTimeout(Duration.ofMillis(300)).build());
        made.add(validator.get());
        assertEquals(Issuer.NAME, validator.get().validate(TOKEN).issuer());
        interrupted.await();
    }

    @Test
    void aSaveMayCallBack() throws Exception {
        AtomicReference<JwtValidator> validator = new AtomicReference<>();
        CompletableFuture<Object> inside = new CompletableFuture<>();
        validator.set(validator(new MemoryStore() {
            @Override
            public void save(String text) {
                super.save(text);
                if (saves() == 1) {
                    validator.get().importKeys(text);
                    validator.get().refreshKeys();
                    inside.complete(validator.get().validate(TOKEN).issuer() + validator.get().exportKeys().length());
                }
            }
        }));
        validator.get().validate(TOKEN);
        assertEquals(Issuer.NAME + validator.get().exportKeys().length(), inside.get(30, TimeUnit.SECONDS));
    }

    @Test
    void closingWakesThoseWhoWaitForTheStore() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        JwtValidator validator = validator(new MemoryStore() {
            @Override
            public String load() throws InterruptedException {
                asked.countDown();
                release.await();
                return "";
            }
        });
        CompletableFuture<VerifiedJwt> waiting = validator.validateAsync(TOKEN);
        asked.await();
        validator.close();
        Throwable problem = assertThrows(ExecutionException.class, () -> waiting.get(30, TimeUnit.SECONDS)).getCause();
        assertEquals(IllegalStateException.class, problem.getClass());
        release.countDown();
    }
}
