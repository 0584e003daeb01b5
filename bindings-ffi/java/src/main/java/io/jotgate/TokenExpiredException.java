package io.jotgate;

/** The token has expired: {@link Code#EXPIRED}. */
public final class TokenExpiredException extends InvalidTokenException {
    private static final long serialVersionUID = 1L;

    TokenExpiredException(Rejection rejection) {
        super(rejection);
    }
}
