package io.jotgate;

/** The token must not pass. Subclasses exist for what applications tell apart; {@link #code()} tells all. */
public class InvalidTokenException extends JotgateException {
    private static final long serialVersionUID = 1L;

    private final String claim;

    InvalidTokenException(Rejection rejection) {
        super(rejection.code(), rejection.message(), rejection.issuer(), rejection.route(), rejection.cause());
        this.claim = rejection.claim();
    }

    /** The name of the claim that the code is about, never one from the token alone; {@code null} for none. */
    public String claim() {
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
