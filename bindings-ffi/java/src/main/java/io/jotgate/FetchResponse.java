package io.jotgate;

import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What the issuer answered to a {@link FetchRequest}, whatever its status.
 *
 * @param status the HTTP status code
 * @param headers the header fields; names in any case
 * @param body the body after content decoding; not copied, so leave it alone afterwards
 */
public record FetchResponse(int status, Map<String, List<String>> headers, byte[] body) {
    /** Refuses {@code null}. */
    public FetchResponse {
        Objects.requireNonNull(headers, "headers");
        Objects.requireNonNull(body, "body");
    }

    /** An answer without header fields that matter. */
    public FetchResponse(int status, byte[] body) {
        this(status, Map.of(), body);
    }
}
