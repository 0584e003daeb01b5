package io.jotgate;

/** A bug in this library, or a broken installation. The token is refused. */
public final class InternalErrorException extends JotgateException {
    private static final long serialVersionUID = 1L;

    InternalErrorException(String message) {
        super(Code.INTERNAL_ERROR, "internal_error: " + message, -1, -1, null);
    }
}
