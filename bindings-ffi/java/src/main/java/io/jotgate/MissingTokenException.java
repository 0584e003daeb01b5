package io.jotgate;

/** The request carries no token where the policy looks for one: {@link Code#MISSING_TOKEN}. */
public final class MissingTokenException extends InvalidTokenException {
    private static final long serialVersionUID = 1L;

    MissingTokenException(Rejection rejection) {
        super(rejection);
    }
}
