package io.jotgate;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The HTTP answer to a request that may not pass, in the manner of the policy's {@code responses}. Send it as it is.
 *
 * @param status the status code
 * @param headers the header fields to set, in order
 * @param body the body, which is JSON
 */
public record HttpAnswer(int status, Map<String, String> headers, String body) {
    /** Keeps a copy of the header fields. */
    public HttpAnswer {
        headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
    }
}
