package io.jotgate;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

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
 * @param lenient the first of the keys that count although RFC 7518 spells their numbers otherwise
 * @param lenientCount how many do
 * @param nextRefresh when the next refresh may start; {@code null} while nothing but a token would start one
 * @param fetches fetches that were started
 * @param failures fetches that failed
 * @param fetchTime the time that all fetches took which were answered or failed, of metadata and looks into a store, too; over
 *     {@code fetches} it is how long one takes. Those that were cancelled or lost do not count
 * @param failuresInARow fetches that failed since the last success
 * @param notModified answers 304
 * @param shared fetches that ended without a request, because the {@link KeyStore} had a set that another process fetched
 * @param bytes bytes of all bodies
 * @param lastError why the last fetch failed, such as {@code status_500}; {@code null} when a success came after it
 * @param lastErrorCause what the HTTP client said of it, or where a redirect leads: one line of at most 300 characters;
 *     {@code null} for nothing
 * @param lastErrorHint what that means and what to do; where metadata is about another issuer, both names: escape it before
 *     it ends in a log
 * @param floodRejections tokens refused at once because the budget of fetches for unknown key ids was spent
 */
public record KeySource(
        int issuerIndex, String url, @Nullable String jwksUri, State state, boolean inFlight, @Nullable Duration age, int keys,
        List<KeyNote> skipped, int skippedCount, List<KeyNote> lenient, int lenientCount,
        @Nullable Instant nextRefresh, long fetches, long failures, Duration fetchTime,
        int failuresInARow, long notModified, long shared, long bytes, @Nullable String lastError,
        @Nullable String lastErrorCause, @Nullable String lastErrorHint, long floodRejections) {

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
     * A key of a set that cannot be used, or that counts in a spelling of its own.
     *
     * @param index the place in the set's list, counted from 0
     * @param kid the key's id as the issuer wrote it, cut after 64 characters, or {@code null}; escape it before it ends
     *     in a log
     * @param reason why: a stable name, such as {@code rsa_length}, the same in every language
     * @param detail the same in words
     */
    public record KeyNote(int index, @Nullable String kid, String reason, String detail) {
        @SuppressWarnings("NullAway") // what the core tells has all members
        static List<KeyNote> of(Object notes) {
            return ((List<?>) notes).stream().map(element -> {
                Map<?, ?> note = (Map<?, ?>) element;
                return new KeyNote(Math.toIntExact((Long) note.get("index")), (String) note.get("kid"),
                        (String) note.get("reason"), (String) note.get("detail"));
            }).toList();
        }
    }

    /** Keeps copies of the lists. */
    public KeySource {
        skipped = List.copyOf(skipped);
        lenient = List.copyOf(lenient);
    }

    @SuppressWarnings("NullAway") // what the core tells has all members
    static KeySource of(Map<?, ?> source) {
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
                KeyNote.of(source.get("skipped")),
                count(source, "skipped_count"),
                KeyNote.of(source.get("lenient")),
                count(source, "lenient_count"),
                nextRefresh == null ? null : Instant.ofEpochMilli(nextRefresh),
                (Long) source.get("fetches"),
                (Long) source.get("failures"),
                Duration.ofMillis(millis(source.get("fetch_time"))),
                count(source, "failures_in_a_row"),
                (Long) source.get("not_modified"),
                (Long) source.get("shared"),
                (Long) source.get("bytes"),
                (String) source.get("last_error"),
                (String) source.get("last_error_cause"),
                (String) source.get("last_error_hint"),
                (Long) source.get("flood_rejections"));
    }

    @SuppressWarnings("NullAway") // what the core tells has all members
    private static int count(Map<?, ?> source, String name) {
        return Math.toIntExact((Long) source.get(name));
    }

    /** The core counts in whole milliseconds and writes seconds. */
    private static @Nullable Long millis(@Nullable Object seconds) {
        return seconds == null ? null : Math.round(((Number) seconds).doubleValue() * 1_000);
    }
}
