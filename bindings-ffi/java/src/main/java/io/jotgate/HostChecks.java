package io.jotgate;

import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the application itself has to say about a token that the policy lets pass, and what it is told of refusals.
 *
 * @param lookup null where the policy leaves no client to the application
 * @param revocation null for none
 * @param transform null for none
 */
record HostChecks(
        @Nullable ClientLookup lookup, @Nullable RevocationCheck revocation, @Nullable ClaimsTransform transform,
        EventTeller events, Clock clock) {

    /** @throws JotgateException the token must not pass, for whatever reason */
    VerifiedJwt token(Verdict verdict) {
        return shown(() -> decided(verdict));
    }

    /**
     * As {@link #token(Verdict)} where the application has said its word already.
     *
     * @param cause what its answer has thrown, or null
     */
    VerifiedJwt token(Verdict last, @Nullable Exception cause) {
        return shown(() -> last.orThrow(cause));
    }

    /**
     * The token, or nothing for a request that needs none.
     *
     * @throws JotgateException the request must not pass, for whatever reason
     */
    Optional<VerifiedJwt> request(Verdict verdict) {
        return verdict.isSkipped() ? Optional.empty() : Optional.of(token(verdict));
    }

    /** As {@link #token}, with the refusal as a value. */
    JwtOutcome outcome(Verdict verdict) {
        try {
            return new JwtOutcome.Accepted(token(verdict));
        } catch (JotgateException refusal) {
            return new JwtOutcome.Refused(refusal);
        }
    }

    private VerifiedJwt shown(Supplier<VerifiedJwt> decided) {
        try {
            VerifiedJwt jwt = decided.get();
            return transform == null ? jwt : transformed(jwt, transform);
        } catch (InvalidTokenException | KeysUnavailableException | InternalErrorException refusal) {
            events.tellRefusal(clock, refusal);
            throw refusal;
        }
    }

    /** Answers until the core has no question left. What a refusal says comes from the core. */
    private VerifiedJwt decided(Verdict verdict) {
        Verdict last = verdict;
        Exception cause = null;
        while (last.undecided() != null) {
            try (Undecided undecided = last.undecided()) {
                int answer;
                try {
                    answer = answer(undecided) ? Numbers.Answer.YES : Numbers.Answer.NO;
                } catch (Exception problem) {
                    cause = noted(problem);
                    answer = Numbers.Answer.FAILED;
                }
                last = undecided.answer(answer);
            }
        }
        return last.orThrow(cause);
    }

    private boolean answer(Undecided undecided) throws Exception {
        return switch (undecided.question) {
            case Numbers.Question.CLIENT -> Objects.requireNonNull(lookup).isKnown(undecided.clientId, undecided.jwt());
            case Numbers.Question.REVOKED -> Objects.requireNonNull(revocation).isRevoked(undecided.jwt());
            default -> throw new IllegalStateException("a question that this version does not know");
        };
    }

    private VerifiedJwt transformed(VerifiedJwt jwt, ClaimsTransform transformation) {
        try {
            Map<String, @Nullable Object> claims = transformation.transform(new LinkedHashMap<>(jwt.signedClaims()));
            return jwt.showing(claims);
        } catch (Exception problem) {
            throw new InternalErrorException(
                    "the transformation of claims failed", jwt.issuerIndex(), -1, noted(problem));
        }
    }

    /** Whoever waits further up must still learn that the thread was interrupted. */
    private static Exception noted(Exception problem) {
        if (problem instanceof InterruptedException) {
            Thread.currentThread().interrupt();
        }
        return problem;
    }
}
