package io.jotgate;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The claims of a token, each read from where the core has found it: behind the payload stands the table that the core has made
 * while it validated the token. What needs more reading than that (escapes, lists, objects) is the native library's to read.
 *
 * <p>Each claim is {@link Numbers.Member#SIZE} bytes of the table: where the name begins and ends, without its quotes, where the
 * value begins and ends, counted from the payload's beginning in four bytes each, and a byte for the kind and the escapes.
 */
final class Members {
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final int MARKS_AT = 4 * Integer.BYTES;
    private static final int ESCAPES = Numbers.Member.NAME_ESCAPED | Numbers.Member.TEXT_ESCAPED;
    /** In place of an entry: there is none, or only the map of all claims knows, because names are written with escapes. */
    private static final int ABSENT = -1;
    private static final int UNKNOWN = -2;
    /** Reads by scanning before the names are worth a map: most who ask for single claims ask for a few. */
    private static final int SCANS = 8;

    private final byte[] bytes;
    private final int payloadAt;
    private final int tableAt;
    /** All claims, once they were asked for. */
    private volatile @Nullable Map<String, @Nullable Object> all;
    /** By place in the table: what the native library has read for single claims. */
    private volatile @Nullable AtomicReferenceArray<@Nullable Object> read;
    /** About how many names were scanned for; what threads lose of the count does not matter. */
    private int scans;
    /** The entries by name, once many were asked for, so that reading each claim by itself does not scan all of them each time. */
    private volatile @Nullable Map<String, Integer> entries;

    /** The payload and, behind it, {@code count} entries of its table, which are the end of {@code bytes}. */
    Members(byte[] bytes, int payloadAt, int tableAt, int count) {
        if (payloadAt < 0 || tableAt < payloadAt || count < 0
                || bytes.length - tableAt != (long) count * Numbers.Member.SIZE) {
            throw malformed();
        }
        this.bytes = bytes;
        this.payloadAt = payloadAt;
        this.tableAt = tableAt;
    }

    /** The claim of this name; null when it is absent. */
    @Nullable Object get(@Nullable String name) {
        Map<String, @Nullable Object> known = all;
        if (known != null) {
            return known.get(name);
        }
        int entry = name == null ? ABSENT : find(name);
        return entry >= 0 ? value(entry) : entry == UNKNOWN ? all().get(name) : null;
    }

    /** All claims, in the token's order. */
    Map<String, @Nullable Object> all() {
        Map<String, @Nullable Object> known = all;
        if (known == null) {
            known = read();
            all = known;
        }
        return known;
    }

    private Map<String, @Nullable Object> read() {
        Map<String, @Nullable Object> claims = new LinkedHashMap<>((bytes.length - tableAt) / Numbers.Member.SIZE * 2);
        for (int entry = tableAt; entry < bytes.length; entry += Numbers.Member.SIZE) {
            claims.put(name(entry), value(entry));
        }
        return Collections.unmodifiableMap(claims);
    }

    /** The entry of a name, {@link #ABSENT} or {@link #UNKNOWN}. */
    private int find(String name) {
        Map<String, Integer> known = entries;
        if (known == null && ++scans > SCANS) {
            known = byName();
            entries = known;
        }
        return known == null ? scan(name) : known.getOrDefault(name, ABSENT);
    }

    private Map<String, Integer> byName() {
        Map<String, Integer> places = new HashMap<>();
        for (int entry = tableAt; entry < bytes.length; entry += Numbers.Member.SIZE) {
            places.put(name(entry), entry);
        }
        return places;
    }

    private int scan(String name) {
        byte[] wanted = name.getBytes(StandardCharsets.UTF_8);
        int otherwise = ABSENT;
        for (int entry = tableAt; entry < bytes.length; entry += Numbers.Member.SIZE) {
            int from = place(entry, 0);
            int to = place(entry, 1);
            if (isEscaped(entry, Numbers.Member.NAME_ESCAPED)) {
                otherwise = UNKNOWN;
            } else if (to - from == wanted.length && Arrays.equals(bytes, from, to, wanted, 0, wanted.length)
                    // Half of a surrogate pair, which is in no token, becomes another character in UTF-8.
                    && text(from, to).equals(name)) {
                return entry;
            }
        }
        return otherwise;
    }

    private String name(int entry) {
        int from = place(entry, 0);
        int to = place(entry, 1);
        if (!isEscaped(entry, Numbers.Member.NAME_ESCAPED)) {
            return text(from, to);
        }
        // With its quotes it is JSON.
        if (nativeValue(from - 1, to + 1) instanceof String name) {
            return name;
        }
        throw malformed();
    }

    private @Nullable Object value(int entry) {
        int from = place(entry, 2);
        int to = place(entry, 3);
        if (from >= to) {
            throw malformed();
        }
        switch (bytes[entry + MARKS_AT] & ~ESCAPES) {
            case Numbers.Kind.NULL:
                return null;
            case Numbers.Kind.BOOLEAN:
                return bytes[from] == 't';
            case Numbers.Kind.NUMBER:
                return number(from, to);
            case Numbers.Kind.STRING:
                return isEscaped(entry, Numbers.Member.TEXT_ESCAPED) ? readOnce(entry, from, to) : text(from + 1, to - 1);
            case Numbers.Kind.ARRAY, Numbers.Kind.OBJECT:
                return readOnce(entry, from, to);
            default:
                throw malformed();
        }
    }

    /** One reading serves all who ask for the claim, but for threads that ask at the same time. */
    private @Nullable Object readOnce(int entry, int from, int to) {
        AtomicReferenceArray<@Nullable Object> values = read;
        if (values == null) {
            values = new AtomicReferenceArray<>((bytes.length - tableAt) / Numbers.Member.SIZE);
            read = values;
        }
        int place = (entry - tableAt) / Numbers.Member.SIZE;
        Object value = values.get(place);
        if (value == null) {
            value = nativeValue(from, to);
            values.set(place, value);
        }
        return value;
    }

    private @Nullable Object nativeValue(int from, int to) {
        if (from < payloadAt || from > to || to > tableAt) {
            throw malformed();
        }
        return Flat.read(Native.values(Arrays.copyOfRange(bytes, from, to)));
    }

    private Number number(int from, int to) {
        try {
            return Flat.number(bytes, from, to);
        } catch (NumberFormatException none) {
            throw malformed(); // without the cause, which could quote a claim
        }
    }

    private String text(int from, int to) {
        if (from > to) {
            throw malformed();
        }
        return new String(bytes, from, to - from, StandardCharsets.UTF_8);
    }

    private boolean isEscaped(int entry, int mark) {
        return (bytes[entry + MARKS_AT] & mark) != 0;
    }

    /** One of the four places of an entry, as a place in the bytes. */
    private int place(int entry, int which) {
        int place = (int) INT.get(bytes, entry + which * Integer.BYTES);
        if (place < 0 || place > tableAt - payloadAt) {
            throw malformed();
        }
        return payloadAt + place;
    }

    private static InternalErrorException malformed() {
        return new InternalErrorException("the native library gave a malformed verdict");
    }
}
