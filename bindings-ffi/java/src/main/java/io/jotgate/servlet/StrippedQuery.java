package io.jotgate.servlet;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A query from which parameters were taken, and what that means for the parameters that a container has read. */
final class StrippedQuery {
    private final String before;
    /** Null for none, as containers have it. */
    private final @Nullable String after;
    private final Map<String, List<String>> gone = new LinkedHashMap<>();

    /** {@code after} has the parameters of {@code before} but for those of some names, all else as it was. */
    StrippedQuery(String before, String after) {
        this.before = before;
        this.after = after.isEmpty() ? null : after;
        Set<String> staying = new HashSet<>(List.of(after.split("&")));
        for (String parameter : before.split("&")) {
            if (!staying.contains(parameter)) {
                String[] parts = parameter.split("=", 2);
                gone.computeIfAbsent(decoded(parts[0]), name -> new ArrayList<>())
                        .add(parts.length == 1 ? "" : decoded(parts[1]));
            }
        }
    }

    /** The query in place of {@code now}, which is another one when the application has dispatched the request to it. */
    @Nullable String of(@Nullable String now) {
        return before.equals(now) ? after : now;
    }

    /**
     * The parameters without those that are gone. A body may have sent others of the same name, which stay: they stand
     * behind those of the query (Jakarta Servlet 6.0 section 3.1).
     */
    Map<String, String[]> of(Map<String, String[]> parameters) {
        Map<String, String[]> left = new LinkedHashMap<>(parameters);
        gone.forEach((name, values) -> left.computeIfPresent(name, (same, all) -> without(all, values)));
        return Collections.unmodifiableMap(left);
    }

    /** Null when nothing is left. */
    private static String @Nullable [] without(String[] all, List<String> values) {
        List<String> left = new ArrayList<>(List.of(all));
        long unseen = values.stream().filter(value -> !left.remove(value)).count();
        // What the container has read in another way than we is one of those in front.
        left.subList(0, (int) Math.min(unseen, left.size())).clear();
        return left.isEmpty() ? null : left.toArray(String[]::new);
    }

    /** What is no escape stays as it is, as browsers have it. */
    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException noEscape) {
            return text;
        }
    }
}
