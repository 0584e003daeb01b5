package io.jotgate;

import static io.jotgate.support.Issuer.payload;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jotgate.support.Issuer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who is woken by what. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DriverTest {
    private static final long NOW = 1_800_000_000;
    private static final Issuer ISSUER = new Issuer("a");
    private static final String TOKEN = ISSUER.es256(payload(NOW + 60));
    private static final int WAITERS = 8;
    private static final int OTHERS = 50;

    /** The core is asked once for each look at the clock; the test itself and the ends of work look too. */
    private static final class CountingClock extends Clock {
        private final Thread test = Thread.currentThread();
        private final AtomicInteger asked = new AtomicInteger();

        @Override
        public Instant instant() {
            if (Thread.currentThread() != test && !Thread.currentThread().getName().startsWith("jotgate-")) {
                asked.incrementAndGet();
            }
            return Instant.ofEpochSecond(NOW);
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    @Test
    void aFetchWakesThoseWhoWaitForItAndNobodyElse() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        CountingClock clock = new CountingClock();
        FetchResponse keys = new FetchResponse(200, ISSUER.jwks().getBytes(StandardCharsets.UTF_8));
        try (JwtValidator validator = JwtValidator.builder().clock(clock).fetcher(request -> {
            if (request.url().contains("slow")) {
                release.await();
            }
            return keys;
        }).policy("""
                {"version": 1, "issuers": [
                    {"issuer": "%s", "audience": "any", "keys": {"jwks_uri": "https://slow.test/jwks"},
                     "jwks": {"timeout": "50s"}},
                    {"issuer": "https://other.test/", "audience": "any", "keys": {"jwks_uri": "https://other.test/jwks"}}]}
                """.formatted(Issuer.NAME)).build()) {
            List<Thread> threads = new ArrayList<>();
            List<CompletableFuture<VerifiedJwt>> futures = new ArrayList<>();
            for (int i = 0; i < WAITERS; i++) {
                Thread thread = new Thread(() -> validator.validate(TOKEN));
                thread.start();
                threads.add(thread);
                futures.add(validator.validateAsync(TOKEN));
            }
            while (!threads.stream().allMatch(thread -> thread.getState() == Thread.State.TIMED_WAITING)) {
                Thread.yield();
            }
            for (int i = 1; i <= OTHERS; i++) {
                validator.refreshKeys();
                KeySource other = validator.health().sources().get(1);
                while (other.inFlight() || other.fetches() < i) {
                    Thread.yield();
                    other = validator.health().sources().get(1);
                }
            }
            release.countDown();
            for (Thread thread : threads) {
                thread.join();
            }
            for (CompletableFuture<VerifiedJwt> future : futures) {
                assertEquals(Issuer.NAME, future.get().issuer());
            }
            // Threads before and after, futures after: the test asked for them before. A fetch that ends at once may read the
            // clock on the thread that began it; the ends of the others, were they to wake anybody, would be hundreds.
            int asked = clock.asked.get();
            assertTrue(asked >= WAITERS * 3 && asked < OTHERS, "asked " + asked + " times");
        }
    }

    @Test
    void whatEndsAfterItsTimeIsOfNoConsequence() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch ended = new CountDownLatch(1);
        FetchResponse keys = new FetchResponse(200, ISSUER.jwks().getBytes(StandardCharsets.UTF_8));
        try (JwtValidator validator = JwtValidator.builder().issuer(Issuer.NAME).audience(Issuer.AUDIENCE)
                .jwksUri("https://idp.test/jwks").jwksTimeout(Duration.ofMillis(300))
                .clock(Clock.fixed(Instant.ofEpochSecond(NOW), ZoneOffset.UTC)).fetcher(request -> {
                    for (boolean waiting = true; waiting;) {
                        try {
                            release.await();
                            waiting = false;
                        } catch (InterruptedException timeout) {
                            // Deaf to interrupts.
                        }
                    }
                    ended.countDown();
                    return keys;
                }).build()) {
            CompletableFuture<VerifiedJwt> other = validator.validateAsync(TOKEN);
            assertThrows(KeysUnavailableException.class, () -> validator.validate(TOKEN));
            assertThrows(Exception.class, other::get);
            release.countDown();
            ended.await();
            assertThrows(KeysUnavailableException.class, () -> validator.validate(TOKEN));
            assertEquals("timeout", validator.health().sources().get(0).lastError());
        }
    }
}
