package io.jotgate;

import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the policy says of a token, while the application may still have to say something: see {@link JwtJudge}. It is no permission
 * before {@link #result()}.
 *
 * <pre>{@code
 * while (judgement.asks() != null) {
 *     judgement.answer(judgement.asks() == JwtJudgement.Asks.CLIENT ? … : …);
 * }
 * return judgement.result();
 * }</pre>
 *
 * <p>Used by one thread at a time. One that is given up is closed, or else freed when nobody reaches it any more.
 */
public final class JwtJudgement implements AutoCloseable {
    /** What the application is asked. */
    public enum Asks {
        /** Whether it knows the client {@link JwtJudgement#clientId()}: what a {@link ClientLookup} says. */
        CLIENT,
        /** Whether the token was revoked: what a {@link RevocationCheck} says. */
        REVOKED
    }

    private final HostChecks host;
    /** Null where there is a problem in its stead. */
    private @Nullable Verdict last;
    private final @Nullable JotgateException problem;
    private @Nullable Exception cause;

    JwtJudgement(HostChecks host, Verdict verdict) {
        this.host = host;
        this.last = verdict;
        this.problem = null;
        refuseUnknown();
    }

    JwtJudgement(HostChecks host, JotgateException problem) {
        this.host = host;
        this.last = null;
        this.problem = problem;
    }

    /** What the application is asked next; {@code null} when nothing is open. */
    public @Nullable Asks asks() {
        Undecided undecided = undecided();
        if (undecided == null) {
            return null;
        }
        return undecided.question == Numbers.Question.CLIENT ? Asks.CLIENT : Asks.REVOKED;
    }

    /** What the token calls its client; empty for other questions. */
    public String clientId() {
        return open().clientId;
    }

    /** The token that the question is about. */
    public UndecidedJwt jwt() {
        return open().jwt();
    }

    /** Answers the question. */
    public void answer(boolean yes) {
        answered(yes ? Numbers.Answer.YES : Numbers.Answer.NO);
    }

    /** Says that nobody could answer, which refuses the token; {@code why} becomes the cause of what {@link #result()} throws. */
    public void fail(Exception why) {
        cause = why;
        answered(Numbers.Answer.FAILED);
    }

    /**
     * The token that may pass; empty when a route of the policy lets the request through without one. Ask once: events tell of each
     * refusal.
     *
     * @throws InvalidTokenException the token must not pass
     * @throws KeysUnavailableException nobody can say, for now
     * @throws InternalErrorException a bug; the token must not pass
     * @throws IllegalStateException a question is open
     */
    public Optional<VerifiedJwt> result() {
        if (problem != null) {
            throw problem;
        }
        if (undecided() != null) {
            throw new IllegalStateException("the question of asks() is open");
        }
        Verdict verdict = Objects.requireNonNull(last, "either a verdict or a problem");
        return verdict.isSkipped() ? Optional.empty() : Optional.of(host.token(verdict, cause));
    }

    /** Gives the token up about which a question is open. */
    @Override
    public void close() {
        if (last != null) {
            last.dismiss();
        }
    }

    private @Nullable Undecided undecided() {
        return last == null ? null : last.undecided();
    }

    private Undecided open() {
        Undecided undecided = undecided();
        if (undecided == null) {
            throw new IllegalStateException("no question is open");
        }
        return undecided;
    }

    private void answered(int answer) {
        try (Undecided undecided = open()) {
            last = undecided.answer(answer);
        }
        refuseUnknown();
    }

    /** A question that this version does not know has no answer, so the token does not pass. */
    private void refuseUnknown() {
        Undecided undecided = undecided();
        if (undecided != null && undecided.question != Numbers.Question.CLIENT && undecided.question != Numbers.Question.REVOKED) {
            fail(new IllegalStateException("a question that this version does not know"));
        }
    }
}
