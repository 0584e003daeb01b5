package io.jotgate;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The parts of an HTTP request that a policy looks at.
 *
 * @param method the method as sent
 * @param path the path without the query, not decoded
 * @param query the query without its question mark, not decoded; empty when there is none
 * @param headers all header fields, each with the values of all its field lines; names in any case
 */
public record JwtRequest(String method, String path, String query, Map<String, List<String>> headers) {
    /** Refuses {@code null}. */
    public JwtRequest {
        Objects.requireNonNull(method, "method");
        Objects.requireNonNull(path, "path");
        Objects.requireNonNull(query, "query");
        Objects.requireNonNull(headers, "headers");
    }

    /** A request to {@code uri}. */
    public static JwtRequest of(String method, URI uri, Map<String, List<String>> headers) {
        return new JwtRequest(method, orEmpty(uri.getRawPath()), orEmpty(uri.getRawQuery()), headers);
    }

    /** Shows the method alone: paths, queries and header fields may carry tokens. */
    @Override
    public String toString() {
        return "JwtRequest[" + method + "]";
    }

    /** The texts of the parts that are read. */
    byte[] texts(RequestParts reads) {
        List<String> texts = new ArrayList<>(List.of(method, path, reads.query() ? query : ""));
        headers.forEach((name, values) -> {
            if (reads.hasHeader(name)) {
                for (String value : values) {
                    texts.add(name);
                    texts.add(value);
                }
            }
        });
        return Flat.texts(texts);
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }
}
