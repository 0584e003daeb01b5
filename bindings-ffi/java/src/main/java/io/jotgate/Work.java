package io.jotgate;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One piece of work that the core gives out.
 *
 * @param kind one of {@link Numbers.Work}
 * @param id names the work when it is reported
 * @param timeoutMillis the longest time that it may take
 * @param request what to get; null where it is no fetch
 * @param text what to save; null where it is no save
 */
record Work(int kind, long id, long timeoutMillis, @Nullable FetchRequest request, @Nullable String text) {
    /** Reads the flat list of a piece of work; null for nothing at all. */
    static @Nullable Work read(byte @Nullable [] flat) {
        if (flat != null && flat.length == 0) {
            return null;
        }
        List<?> parts = Flat.readList(flat);
        int kind = Math.toIntExact((Long) parts.get(0));
        // The id has 64 bits and no sign; one above Long.MAX_VALUE comes as a BigInteger.
        long id = ((Number) parts.get(1)).longValue();
        long timeout = (Long) parts.get(2);
        FetchRequest request = null;
        if (kind == Numbers.Work.FETCH) {
            request = new FetchRequest((String) parts.get(3), pairs((List<?>) parts.get(4)), Duration.ofMillis(timeout),
                    (Long) parts.get(5));
        }
        return new Work(kind, id, timeout, request, kind == Numbers.Work.SAVE ? (String) parts.get(6) : null);
    }

    private static Map<String, String> pairs(List<?> texts) {
        Map<String, String> pairs = new LinkedHashMap<>();
        for (int i = 0; i < texts.size(); i += 2) {
            pairs.put((String) texts.get(i), (String) texts.get(i + 1));
        }
        return pairs;
    }
}
