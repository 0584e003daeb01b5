package io.jotgate;

import static io.jotgate.support.Issuer.payload;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jotgate.support.Issuer;
import io.jotgate.support.TestClock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.AbstractMap;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Fetchers of the application's, which may do what they want without keeping anybody waiting. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FetcherTest {
    private static final long NOW = 1_800_000_000;
    private static final Issuer ISSUER = new Issuer("a");
    private static final String TOKEN = ISSUER.es256(payload(NOW + 60));

    private static JwtValidatorBuilder options(Fetcher fetcher) {
        return JwtValidator.builder().issuer(Issuer.NAME).audience(Issuer.AUDIENCE)
                .jwksUri("https://idp.test/jwks").fetcher(fetcher)
                .clock(new TestClock(Instant.ofEpochSecond(NOW)));
    }

    private static FetchResponse keys() {
        return new FetchResponse(200, ISSUER.jwks().getBytes(StandardCharsets.UTF_8));
    }

    private static void assertUnavailable(JwtValidatorBuilder options) {
        try (JwtValidator validator = options.build()) {
            assertThrows(KeysUnavailableException.class, () -> validator.validate(TOKEN));
        }
    }

    @Test
    void theRequestSaysWhatToGet() {
        AtomicReference<FetchRequest> seen = new AtomicReference<>();
        options(request -> {
            seen.set(request);
            assertTrue(Thread.currentThread().isDaemon());
            return keys();
        }).jwksTimeout(Duration.ofSeconds(7)).jwksMaxBody(4321).build().validate(TOKEN);
        assertEquals("https://idp.test/jwks", seen.get().url());
        assertEquals(Duration.ofSeconds(7), seen.get().timeout());
        assertEquals(4321, seen.get().maxBody());
        assertTrue(seen.get().headers().get("accept").contains("application/json"));
        assertTrue(seen.get().headers().get("user-agent").startsWith("jotgate/"));
    }

    @Test
    void whateverAFetcherThrowsEndsTheFetchAtOnce() throws Exception {
        for (Throwable thrown : List.of(new IllegalStateException(), new IOException(), new StackOverflowError())) {
            try (JwtValidator validator = options(request -> {
                if (thrown instanceof Error error) {
                    throw error;
                }
                throw (Exception) thrown;
            }).jwksTimeout(Duration.ofSeconds(60)).build()) {
                Future<VerifiedJwt> result = validator.validateAsync(TOKEN);
                Throwable problem = assertThrows(ExecutionException.class, () -> result.get(30, TimeUnit.SECONDS));
                assertInstanceOf(KeysUnavailableException.class, problem.getCause());
            }
        }
    }

    @Test
    void garbageIsAFailedFetch() {
        Map<String, List<String>> nullName = Collections.singletonMap(null, List.of("x"));
        Map<String, List<String>> nullValue = Map.of("x", Collections.singletonList(null));
        assertUnavailable(options(request -> null));
        assertUnavailable(options(request -> new FetchResponse(200, nullName, new byte[0])));
        assertUnavailable(options(request -> new FetchResponse(200, nullValue, new byte[0])));
        assertUnavailable(options(request -> new FetchResponse(-1, keys().body())));
        assertUnavailable(options(request -> new FetchResponse(70_000, keys().body())));
        assertUnavailable(options(request -> new FetchResponse(200, null)));
    }

    @Test
    void headersThatThrowAnErrorAreAFailedFetch() {
        Map<String, List<String>> broken = new AbstractMap<>() {
            @Override
            public Set<Entry<String, List<String>>> entrySet() {
                throw new StackOverflowError();
            }
        };
        assertUnavailable(options(request -> new FetchResponse(200, broken, keys().body())));
    }

    @Test
    void aFetcherThatHangsIsInterrupted() throws Exception {
        CountDownLatch interrupted = new CountDownLatch(1);
        assertUnavailable(options(request -> {
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException timeout) {
                interrupted.countDown();
                throw timeout;
            }
            return null;
        }).jwksTimeout(Duration.ofMillis(200)));
        interrupted.await();
    }

    @Test
    void aClockThatBreaksLetsEveryFetchEnd() {
        AtomicBoolean broken = new AtomicBoolean();
        Clock clock = new Clock() {
            @Override
            public Instant instant() {
                // Whole at the first look and broken when the fetch ends.
                if (broken.get()) {
                    throw new IllegalStateException("broken clock");
                }
                return Instant.ofEpochSecond(NOW);
            }

            @Override
            public java.time.ZoneId getZone() {
                return java.time.ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(java.time.ZoneId zone) {
                return this;
            }
        };
        JwtValidator validator = options(request -> {
            broken.set(true);
            return keys();
        }).clock(clock).build();
        assertThrows(IllegalStateException.class, () -> validator.validate(TOKEN));
        broken.set(false);
        validator.validate(TOKEN);
    }
}
