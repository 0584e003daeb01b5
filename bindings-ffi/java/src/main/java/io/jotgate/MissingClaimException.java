package io.jotgate;

/** A claim that the policy requires is absent: {@link Code#MISSING_CLAIM}. */
public final class MissingClaimException extends InvalidTokenException {
    private static final long serialVersionUID = 1L;

    MissingClaimException(Rejection rejection) {
        super(rejection);
    }
}
