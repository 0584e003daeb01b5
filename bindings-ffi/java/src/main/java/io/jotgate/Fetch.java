package io.jotgate;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One fetch that the core asks for: what to get, and the id under which the outcome is handed in. */
record Fetch(long id, FetchRequest request) {
    /** Reads a flat list of fetches. */
    static List<Fetch> read(byte[] flat) {
        List<Fetch> fetches = new ArrayList<>();
        for (Object element : (List<?>) Flat.read(flat)) {
            List<?> parts = (List<?>) element;
            List<?> fields = (List<?>) parts.get(4);
            Map<String, String> headers = new LinkedHashMap<>();
            for (int i = 0; i < fields.size(); i += 2) {
                headers.put((String) fields.get(i), (String) fields.get(i + 1));
            }
            // The id has 64 bits and no sign; the one above Long.MAX_VALUE would come as a BigInteger.
            long id = ((Number) parts.get(0)).longValue();
            Duration timeout = Duration.ofMillis((Long) parts.get(2));
            fetches.add(new Fetch(id, new FetchRequest((String) parts.get(1), headers, timeout, (Long) parts.get(3))));
        }
        return fetches;
    }
}
