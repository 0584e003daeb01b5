package io.jotgate;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One GET that a {@link Fetcher} is asked to do.
 *
 * @param url an absolute URL from the policy
 * @param headers header fields to send, names in lower case
 * @param timeout the longest time that the whole exchange may take, the body included
 * @param maxBody the longest body to read, in bytes, counted after content decoding
 */
public record FetchRequest(String url, Map<String, String> headers, Duration timeout, long maxBody) {
    /** Keeps a copy of the header fields. */
    public FetchRequest {
        headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
    }
}
