package io.jotgate;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a request changes before it goes on to the application: take the fields of {@code remove} out, then set those of
 * {@code set}, then replace the query where there is one. Get one from {@link JwtValidator#forward}.
 *
 * @param remove the names of header fields; they compare without case, and every line of such a field goes
 * @param set header fields by name; values from claims are visible ASCII and spaces within, and no value ends its line
 * @param query the query without the token, as it was sent otherwise; {@code null} when it stays as it is
 */
public record Forward(List<String> remove, Map<String, String> set, @Nullable String query) {
    static final Forward NOTHING = new Forward(List.of(), Map.of(), null);

    /** Keeps copies. */
    public Forward {
        remove = List.copyOf(remove);
        set = Collections.unmodifiableMap(new LinkedHashMap<>(set));
    }

    static Forward of(List<?> parts) {
        List<?> fields = (List<?>) parts.get(1);
        Map<String, String> set = new LinkedHashMap<>();
        for (int i = 0; i < fields.size(); i += 2) {
            set.put((String) fields.get(i), (String) fields.get(i + 1));
        }
        List<String> remove = ((List<?>) parts.get(0)).stream().map(String.class::cast).toList();
        return new Forward(remove, set, (String) parts.get(2));
    }

    /** Whether the request goes on as it came. */
    public boolean isEmpty() {
        return remove.isEmpty() && set.isEmpty() && query == null;
    }

    /** The request that goes on in place of {@code request}. */
    public JwtRequest apply(JwtRequest request) {
        Map<String, List<String>> headers = new LinkedHashMap<>(request.headers());
        headers.keySet().removeIf(name -> remove.stream().anyMatch(name::equalsIgnoreCase));
        set.forEach((name, value) -> headers.put(name, List.of(value)));
        return new JwtRequest(request.method(), request.path(), query == null ? request.query() : query, headers);
    }

    /** Shows the names of fields, never their values: those are claims, and this text ends in logs. */
    @Override
    public String toString() {
        return "Forward[remove=" + remove + ", set=" + set.keySet() + "]";
    }
}
