package io.jotgate;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened, for logs and metrics. Nothing in it comes from a token.
 *
 * @param at when, on the validator's clock
 * @param kind what happened
 * @param source the place of the key set in {@link KeyHealth#sources()}; -1 for {@link Kind#REJECTED} and {@link Kind#POLICY_REPLACED}
 * @param code why a token did not pass, {@link Code#KEYS_UNAVAILABLE} when nobody could say; {@code null} for other kinds
 * @param claim the claim that the code is about, a registered name or the policy's; {@code null} for none
 * @param issuerIndex the entry of the policy's {@code issuers} that refused; -1 for none and for all other kinds
 * @param routeIndex the entry of the policy's {@code routes} that the request took; -1 for none and for all other kinds
 * @param details what else the kind tells, as the core names it: String, Boolean, Long or Double by name
 */
public record Event(
        Instant at, Kind kind, int source, @Nullable Code code, @Nullable String claim, int issuerIndex, int routeIndex,
        Map<String, @Nullable Object> details) {

    /** What happened. New kinds may be added. */
    public enum Kind {
        /** A fetch was asked for: {@code forced}, {@code metadata}. */
        FETCH_STARTED,
        /** A fetch brought a key set, metadata, or the word that nothing changed: {@code status}, {@code bytes}. */
        FETCH_OK,
        /** A fetch ended without a request, by a set in the {@link KeyStore}: its {@code age} in whole seconds. */
        FETCH_SHARED,
        /**
         * A fetch brought neither: {@code problem} such as {@code status_500}, {@code cause} what the HTTP client said of it or
         * where a redirect leads, if anything, {@code hint} what it means and what to do, {@code retry_at} in Unix seconds.
         */
        FETCH_FAILED,
        /** The keys are others than before: {@code added}, {@code removed}, {@code keys}. */
        KEYS_CHANGED,
        /** The new set holds keys that cannot be used: {@code skipped}, {@code reason} of the first. */
        KEY_SKIPPED,
        /** The new set holds keys that RFC 7518 spells otherwise: {@code lenient}, {@code reason} of the first. */
        KEY_LENIENT,
        /** A token was checked with a set past its freshness, told once for each set: {@code age} in seconds. */
        STALE_SERVED,
        /** A token named a key that no set at hand has, and a fetch was started for it. */
        UNKNOWN_KID,
        /** Such fetches have used up their budget; told once in a {@code cooldown}. */
        FLOOD_LIMITED,
        /**
         * {@link JwtValidator#replace} has brought another policy: how many sources of keys were {@code kept}, {@code added} and
         * {@code removed}. From here on places are those of the new policy.
         */
        POLICY_REPLACED,
        /** A token or a request did not pass. */
        REJECTED,
        /** A kind that this version does not know; {@code event} in the details names it. */
        OTHER;

        /** The name in every language, such as {@code fetch_ok}. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }

        private static Kind of(@Nullable Object name) {
            for (Kind kind : values()) {
                if (kind.toString().equals(name)) {
                    return kind;
                }
            }
            return OTHER;
        }
    }

    /** Keeps a copy of the details. */
    public Event {
        details = Collections.unmodifiableMap(new LinkedHashMap<>(details));
    }

    static Event rejected(Instant at, JotgateException problem) {
        String claim = problem instanceof InvalidTokenException refusal ? refusal.claim() : null;
        return new Event(at, Kind.REJECTED, -1, problem.code(), claim, problem.issuerIndex(), problem.routeIndex(), Map.of());
    }

    @SuppressWarnings("NullAway") // what the core tells has all members
    static Event of(Map<?, ?> told) {
        Map<String, @Nullable Object> details = new LinkedHashMap<>();
        told.forEach((name, value) -> details.put((String) name, value));
        Kind kind = Kind.of(details.get("event"));
        if (kind != Kind.OTHER) {
            details.remove("event");
        }
        // The core counts in whole milliseconds and writes seconds.
        long at = Math.round(((Number) details.remove("at")).doubleValue() * 1_000);
        int source = details.remove("source") instanceof Long place ? Math.toIntExact(place) : -1;
        return new Event(Instant.ofEpochMilli(at), kind, source, null, null, -1, -1, details);
    }
}
