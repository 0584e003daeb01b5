package io.jotgate;

/** The token is not valid yet: {@link Code#NOT_YET_VALID}. */
public final class TokenNotYetValidException extends InvalidTokenException {
    private static final long serialVersionUID = 1L;

    TokenNotYetValidException(Rejection rejection) {
        super(rejection);
    }
}
