package io.jotgate;

/** The token is meant for somebody else: {@link Code#AUDIENCE_MISMATCH}. */
public final class AudienceMismatchException extends InvalidTokenException {
    private static final long serialVersionUID = 1L;

    AudienceMismatchException(Rejection rejection) {
        super(rejection);
    }
}
