package io.jotgate;

import java.util.List;
import java.util.Map;

/**
 * How the key sets of a validator are at one point in time.
 *
 * @param sources one for each URL of the policy, in the policy's order
 * @param eventsDropped events that were dropped because nobody took them
 */
public record KeyHealth(List<KeySource> sources, long eventsDropped) {
    /** Keeps a copy of the list. */
    public KeyHealth {
        sources = List.copyOf(sources);
    }

    static KeyHealth of(Map<?, ?> health) {
        List<KeySource> sources = ((List<?>) health.get("sources")).stream()
                .map(source -> KeySource.of((Map<?, ?>) source)).toList();
        return new KeyHealth(sources, (Long) health.get("events_dropped"));
    }
}
