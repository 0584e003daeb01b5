package io.jotgate;

import java.util.List;
import java.util.Map;

/**
 * How the key sets of a validator, and its cache of verified tokens, are at one point in time.
 *
 * @param sources one for each URL of the policy, in the policy's order
 * @param eventsDropped events that were dropped because nobody took them
 * @param cache how the cache of verified tokens is; {@code null} where the policy has none
 */
public record KeyHealth(List<KeySource> sources, long eventsDropped, CacheHealth cache) {
    /** Keeps a copy of the list. */
    public KeyHealth {
        sources = List.copyOf(sources);
    }

    static KeyHealth of(Map<?, ?> health) {
        List<KeySource> sources = ((List<?>) health.get("sources")).stream()
                .map(source -> KeySource.of((Map<?, ?>) source)).toList();
        CacheHealth cache = health.get("cache") instanceof Map<?, ?> written ? CacheHealth.of(written) : null;
        return new KeyHealth(sources, (Long) health.get("events_dropped"), cache);
    }
}
