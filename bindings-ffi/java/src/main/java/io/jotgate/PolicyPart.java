package io.jotgate;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A part of a {@link PolicyDocument}: the members that were set, and nothing else. It shows none, for some are secrets. */
abstract class PolicyPart<P extends PolicyPart<P>> {
    final Map<String, Object> members = new LinkedHashMap<>();

    @SuppressWarnings("unchecked") // P is the class itself: each part says so of itself, and nobody else can make one.
    final P set(String name, Object value) {
        members.put(name, value instanceof PolicyPart<?> part ? part.members : value);
        return (P) this;
    }

    static List<Map<String, Object>> all(PolicyPart<?>... parts) {
        return Arrays.stream(parts).map(part -> part.members).toList();
    }
}
