package io.jotgate;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How one source of fetched keys is.
 *
 * @param issuerIndex the entry of the policy's {@code issuers}, counted from 0
 * @param url the URL that the policy names: of the key set, or of the metadata that names the key set's
 * @param jwksUri where the metadata says that the key set lies; {@code null} when there is none
 * @param state what validations can count on
 * @param inFlight whether a fetch is out
 * @param age the time since the last successful fetch was started; {@code null} before the first
 * @param keys keys that can be used
 * @param skipped the first of the keys that cannot
 * @param skippedCount how many cannot
 * @param nextRefresh when the next refresh may start; {@code null} while nothing but a token would start one
 * @param fetches fetches that were started
 * @param failures fetches that failed
 * @param failuresInARow fetches that failed since the last success
 * @param notModified answers 304
 * @param shared fetches that ended without a request, because the {@link KeyStore} had a set that another process fetched
 * @param bytes bytes of all bodies
 * @param lastError why the last fetch failed, such as {@code status_500}; {@code null} when a success came after it
 * @param floodRejections tokens refused at once because the budget of fetches for unknown key ids was spent
 */
public record KeySource(
        int issuerIndex, String url, String jwksUri, State state, boolean inFlight, Duration age, int keys,
        List<SkippedKey> skipped, int skippedCount, Instant nextRefresh, long fetches, long failures,
        int failuresInARow, long notModified, long shared, long bytes, String lastError, long floodRejections) {

    /** What validations can count on at one source. */
    public enum State {
        /** There was no set yet. */
        EMPTY,
        /** The set is fresh. */
        FRESH,
        /** The set is fresh, and it is time to refresh it. */
        DUE,
        /** The set is past its freshness and serves until {@code max_stale}. */
        STALE,
        /** The set is past {@code max_stale} and serves no more. */
        EXPIRED
    }

    /**
     * A key of a set that cannot be used.
     *
     * @param kid the key's id as the issuer wrote it, cut after 64 characters, or {@code null}; escape it before it ends
     *     in a log
     * @param reason why; a fixed text
     */
    public record SkippedKey(String kid, String reason) {}

    /** Keeps a copy of the list. */
    public KeySource {
        skipped = List.copyOf(skipped);
    }

    static KeySource of(Map<?, ?> source) {
        List<SkippedKey> skipped = ((List<?>) source.get("skipped")).stream().map(element -> {
            Map<?, ?> key = (Map<?, ?>) element;
            return new SkippedKey((String) key.get("kid"), (String) key.get("reason"));
        }).toList();
        Long age = millis(source.get("age"));
        Long nextRefresh = millis(source.get("next_refresh"));
        return new KeySource(
                count(source, "issuer"),
                (String) source.get("url"),
                (String) source.get("jwks_uri"),
                State.valueOf(((String) source.get("state")).toUpperCase(Locale.ROOT)),
                (Boolean) source.get("in_flight"),
                age == null ? null : Duration.ofMillis(age),
                count(source, "keys"),
                skipped,
                count(source, "skipped_count"),
                nextRefresh == null ? null : Instant.ofEpochMilli(nextRefresh),
                (Long) source.get("fetches"),
                (Long) source.get("failures"),
                count(source, "failures_in_a_row"),
                (Long) source.get("not_modified"),
                (Long) source.get("shared"),
                (Long) source.get("bytes"),
                (String) source.get("last_error"),
                (Long) source.get("flood_rejections"));
    }

    private static int count(Map<?, ?> source, String name) {
        return Math.toIntExact((Long) source.get(name));
    }

    /** The core counts in whole milliseconds and writes seconds. */
    private static Long millis(Object seconds) {
        return seconds == null ? null : Math.round(((Number) seconds).doubleValue() * 1_000);
    }
}
