package io.jotgate;

import java.util.Objects;

/** What one token of a batch has come to: the value of what {@link JwtValidator#validate} gives or throws. */
public sealed interface JwtOutcome {
    /**
     * The token may pass.
     *
     * @param jwt its claims
     */
    record Accepted(VerifiedJwt jwt) implements JwtOutcome {
        /** Refuses {@code null}. */
        public Accepted {
            Objects.requireNonNull(jwt, "jwt");
        }

        @Override
        public VerifiedJwt orThrow() {
            return jwt;
        }
    }

    /**
     * The token must not pass.
     *
     * @param problem an {@link InvalidTokenException}, a {@link KeysUnavailableException} or an {@link InternalErrorException}
     */
    record Refused(JotgateException problem) implements JwtOutcome {
        /** Refuses {@code null}. */
        public Refused {
            Objects.requireNonNull(problem, "problem");
        }

        @Override
        public VerifiedJwt orThrow() {
            throw problem;
        }
    }

    /**
     * The token that may pass.
     *
     * @throws JotgateException it must not
     */
    VerifiedJwt orThrow();
}
