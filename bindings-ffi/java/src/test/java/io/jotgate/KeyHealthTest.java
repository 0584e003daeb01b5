package io.jotgate;

import static io.jotgate.support.Issuer.payload;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.jotgate.support.Issuer;
import io.jotgate.support.KeyServer;
import io.jotgate.support.TestClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How key sets are, and how they move to another validator. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class KeyHealthTest {
    private static final long NOW = 1_800_000_000;
    private static final Issuer ISSUER = new Issuer("a");
    private static final String TOKEN = ISSUER.es256(payload(NOW + 1_000_000));

    private final TestClock clock = new TestClock(Instant.ofEpochSecond(NOW));
    private KeyServer server;

    @BeforeEach
    void start() throws Exception {
        server = new KeyServer(KeyServer.serving(ISSUER.jwks()));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private JwtValidator validator() {
        return JwtValidator.builder().issuer(Issuer.NAME).audience(Issuer.AUDIENCE).jwksUri(server.url()).clock(clock).build();
    }

    private static KeySource only(JwtValidator validator) {
        List<KeySource> sources = validator.health().sources();
        assertEquals(1, sources.size());
        return sources.get(0);
    }

    @Test
    void theCacheTellsWhatItHolds() {
        try (JwtValidator without = validator()) {
            assertNull(without.health().cache());
        }
        String plain = Issuer.policyWithRoutes("{ \"path\": \"/open\", \"skip\": true }");
        String policy = plain.substring(0, plain.lastIndexOf('}')) + ", \"cache\": { \"entries\": 8 } }";
        String token = Issuer.hs256(payload(Instant.now().getEpochSecond() + 600));
        try (JwtValidator with = JwtValidator.fromPolicy(policy)) {
            for (int i = 0; i < 3; i++) {
                with.validate(token);
            }
            CacheHealth cache = with.health().cache();
            assertEquals(new CacheHealth(1, cache.bytes(), 2, 1, 0), cache);
            assertFalse(cache.bytes() < token.length());
        }
    }

    @Test
    void aSourceTellsWhatHappenedToIt() {
        try (JwtValidator validator = validator()) {
            KeySource before = only(validator);
            assertEquals(0, before.issuerIndex());
            assertEquals(server.url(), before.url());
            assertNull(before.jwksUri());
            assertEquals(KeySource.State.EMPTY, before.state());
            assertNull(before.age());
            assertEquals(0, server.requests());

            server.set(KeyServer.serving(500, "text/plain", "no"));
            KeysUnavailableException down = assertThrows(KeysUnavailableException.class, () -> validator.validate(TOKEN));
            KeySource failed = only(validator);
            assertEquals("status_500", failed.lastError());
            assertEquals(1, failed.failuresInARow());

            String unusable = "{\"kty\":\"oct\",\"kid\":\"odd\",\"k\":\"AAAA\"},";
            String set = ISSUER.jwks().replace("{\"keys\":[", "{\"keys\":[" + unusable);
            server.set(KeyServer.serving(set));
            clock.set(down.retryAt());
            validator.validate(TOKEN);
            clock.advance(Duration.ofMillis(2_500));
            KeySource after = only(validator);
            assertEquals(KeySource.State.FRESH, after.state());
            assertEquals(Duration.ofMillis(2_500), after.age());
            assertEquals(2, after.keys());
            assertEquals(1, after.skippedCount());
            assertEquals("odd", after.skipped().get(0).kid());
            assertEquals(2, after.fetches());
            assertEquals(1, after.failures());
            assertEquals(0, after.failuresInARow());
            assertNull(after.lastError());
            assertEquals(true, after.nextRefresh().isAfter(clock.instant()));
            assertFalse(after.inFlight());
        }
    }

    @Test
    void anExportStartsAnotherValidatorWarm() {
        String snapshot;
        try (JwtValidator first = validator()) {
            first.validate(TOKEN);
            snapshot = first.exportKeys();
        }
        assertEquals(1, server.requests());
        try (JwtValidator second = validator()) {
            assertEquals(1, second.importKeys(snapshot));
            assertEquals(Issuer.NAME, second.validate(TOKEN).issuer());
            assertEquals(KeySource.State.FRESH, only(second).state());
            assertEquals(0, second.importKeys(snapshot));
        }
        assertEquals(1, server.requests());
    }

    @Test
    void whatIsNoSnapshotChangesNothing() {
        try (JwtValidator validator = validator()) {
            assertThrows(IllegalArgumentException.class, () -> validator.importKeys("{}"));
            validator.validate(TOKEN);
            String snapshot = validator.exportKeys();
            clock.advance(Duration.ofDays(-1));
            try (JwtValidator earlier = validator()) {
                assertThrows(IllegalArgumentException.class, () -> earlier.importKeys(snapshot));
                assertEquals(KeySource.State.EMPTY, only(earlier).state());
            }
        }
    }
}
