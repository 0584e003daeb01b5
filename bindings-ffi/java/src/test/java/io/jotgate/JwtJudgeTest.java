package io.jotgate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jotgate.support.Issuer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

class JwtJudgeTest {
    private static final long LATER = Instant.now().plusSeconds(600).getEpochSecond();
    private static final String TOKEN = Issuer.hs256(Issuer.payload(LATER, "\"client_id\":\"web\"", "\"jti\":\"7f3c\""));

    private final List<Event> events = new ArrayList<>();

    /** Its own checks are asked by the other methods alone. */
    private JwtValidator validator() {
        return JwtValidator.builder().issuer(Issuer.NAME).audience(Issuer.AUDIENCE).secret(Issuer.SECRET)
                .clientIdsByLookup()
                .clientLookup((client, jwt) -> {
                    throw new AssertionError("asked");
                })
                .revocationCheck(jwt -> {
                    throw new AssertionError("asked");
                })
                .onEvent(events::add).build();
    }

    private static JwtJudgement judged(CompletableFuture<JwtJudgement> later) {
        assertTrue(later.isDone());
        return later.join();
    }

    @Test
    void theQuestionsAreLeftToTheCaller() {
        try (JwtJudgement judgement = judged(validator().judge().token(TOKEN, null))) {
            assertEquals(JwtJudgement.Asks.CLIENT, judgement.asks());
            assertEquals("web", judgement.clientId());
            assertThrows(IllegalStateException.class, judgement::result);
            judgement.answer(true);
            assertEquals(JwtJudgement.Asks.REVOKED, judgement.asks());
            assertEquals("7f3c", judgement.jwt().tokenId());
            judgement.answer(false);
            assertNull(judgement.asks());
            assertThrows(IllegalStateException.class, judgement::clientId);
            assertThrows(IllegalStateException.class, () -> judgement.answer(true));
            assertEquals("web", judgement.result().orElseThrow().claim("client_id"));
        }
        assertEquals(List.of(), events);
    }

    @Test
    void answersRefuse() {
        JwtJudge judge = validator().judge();
        JwtJudgement unknown = judged(judge.token(TOKEN, null));
        unknown.answer(false);
        assertEquals(Code.CLIENT_NOT_ALLOWED, assertThrows(InvalidTokenException.class, unknown::result).code());
        JwtJudgement revoked = judged(judge.token(TOKEN, null));
        revoked.answer(true);
        revoked.answer(true);
        assertEquals(Code.REVOKED, assertThrows(InvalidTokenException.class, revoked::result).code());
        JwtJudgement failed = judged(judge.token(TOKEN, null));
        Exception why = new IllegalStateException("the store is down");
        failed.answer(true);
        failed.fail(why);
        assertSame(why, assertThrows(InternalErrorException.class, failed::result).getCause());
        assertEquals(3, events.size());
    }

    @Test
    void manyTokensAreJudgedAtOnce() {
        List<JwtJudgement> judgements = validator().judge().tokens(List.of(TOKEN, "x.y.z"), null);
        assertEquals(JwtJudgement.Asks.CLIENT, judgements.get(0).asks());
        judgements.get(0).close();
        judgements.get(0).close();
        assertNull(judgements.get(1).asks());
        assertEquals(Code.MALFORMED_TOKEN, assertThrows(InvalidTokenException.class, judgements.get(1)::result).code());
    }

    @Test
    void requestsAreJudgedAndExplained() {
        JwtValidator validator = JwtValidator.fromPolicy(Issuer.policyWithRoutes("{ \"path\": \"/open\", \"skip\": true }"));
        JwtRequest open = new JwtRequest("GET", "/open", "", Map.of());
        assertTrue(judged(validator.judge().request(reads -> open, null)).result().isEmpty());
        assertEquals("skipped", validator.judge().explanation(open, null).join().verdict());
        assertEquals("accepted", validator.judge().explanation(TOKEN, null).join().verdict());
        assertEquals(Code.EXPIRED, validator.judge().explanation(TOKEN, Instant.ofEpochSecond(LATER + 60)).join().code());
    }

    @Test
    void aClosedValidatorJudgesNothing() {
        JwtValidator validator = validator();
        validator.close();
        CompletableFuture<JwtJudgement> later = validator.judge().token(TOKEN, null);
        assertTrue(assertThrows(ExecutionException.class, later::get).getCause() instanceof IllegalStateException);
        assertThrows(ExecutionException.class, () -> validator.judge().explanation(TOKEN, null).get());
        assertThrows(IllegalStateException.class, () -> validator.judge().tokens(List.of(TOKEN), null));
    }
}
