package io.jotgate;

import static io.jotgate.support.Issuer.payload;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jotgate.support.Issuer;
import io.jotgate.support.TestClock;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class EventTest {
    private static final Instant NOW = Instant.ofEpochSecond(1_800_000_000);
    private static final Issuer ISSUER = new Issuer("a");
    private static final Fetcher GOOD = request -> new FetchResponse(200, ISSUER.jwks().getBytes());

    private final BlockingQueue<Event> told = new LinkedBlockingQueue<>();

    private static JwtValidatorBuilder options(Fetcher fetcher) {
        return JwtValidator.builder().issuer(Issuer.NAME).audience(Issuer.AUDIENCE).jwksUri("https://idp.test/jwks")
                .clock(new TestClock(NOW)).fetcher(fetcher);
    }

    private static String token(String... members) {
        return ISSUER.es256(payload(NOW.getEpochSecond() + 60, members));
    }

    private List<Event> next(Event.Kind... kinds) throws InterruptedException {
        List<Event> events = new ArrayList<>();
        for (Event.Kind kind : kinds) {
            Event event = told.poll(30, TimeUnit.SECONDS);
            assertEquals(kind, event == null ? null : event.kind());
            events.add(event);
        }
        return events;
    }

    @Test
    void fetchesAndRefusalsAreTold() throws Exception {
        try (JwtValidator validator = options(GOOD).onEvent(event -> {
            throw new IllegalStateException("a bug of the application");
        }).onEvent(told::add).build()) {
            validator.validate(token());
            List<Event> events = next(Event.Kind.FETCH_STARTED, Event.Kind.FETCH_OK, Event.Kind.KEYS_CHANGED);
            assertEquals(Map.of("forced", false, "metadata", false), events.get(0).details());
            assertEquals(200L, events.get(1).details().get("status"));
            assertEquals(2L, events.get(2).details().get("added"));
            for (Event event : events) {
                assertEquals(NOW, event.at());
                assertEquals(0, event.source());
            }
            assertThrows(TokenExpiredException.class, () -> validator.validate(ISSUER.es256(payload(1))));
            Event refused = next(Event.Kind.REJECTED).get(0);
            assertEquals(new Event(NOW, Event.Kind.REJECTED, -1, Code.EXPIRED, "exp", 0, -1, Map.of()), refused);
        }
        assertTrue(told.isEmpty(), told.toString());
    }

    @Test
    void aFailedFetchIsToldWithItsReason() throws Exception {
        try (JwtValidator validator = options(request -> {
            throw new IOException("down");
        }).onEvent(told::add).build()) {
            assertThrows(KeysUnavailableException.class, () -> validator.validate(token()));
            // The refusal is told by another thread than the failure.
            Map<Event.Kind, Event> events = new EnumMap<>(Event.Kind.class);
            while (events.size() < 3) {
                Event event = told.poll(30, TimeUnit.SECONDS);
                assertNotNull(event, events::toString);
                events.put(event.kind(), event);
            }
            assertEquals("connection", events.get(Event.Kind.FETCH_FAILED).details().get("problem"));
            assertEquals(Code.KEYS_UNAVAILABLE, events.get(Event.Kind.REJECTED).code());
        }
    }

    @Test
    void noPoolOfTheProcessIsNeededToEndAFetchThatHangs() throws Exception {
        BlockingQueue<String> threads = new LinkedBlockingQueue<>();
        try (JwtValidator validator = options(request -> {
            new CountDownLatch(1).await();
            return null;
        }).jwksTimeout(Duration.ofMillis(200)).onEvent(event -> {
            if (event.kind() == Event.Kind.FETCH_FAILED) {
                threads.add(Thread.currentThread().getName());
            }
        }).build()) {
            validator.refreshKeys();
            assertEquals("jotgate-overdue", threads.poll(30, TimeUnit.SECONDS));
        }
    }

    @Test
    void theApplicationsOwnRefusalsAreToldToo() throws Exception {
        try (JwtValidator validator = JwtValidator.builder().issuer(Issuer.NAME).audience(Issuer.AUDIENCE)
                .secret(Issuer.SECRET).clock(new TestClock(NOW)).revocationCheck(jwt -> true).onEvent(told::add).build()) {
            String token = Issuer.hs256(payload(NOW.getEpochSecond() + 60));
            assertThrows(InvalidTokenException.class, () -> validator.validate(token));
            assertEquals(Code.REVOKED, next(Event.Kind.REJECTED).get(0).code());
        }
    }

    @Test
    void aConsumerMayThrowAndValidate() {
        AtomicReference<JwtValidator> validator = new AtomicReference<>();
        CompletableFuture<Void> inside = new CompletableFuture<>();
        validator.set(options(GOOD).onEvent(event -> {
            if (event.kind() == Event.Kind.KEYS_CHANGED) {
                validator.get().validate(token());
                inside.complete(null);
            }
            throw new IllegalStateException("a bug of the application");
        }).build());
        validator.get().validate(token());
        inside.orTimeout(30, TimeUnit.SECONDS).join();
        validator.get().close();
    }

    @Test
    void aLoggerThatThrowsEndsNoTelling() throws Exception {
        CountDownLatch thrown = new CountDownLatch(1);
        // Kept here, because the JDK holds loggers weakly.
        Logger logger = Logger.getLogger("io.jotgate");
        logger.setFilter(entry -> {
            thrown.countDown();
            throw new IllegalStateException("a bug of the application");
        });
        try (JwtValidator validator = options(GOOD).onEvent(event -> {
            if (thrown.getCount() != 0) {
                throw new IllegalStateException("a bug of the application");
            }
            told.add(event);
        }).build()) {
            validator.validateAsync(token()); // tells on this thread or on that of the fetch, and fails on one of them
            thrown.await();
            for (boolean isForced = false; !isForced;) {
                validator.refreshKeys();
                Event event = told.poll(1, TimeUnit.MILLISECONDS);
                isForced = event != null && Boolean.TRUE.equals(event.details().get("forced"));
            }
        } finally {
            logger.setFilter(null);
        }
    }

    @Test
    void aRefreshOnDemandFetchesEverySet() throws Exception {
        JwtValidator validator = options(GOOD).onEvent(told::add).build();
        validator.refreshKeys();
        Event started = next(Event.Kind.FETCH_STARTED, Event.Kind.FETCH_OK, Event.Kind.KEYS_CHANGED).get(0);
        assertEquals(true, started.details().get("forced"));
        validator.validate(token());
        assertEquals(1, validator.health().sources().get(0).fetches());
        validator.close();
        assertThrows(IllegalStateException.class, validator::refreshKeys);
    }

    @Test
    void kindsOfLaterVersionsAreNoError() {
        Event event = Event.of(Map.of("at", 1.5, "source", 2L, "event", "something_new", "x", 1L));
        assertEquals(Event.Kind.OTHER, event.kind());
        assertEquals(Instant.ofEpochMilli(1500), event.at());
        assertEquals(Map.of("event", "something_new", "x", 1L), event.details());
    }
}
