package io.jotgate;

import java.util.Map;

/**
 * How the cache of verified tokens is at one point in time.
 *
 * @param entries tokens that are kept
 * @param bytes what they take
 * @param hits tokens that were found
 * @param misses tokens that were looked for and not found
 * @param evictions entries that made room for others
 */
public record CacheHealth(long entries, long bytes, long hits, long misses, long evictions) {
    @SuppressWarnings("NullAway") // what the core tells has all members
    static CacheHealth of(Map<?, ?> cache) {
        return new CacheHealth((Long) cache.get("entries"), (Long) cache.get("bytes"), (Long) cache.get("hits"),
                (Long) cache.get("misses"), (Long) cache.get("evictions"));
    }
}
