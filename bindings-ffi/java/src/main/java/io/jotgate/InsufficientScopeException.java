package io.jotgate;

/** The token lacks a scope: {@link Code#INSUFFICIENT_SCOPE}. */
public final class InsufficientScopeException extends InvalidTokenException {
    private static final long serialVersionUID = 1L;

    InsufficientScopeException(Rejection rejection) {
        super(rejection);
    }
}
