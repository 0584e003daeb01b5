package io.jotgate;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The parts of requests that a policy reads, beside method and path. They stay the same as long as the validator lives.
 *
 * @param headers the names of the header fields in lower case, cookies being {@code cookie}; empty when all fields are read
 * @param query whether the query is read
 */
public record RequestParts(Optional<Set<String>> headers, boolean query) {
    /** Whether a header field of this name is read; names compare without case. */
    public boolean hasHeader(String name) {
        if (headers.isEmpty()) {
            return true;
        }
        // One or two names, and hardly any field has a name as long: quicker than making it lower case.
        for (String read : headers.get()) {
            if (read.equalsIgnoreCase(name)) {
                return true;
            }
        }
        return false;
    }

    @SuppressWarnings("NullAway") // what the core tells has all members
    static RequestParts of(Map<?, ?> told) {
        Optional<Set<String>> names = Optional.ofNullable((List<?>) told.get("headers"))
                .map(list -> list.stream().map(String.class::cast).collect(Collectors.toUnmodifiableSet()));
        return new RequestParts(names, (Boolean) told.get("query"));
    }
}
