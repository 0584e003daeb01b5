package io.jotgate;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How the key sets of a validator, and its cache of verified tokens, are at one point in time.
 *
 * @param sources one for each URL of the policy, in the policy's order
 * @param ready whether keys are at hand for the tokens of every issuer: what a readiness probe asks; key sets are fetched when a
 *     token needs them, or after {@link JwtValidator#refreshKeys}
 * @param issuers one for each entry of the policy's {@code issuers}
 * @param eventsDropped events that were dropped because nobody took them
 * @param cache how the cache of verified tokens is; {@code null} where the policy has none
 */
public record KeyHealth(
        List<KeySource> sources, boolean ready, List<IssuerHealth> issuers, long eventsDropped,
        @Nullable CacheHealth cache) {
    /**
     * How one issuer entry is.
     *
     * @param issuerIndex the entry of the policy's {@code issuers}
     * @param ready whether keys are at hand: they stand in the policy, or a key set serves
     * @param accepted tokens that have passed the policy, those included that the application's own checks have then refused
     */
    public record IssuerHealth(int issuerIndex, boolean ready, long accepted) {
        @SuppressWarnings("NullAway") // what the core tells has all members
        private static IssuerHealth of(Map<?, ?> issuer) {
            int index = Math.toIntExact((Long) issuer.get("issuer"));
            return new IssuerHealth(index, (Boolean) issuer.get("ready"), (Long) issuer.get("accepted"));
        }
    }

    /** Keeps copies of the lists. */
    public KeyHealth {
        sources = List.copyOf(sources);
        issuers = List.copyOf(issuers);
    }

    @SuppressWarnings("NullAway") // what the core tells has all members
    static KeyHealth of(Map<?, ?> health) {
        List<KeySource> sources = ((List<?>) health.get("sources")).stream()
                .map(source -> KeySource.of((Map<?, ?>) source)).toList();
        CacheHealth cache = health.get("cache") instanceof Map<?, ?> written ? CacheHealth.of(written) : null;
        List<IssuerHealth> issuers = ((List<?>) health.get("issuers")).stream()
                .map(issuer -> IssuerHealth.of((Map<?, ?>) issuer)).toList();
        return new KeyHealth(sources, (Boolean) health.get("ready"), issuers, (Long) health.get("events_dropped"), cache);
    }
}
