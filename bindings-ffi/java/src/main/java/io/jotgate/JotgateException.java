package io.jotgate;

import org.jspecify.annotations.Nullable;

/**
 * What every exception of this library derives from. Its message holds no part of a token, no claim value and no key.
 */
public abstract class JotgateException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Code code;
    private final int issuer;
    private final int route;

    JotgateException(Code code, @Nullable String message, int issuer, int route, @Nullable Throwable cause) {
        this(code, message, issuer, route, cause, true);
    }

    JotgateException(Code code, @Nullable String message, int issuer, int route, @Nullable Throwable cause, boolean hasStackTrace) {
        super(message, cause, true, hasStackTrace);
        this.code = code;
        this.issuer = issuer;
        this.route = route;
    }

    /** What is wrong, stable and the same in every language. */
    public Code code() {
        return code;
    }

    /** Which entry of the policy's {@code issuers} the token's {@code iss} picked, counted from 0; -1 for none. */
    public int issuerIndex() {
        return issuer;
    }

    /** Which entry of the policy's {@code routes} the request took, counted from 0; -1 for none. */
    public int routeIndex() {
        return route;
    }
}
