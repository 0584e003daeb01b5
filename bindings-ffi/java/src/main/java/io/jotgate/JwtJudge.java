package io.jotgate;

import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Asks the policy alone, and leaves the application's own checks to whoever asked: for adapters to kinds of concurrency in which a
 * {@link ClientLookup} or a {@link RevocationCheck} waits without a thread, such as coroutines. Get one from {@link
 * JwtValidator#judge}; all others want the methods of {@link JwtValidator}.
 *
 * <p>Nothing here blocks but {@link #tokens}. The futures complete on the calling thread when the keys are at hand, else on the
 * default executor of {@link CompletableFuture}; cancelling one ends no fetch. An {@code asOf} is as for {@link
 * JwtValidator#validateAsOf}, and {@code null} for the time that it is.
 */
public final class JwtJudge {
    private final Driver driver;
    private final HostChecks host;

    JwtJudge(Driver driver, HostChecks host) {
        this.driver = driver;
        this.host = host;
    }

    /**
     * Judges a token.
     *
     * @return fails where the validator is closed, or with a bug
     */
    public CompletableFuture<JwtJudgement> token(String token, @Nullable Instant asOf) {
        return later(driver.core(), Question.of(token, asOf));
    }

    /**
     * Finds the token in a request and judges it.
     *
     * @param request makes the request of the parts that the policy reads which judges it
     * @return fails where the validator is closed, or with a bug
     */
    public CompletableFuture<JwtJudgement> request(Function<RequestParts, JwtRequest> request, @Nullable Instant asOf) {
        Core core = driver.core();
        return later(core, Question.of(request.apply(core.reads), core.reads, asOf));
    }

    /**
     * Judges many tokens, as {@link JwtValidator#validateMany} does. Blocks until the last one has its verdict.
     *
     * @return as many as there are tokens, in their order; each has to be ended or closed
     */
    public List<JwtJudgement> tokens(List<String> tokens, @Nullable Instant asOf) {
        Batch batch = new Batch(tokens, asOf);
        try {
            driver.judge(batch);
            return batch.judgements(host);
        } catch (Throwable problem) {
            batch.close();
            throw problem;
        }
    }

    /** Says why a token may pass, or why not, as {@link JwtValidator#explain} does. */
    public CompletableFuture<Explanation> explanation(String token, @Nullable Instant asOf) {
        return explained(driver.core(), Question.of(token, asOf));
    }

    /** Says why a request may pass, or why not, as {@link JwtValidator#explainRequest} does. */
    public CompletableFuture<Explanation> explanation(JwtRequest request, @Nullable Instant asOf) {
        Core core = driver.core();
        return explained(core, Question.of(request, core.reads, asOf));
    }

    private CompletableFuture<JwtJudgement> later(Core core, Question question) {
        try {
            return driver.verdictLater(core, question).thenApply(verdict -> new JwtJudgement(host, verdict));
        } catch (RuntimeException problem) {
            return CompletableFuture.failedFuture(problem);
        }
    }

    private CompletableFuture<Explanation> explained(Core core, Question question) {
        try {
            return driver.verdictLater(core, question).thenApply(verdict -> {
                verdict.dismiss();
                return core.explain(question, driver.now());
            });
        } catch (RuntimeException problem) {
            return CompletableFuture.failedFuture(problem);
        }
    }
}
