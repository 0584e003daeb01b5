package io.jotgate;

import static io.jotgate.support.Issuer.payload;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jotgate.support.Issuer;
import io.jotgate.support.KeyServer;
import io.jotgate.support.TestClock;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many tokens in one call. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BatchTest {
    private static final long NOW = 1_800_000_000;
    private static final Clock CLOCK = new TestClock(Instant.ofEpochSecond(NOW));
    private static final Issuer ISSUER = new Issuer("a");
    private static final String OTHER = "https://other.test/";
    private static final String GOOD = ISSUER.es256(payload(NOW + 60));

    private static JwtValidatorBuilder withSecret() {
        return JwtValidator.builder().issuer(Issuer.NAME).audience(Issuer.AUDIENCE).secret(Issuer.SECRET).clock(CLOCK);
    }

    private static JwtValidatorBuilder fetching(Fetcher fetcher) {
        return JwtValidator.builder().issuer(Issuer.NAME).audience(Issuer.AUDIENCE).jwksUri("https://idp.test/jwks")
                .fetcher(fetcher).clock(CLOCK);
    }

    /** No timer ends a fetch: those who wait for it do. */
    private static Timers deaf() {
        return new Timers() {
            @Override
            public CompletableFuture<Object> ofWork(CompletableFuture<Object> end, long millis) {
                return end;
            }
        };
    }

    /** A policy for two issuers, each with a key set of its own. */
    private static JwtValidatorBuilder ofTwo(String jwks, String options, String otherJwks, String otherOptions) {
        return JwtValidator.builder().clock(CLOCK).policy("""
                {"version": 1, "issuers": [
                    {"issuer": "%s", "audience": "any", "keys": {"jwks_uri": "%s"}, "jwks": %s},
                    {"issuer": "%s", "audience": "any", "keys": {"jwks_uri": "%s"}, "jwks": %s}]}
                """.formatted(Issuer.NAME, jwks, options, OTHER, otherJwks, otherOptions));
    }

    private static String ofOther(Issuer issuer) {
        return issuer.rs256("{\"iss\":\"" + OTHER + "\",\"aud\":\"x\",\"exp\":" + (NOW + 60) + "}");
    }

    private static FetchResponse keys() {
        return new FetchResponse(200, ISSUER.jwks().getBytes(StandardCharsets.UTF_8));
    }

    /** Tokens that pass, and tokens that are refused for all sorts of reasons. */
    private static List<String> mixed() {
        String good = Issuer.hs256(payload(NOW + 60, "\"name\":\"Zoë\"", "\"nbf\":" + NOW));
        return List.of(good, good.substring(0, good.lastIndexOf('.') + 1) + "A".repeat(43), "", "no token",
                Issuer.hs256(payload(NOW - 60)), good + "\u00ff", good.replace('.', (char) ('.' + 0x100)), "\ud83d\ude00",
                Issuer.hs256(payload(NOW + 60).replace(Issuer.NAME, OTHER)), "x".repeat(100_000), Issuer.hs256(payload(NOW + 60)));
    }

    /** All that can be seen of an outcome. */
    private static String told(Supplier<VerifiedJwt> ask) {
        try {
            VerifiedJwt jwt = ask.get();
            return jwt.headerJson() + jwt.payloadJson() + jwt.claims() + jwt.issuerIndex();
        } catch (JotgateException problem) {
            String more = problem instanceof InvalidTokenException invalid ? invalid.claim() : "";
            more += problem instanceof KeysUnavailableException unavailable ? unavailable.retryAt() : "";
            return problem + more + problem.code() + problem.issuerIndex() + problem.routeIndex() + problem.getCause();
        }
    }

    private static List<JwtOutcome> assertAlike(JwtValidator validator, List<String> tokens) {
        List<JwtOutcome> outcomes = validator.validateMany(tokens);
        assertEquals(tokens.stream().map(token -> told(() -> validator.validate(token))).toList(),
                outcomes.stream().map(outcome -> told(outcome::orThrow)).toList());
        return outcomes;
    }

    private static Code code(JwtOutcome outcome) {
        return assertInstanceOf(JwtOutcome.Refused.class, outcome).problem().code();
    }

    @Test
    void aBatchGivesWhatEachTokenGetsAlone() {
        try (JwtValidator validator = withSecret().build()) {
            List<String> tokens = mixed();
            List<JwtOutcome> outcomes = assertAlike(validator, tokens);
            assertInstanceOf(JwtOutcome.Accepted.class, outcomes.get(0));
            assertEquals(Code.EXPIRED, code(outcomes.get(4)));
            assertInstanceOf(TokenExpiredException.class, assertThrows(JotgateException.class, outcomes.get(4)::orThrow));
            assertEquals("Accepted[jwt=VerifiedJwt[issuers[0]]]", outcomes.get(0).toString());
            assertThrows(UnsupportedOperationException.class, () -> outcomes.remove(0));

            Instant earlier = Instant.ofEpochSecond(NOW - 61);
            List<JwtOutcome> before = validator.validateManyAsOf(tokens, earlier);
            assertEquals(tokens.stream().map(token -> told(() -> validator.validateAsOf(token, earlier))).toList(),
                    before.stream().map(outcome -> told(outcome::orThrow)).toList());
            assertInstanceOf(JwtOutcome.Accepted.class, before.get(4));
        }
    }

    @Test
    void moreThanCrossesAtOnceIsJudgedAsOne() {
        List<String> few = mixed();
        try (JwtValidator validator = withSecret().build()) {
            List<String> alone = few.stream().map(token -> told(() -> validator.validate(token))).toList();
            List<String> many = new ArrayList<>();
            List<String> expected = new ArrayList<>();
            for (int i = 0; i < 10_000; i++) {
                int which = i % 100 == 0 ? 9 : i % 9; // the longest one now and then, so that bytes count too
                many.add(few.get(which));
                expected.add(alone.get(which));
            }
            assertEquals(expected,
                    validator.validateMany(many).stream().map(outcome -> told(outcome::orThrow)).toList());
        }
    }

    @Test
    void noTokensHaveNoOutcomes() {
        try (JwtValidator validator = withSecret().build()) {
            assertEquals(List.of(), validator.validateMany(List.of()));
        }
    }

    @Test
    void whatIsNoTokenIsNoVerdict() {
        List<Event> told = new ArrayList<>();
        try (JwtValidator validator = withSecret().onEvent(told::add).build()) {
            assertThrows(NullPointerException.class, () -> validator.validateMany(null));
            assertThrows(NullPointerException.class, () -> validator.validateMany(Arrays.asList("no token", null)));
            assertThrows(NullPointerException.class, () -> validator.validateManyAsOf(List.of("no token"), null));
        }
        assertEquals(List.of(), told);
        // More than cross at once, so that the first of them could be judged before the last one is seen.
        List<String> many = new ArrayList<>(Collections.nCopies(5000, GOOD));
        many.add(null);
        try (JwtValidator validator = fetching(request -> keys()).build()) {
            assertThrows(NullPointerException.class, () -> validator.validateMany(many));
            assertEquals(0, validator.health().sources().get(0).fetches());
        }
    }

    @Test
    void eachKeySetIsFetchedOnce() throws Exception {
        Issuer other = new Issuer("b");
        try (KeyServer server = new KeyServer(KeyServer.serving(ISSUER.jwks()));
                KeyServer otherServer = new KeyServer(KeyServer.serving(other.jwks()));
                JwtValidator validator = ofTwo(server.url(), "{}", otherServer.url(), "{}").build()) {
            List<String> three = List.of(GOOD, "no token", ofOther(other));
            List<String> tokens = new ArrayList<>();
            Collections.nCopies(2000, three).forEach(tokens::addAll);
            List<JwtOutcome> outcomes = validator.validateMany(tokens);
            for (int i = 0; i < tokens.size(); i++) {
                assertEquals(i % 3 != 1, outcomes.get(i) instanceof JwtOutcome.Accepted, "token " + i);
            }
            assertEquals(List.of(1, 1), List.of(server.requests(), otherServer.requests()));
            assertAlike(validator, three);
        }
    }

    @Test
    void anOutageIsThatOfItsIssuerAlone() throws Exception {
        try (KeyServer server = new KeyServer(KeyServer.serving(500, "text/plain", ""));
                KeyServer otherServer = new KeyServer(KeyServer.serving(ISSUER.jwks()));
                JwtValidator validator = ofTwo(server.url(), "{}", otherServer.url(), "{}").build()) {
            List<JwtOutcome> outcomes = assertAlike(validator, List.of(GOOD, ofOther(ISSUER), GOOD));
            assertEquals(1, server.requests());
            assertInstanceOf(JwtOutcome.Accepted.class, outcomes.get(1));
            JwtOutcome.Refused first = assertInstanceOf(JwtOutcome.Refused.class, outcomes.get(0));
            JwtOutcome.Refused last = assertInstanceOf(JwtOutcome.Refused.class, outcomes.get(2));
            assertTrue(first.problem().getMessage().contains("status_500"), first.toString());
            assertNotSame(first.problem(), last.problem());
        }
    }

    /** The first source answers when the second one is given up: by those who wait, since no timer ends its fetch. */
    @Test
    void patienceIsThatOfEachKeySet() {
        AtomicReference<JwtValidator> asked = new AtomicReference<>();
        try (JwtValidator validator = ofTwo("https://idp.test/jwks", "{}", OTHER + "jwks", "{\"timeout\": \"200ms\"}").timers(deaf())
                .fetcher(request -> {
                    while (!"timeout".equals(asked.get().health().sources().get(1).lastError())
                            || request.url().startsWith(OTHER)) {
                        Thread.sleep(1);
                    }
                    return keys();
                }).build()) {
            asked.set(validator);
            List<JwtOutcome> outcomes = validator.validateMany(List.of(GOOD, ofOther(ISSUER)));
            assertInstanceOf(JwtOutcome.Accepted.class, outcomes.get(0));
            assertEquals(Code.KEYS_UNAVAILABLE, code(outcomes.get(1)));
        }
    }

    /** Key sets that never come are waited for at the same time, and not one after the other. */
    @Test
    void patienceIsNotAddedUp() {
        CountDownLatch release = new CountDownLatch(1);
        String options = "{\"timeout\": \"2s\"}";
        try (JwtValidator validator = ofTwo("https://idp.test/jwks", options, OTHER + "jwks", options).timers(deaf())
                .fetcher(request -> {
                    release.await();
                    return keys();
                }).build()) {
            long begun = System.nanoTime();
            List<JwtOutcome> outcomes = validator.validateMany(List.of(GOOD, ofOther(ISSUER)));
            long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
            outcomes.forEach(outcome -> assertEquals(Code.KEYS_UNAVAILABLE, code(outcome)));
            assertTrue(millis >= 2000 && millis < 3900, millis + " ms");
        } finally {
            release.countDown();
        }
    }

    @Test
    void whoIsInterruptedKeepsTheVerdictsThatThereAre() throws Exception {
        CountDownLatch fetching = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        try (JwtValidator validator = fetching(request -> {
            fetching.countDown();
            release.await();
            return keys();
        }).build()) {
            CompletableFuture<List<JwtOutcome>> judged = new CompletableFuture<>();
            CompletableFuture<Boolean> isInterrupted = new CompletableFuture<>();
            Thread caller = new Thread(() -> {
                judged.complete(validator.validateMany(List.of(GOOD, "no token", GOOD)));
                isInterrupted.complete(Thread.interrupted());
            });
            caller.start();
            fetching.await();
            caller.interrupt();
            List<JwtOutcome> outcomes = judged.get();
            assertTrue(isInterrupted.get());
            for (int place : List.of(0, 2)) {
                JwtOutcome.Refused refused = assertInstanceOf(JwtOutcome.Refused.class, outcomes.get(place));
                assertInstanceOf(KeysUnavailableException.class, refused.problem());
                assertInstanceOf(InterruptedException.class, refused.problem().getCause());
            }
            assertEquals(Code.MALFORMED_TOKEN, code(outcomes.get(1)));

            release.countDown();
            assertAlike(validator, List.of(GOOD));
            assertEquals(1, validator.health().sources().get(0).fetches());
            // What waits for nothing is not interrupted.
            Thread.currentThread().interrupt();
            JwtOutcome outcome = validator.validateMany(List.of(GOOD)).get(0);
            assertTrue(Thread.interrupted());
            assertInstanceOf(JwtOutcome.Accepted.class, outcome);
        }
    }

    @Test
    void closingEndsTheWait() throws Exception {
        CountDownLatch fetching = new CountDownLatch(1);
        JwtValidator validator = fetching(request -> {
            fetching.countDown();
            new CountDownLatch(1).await();
            return null;
        }).build();
        CompletableFuture<List<JwtOutcome>> judged =
                CompletableFuture.supplyAsync(() -> validator.validateMany(List.of(GOOD, "no token")));
        fetching.await();
        validator.close();
        assertInstanceOf(IllegalStateException.class, assertThrows(ExecutionException.class, judged::get).getCause());
        assertThrows(IllegalStateException.class, () -> validator.validateMany(List.of("no token")));
    }

    @Test
    void theApplicationIsAskedTokenByTokenAfterwards() {
        List<String> heard = new ArrayList<>();
        try (JwtValidator validator = fetching(request -> keys()).clientIdsByLookup().clientLookup((client, jwt) -> {
            heard.add("client " + client);
            return !client.equals("bad");
        }).revocationCheck(jwt -> {
            heard.add("revoked " + jwt.claim("azp"));
            return false;
        }).transform(claims -> {
            heard.add("seen " + claims.get("azp"));
            claims.put("mine", true);
            return claims;
        }).onEvent(event -> {
            if (event.kind() == Event.Kind.REJECTED) {
                heard.add(event.code().toString());
            }
        }).build()) {
            List<String> tokens = List.of(ofClient("one"), "no token", ofClient("bad"), ofClient("two"));
            List<JwtOutcome> outcomes = validator.validateMany(tokens);
            assertEquals(List.of("client one", "revoked one", "seen one", "malformed_token", "client bad", "client_not_allowed",
                    "client two", "revoked two", "seen two"), heard);
            assertEquals(true, outcomes.get(3).orThrow().claim("mine"));
            assertAlike(validator, tokens);
        }
    }

    /** What the application has not been asked about is memory of the native library's. */
    @Test
    void anErrorOfTheApplicationsEndsTheBatch() {
        Error bug = new StackOverflowError();
        try (JwtValidator validator = withSecret().revocationCheck(jwt -> {
            throw bug;
        }).build()) {
            List<String> tokens = Collections.nCopies(3, Issuer.hs256(payload(NOW + 60)));
            assertSame(bug, assertThrows(StackOverflowError.class, () -> validator.validateMany(tokens)));
        }
    }

    @Test
    void outcomesOutliveTheValidator() {
        JwtValidator validator = withSecret().build();
        List<JwtOutcome> outcomes = validator.validateMany(mixed());
        validator.close();
        assertEquals("Zoë", outcomes.get(0).orThrow().claim("name"));
        assertFalse(outcomes.get(1).toString().contains("Zoë"));
    }

    private static String ofClient(String name) {
        return ISSUER.es256(payload(NOW + 60, "\"azp\":\"" + name + "\""));
    }
}
