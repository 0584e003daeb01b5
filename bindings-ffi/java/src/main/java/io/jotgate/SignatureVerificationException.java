package io.jotgate;

/** The signature does not verify: {@link Code#INVALID_SIGNATURE}. */
public final class SignatureVerificationException extends InvalidTokenException {
    private static final long serialVersionUID = 1L;

    SignatureVerificationException(Rejection rejection) {
        super(rejection);
    }
}
