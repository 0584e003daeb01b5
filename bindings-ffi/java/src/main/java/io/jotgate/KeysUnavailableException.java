package io.jotgate;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Nobody can say whether the token is good, because the issuer's keys are not at hand. Answer 503, not 401.
 *
 * <p>Where a fetch of theirs failed, the message says which URL, why, what the HTTP client said, and what to do. It is for
 * logs: {@link JwtValidator#answerTo} shows nothing of it.
 *
 * <p>A thread that is interrupted while it waits for keys gets this too, with the {@link InterruptedException} as its
 * cause and its interrupt flag set again.
 */
public final class KeysUnavailableException extends JotgateException {
    private static final long serialVersionUID = 1L;

    private final Instant retryAt;

    KeysUnavailableException(Instant retryAt, int issuer, String detail, @Nullable InterruptedException cause) {
        super(Code.KEYS_UNAVAILABLE, "keys_unavailable: " + detail, issuer, -1, cause);
        this.retryAt = retryAt;
    }

    /** When keys may be had again, by the validator's clock. */
    public Instant retryAt() {
        return retryAt;
    }
}
