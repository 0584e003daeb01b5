package io.jotgate;

import org.jspecify.annotations.Nullable;

/**
 * A bug in this library, a broken installation, or an exception of the application's own check, which then is the cause.
 * The token is refused.
 */
public final class InternalErrorException extends JotgateException {
    private static final long serialVersionUID = 1L;

    InternalErrorException(String message) {
        this(message, -1, -1, null);
    }

    InternalErrorException(String message, int issuer, int route, @Nullable Exception cause) {
        super(Code.INTERNAL_ERROR, "internal_error: " + message, issuer, route, cause);
    }
}
