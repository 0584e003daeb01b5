package io.jotgate;

import org.jspecify.annotations.Nullable;

/**
 * The token must not pass. Subclasses exist for what applications tell apart; {@link #code()} tells all.
 *
 * <p>It has no stack trace: a refusal is an answer like any other, and whoever sends bad tokens must not cost more than whoever
 * sends good ones. What a check of the application's own has thrown is the cause, and keeps its trace.
 */
public class InvalidTokenException extends JotgateException {
    private static final long serialVersionUID = 1L;

    private final @Nullable String claim;
    private final String detail;

    InvalidTokenException(Rejection rejection) {
        super(rejection.code(), null, rejection.issuer(), rejection.route(), rejection.cause(), false);
        this.claim = rejection.claim();
        this.detail = rejection.detail();
    }

    /** Code, what was expected, and the claim: for logs. Put together when it is asked for. */
    @Override
    public String getMessage() {
        return code() + ": " + detail + (claim == null ? "" : " (" + claim + ")");
    }

    /** The name of the claim that the code is about, never one from the token alone; {@code null} for none. */
    public @Nullable String claim() {
        return claim;
    }

    static InvalidTokenException of(Rejection rejection) {
        return switch (rejection.code()) {
            case MISSING_TOKEN -> new MissingTokenException(rejection);
            case INVALID_SIGNATURE -> new SignatureVerificationException(rejection);
            case EXPIRED -> new TokenExpiredException(rejection);
            case NOT_YET_VALID -> new TokenNotYetValidException(rejection);
            case MISSING_CLAIM -> new MissingClaimException(rejection);
            case AUDIENCE_MISMATCH -> new AudienceMismatchException(rejection);
            case INSUFFICIENT_SCOPE -> new InsufficientScopeException(rejection);
            default -> new InvalidTokenException(rejection);
        };
    }
}
