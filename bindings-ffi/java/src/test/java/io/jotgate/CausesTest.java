package io.jotgate;

import static io.jotgate.support.Issuer.payload;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.jotgate.support.Issuer;
import io.jotgate.support.KeyServer;
import io.jotgate.support.SelfSigned;
import io.jotgate.support.TestClock;
import io.jotgate.support.Warnings;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Why a fetch failed, over real sockets: everywhere it is told, and in the log once. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CausesTest {
    private static final long NOW = 1_800_000_000;
    private static final Issuer ISSUER = new Issuer("a");
    private static final String TOKEN = ISSUER.es256(payload(NOW + 1_000_000));

    @TempDir
    Path folder;

    private final TestClock clock = new TestClock(Instant.ofEpochSecond(NOW));
    private Warnings warnings;
    private KeyServer server;

    @BeforeEach
    void start() throws Exception {
        warnings = new Warnings();
        server = new KeyServer(KeyServer.serving(ISSUER.jwks()));
    }

    @AfterEach
    void stop() {
        server.close();
        warnings.close();
    }

    private JwtValidatorBuilder options(String url) {
        return JwtValidator.builder().issuer(Issuer.NAME).audience(Issuer.AUDIENCE).jwksUri(url).clock(clock);
    }

    /** The keys of this URL are not to be had; says so, for this reason, wherever it is asked. */
    private void assertTold(String url, String problem, String cause) {
        List<Event> events = new CopyOnWriteArrayList<>();
        try (JwtValidator validator = options(url).onEvent(events::add).build()) {
            KeysUnavailableException thrown = assertThrows(KeysUnavailableException.class, () -> validator.validate(TOKEN));
            // Told before those who wait are woken.
            List<String> written = warnings.since();
            String words = cause == null ? url + ": " + problem + ": " : url + ": " + problem + " (" + cause + "): ";
            assertTrue(thrown.getMessage().startsWith("keys_unavailable: the issuer's keys are not at hand: " + words),
                    thrown.getMessage());
            assertEquals(1, written.size(), written.toString());
            assertTrue(written.get(0).contains(words), written.get(0));

            KeySource source = validator.health().sources().get(0);
            assertEquals(problem, source.lastError());
            assertEquals(cause, source.lastErrorCause());
            Explanation.KeySet set = validator.explain(TOKEN).keySets().get(0);
            assertEquals(cause, set.lastErrorCause());
            assertEquals(source.lastErrorHint(), set.lastErrorHint());
            while (events.stream().noneMatch(event -> event.kind() == Event.Kind.FETCH_FAILED)) {
                Thread.yield();
            }
            Event failed = events.stream().filter(event -> event.kind() == Event.Kind.FETCH_FAILED).findFirst().orElseThrow();
            assertEquals(cause, failed.details().get("cause"));

            HttpAnswer answer = validator.answerTo(thrown);
            assertEquals(503, answer.status());
            assertFalse((answer.headers() + answer.body()).contains(url), answer.toString());
            assertFalse(cause != null && (answer.headers() + answer.body()).contains(cause), answer.toString());
        }
    }

    @Test
    void nobodyListens() {
        String url = server.url();
        server.close();
        assertTold(url, "connection",
                "java.net.ConnectException: refused or unreachable: java.nio.channels.ClosedChannelException");
    }

    @Test
    void aNameThatNobodyHas() {
        assertTold("https://no-such-host.invalid/jwks", "connection", "java.nio.channels.UnresolvedAddressException");
    }

    @Test
    void aCertificateThatNobodyTrusts() throws Exception {
        HttpsServer https = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        https.setHttpsConfigurator(new HttpsConfigurator(SelfSigned.tls(folder)));
        https.start();
        try {
            assertTold("https://localhost:" + https.getAddress().getPort() + "/jwks", "certificate",
                    "sun.security.provider.certpath.SunCertPathBuilderException: "
                            + "unable to find valid certification path to requested target");
        } finally {
            https.stop(0);
        }
    }

    @Test
    void aRedirect() {
        server.set(exchange -> {
            exchange.getResponseHeaders().set("Location", "https://elsewhere.test/jwks");
            exchange.sendResponseHeaders(302, -1);
        });
        assertTold(server.url(), "status_302", "to https://elsewhere.test/jwks");
    }

    @Test
    void aServerThatFails() {
        server.set(KeyServer.serving(500, "text/plain", "no"));
        assertTold(server.url(), "status_500", null);
    }

    @Test
    void anEpisodeIsWarnedOfOnce() {
        try (JwtValidator validator = options(server.url()).build()) {
            KeyServer.Behaviour bad = KeyServer.serving(500, "text/plain", "no");
            server.set(bad);
            for (int i = 0; i < 3; i++) {
                KeysUnavailableException down = assertThrows(KeysUnavailableException.class, () -> validator.validate(TOKEN));
                clock.set(down.retryAt());
            }
            assertEquals(3, server.requests());
            assertEquals(1, warnings.since().size());

            server.set(KeyServer.serving(ISSUER.jwks()));
            validator.validate(TOKEN);
            assertNull(validator.health().sources().get(0).lastErrorCause());
            assertEquals(List.of(), warnings.since());

            server.set(bad);
            for (long failed = 3; failed < 5; failed++) {
                validator.refreshKeys();
                while (validator.health().sources().get(0).failures() == failed) {
                    Thread.yield();
                }
                clock.advance(java.time.Duration.ofHours(1));
            }
            List<String> second;
            do {
                second = warnings.since();
            } while (second.isEmpty());
            assertEquals(1, second.size(), second.toString());
        }
        assertEquals(List.of(), warnings.since());
    }

    @Test
    void aLoggerThatThrowsKeepsNobodyWaiting() {
        // Kept here, because the JDK holds loggers weakly.
        Logger logger = Logger.getLogger("io.jotgate");
        server.set(KeyServer.serving(500, "text/plain", "no"));
        logger.setFilter(entry -> {
            throw new IllegalStateException("a bug of the application");
        });
        try (JwtValidator validator = options(server.url()).build()) {
            KeysUnavailableException down = assertThrows(KeysUnavailableException.class, () -> validator.validate(TOKEN));
            clock.set(down.retryAt());
            server.set(KeyServer.serving(ISSUER.jwks()));
            validator.validate(TOKEN);
            assertEquals(2, server.requests());
        } finally {
            logger.setFilter(null);
        }
    }

    @Test
    void anAnswerThatIsNoneIsTold() {
        try (JwtValidator validator = options("https://idp.test/jwks").fetcher(request -> null).build()) {
            assertThrows(KeysUnavailableException.class, () -> validator.validate(TOKEN));
            KeySource source = validator.health().sources().get(0);
            assertEquals("callback", source.lastError());
            assertTrue(source.lastErrorCause().contains("null"), source.lastErrorCause());
        }
    }
}
