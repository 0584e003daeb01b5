package io.jotgate;

import java.math.BigInteger;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Structured data as it crosses the native boundary, in a form that needs no parsing: the native library has read the
 * JSON strictly, and Java must not read it a second time in a way of its own.
 *
 * <p>A value is one tag byte and what belongs to it: {@code z t f} null, true, false; {@code n s} number literal or text
 * with its length; {@code l} list and {@code m} map with their count. Lengths and counts have four bytes, big-endian.
 */
final class Flat {
    private static final int DIGITS_OF_ANY_LONG = 18;

    private final ByteBuffer bytes;

    private Flat(byte[] bytes) {
        this.bytes = ByteBuffer.wrap(bytes);
    }

    /**
     * Reads one value: null, Boolean, Long, BigInteger, Double, String, an unmodifiable List or an unmodifiable Map.
     *
     * @throws InternalErrorException {@code bytes} is null or not exactly one value
     */
    static @Nullable Object read(byte @Nullable [] bytes) {
        if (bytes == null) {
            throw new InternalErrorException("the native library gave no value");
        }
        Flat flat = new Flat(bytes);
        try {
            Object value = flat.value();
            if (!flat.bytes.hasRemaining()) {
                return value;
            }
        } catch (BufferUnderflowException | NumberFormatException malformed) {
            // Falls through to the one error for everything that is not a value; the cause could quote a claim.
        }
        throw malformed();
    }

    /** As {@link #read}, of what must be a list. */
    static List<?> readList(byte @Nullable [] bytes) {
        if (read(bytes) instanceof List<?> list) {
            return list;
        }
        throw malformed();
    }

    /** As {@link #read}, of what must be a map. */
    static Map<?, ?> readMap(byte @Nullable [] bytes) {
        if (read(bytes) instanceof Map<?, ?> map) {
            return map;
        }
        throw malformed();
    }

    /** Writes a list of texts, the form in which the native library takes requests and header fields. */
    static byte[] texts(List<String> texts) {
        return texts(texts, text -> text.getBytes(StandardCharsets.UTF_8));
    }

    /** Writes a list of texts with their bytes in another encoding. */
    static byte[] texts(List<String> texts, Function<String, byte[]> encoding) {
        byte[][] parts = new byte[texts.size()][];
        int length = 0;
        for (int i = 0; i < parts.length; i++) {
            parts[i] = encoding.apply(texts.get(i));
            length = Math.addExact(length, Math.addExact(Integer.BYTES, parts[i].length));
        }
        ByteBuffer out = ByteBuffer.allocate(length);
        for (byte[] part : parts) {
            out.putInt(part.length).put(part);
        }
        return out.array();
    }

    private @Nullable Object value() {
        byte tag = bytes.get();
        return switch (tag) {
            case 'z' -> null;
            case 't' -> Boolean.TRUE;
            case 'f' -> Boolean.FALSE;
            case 'n' -> number();
            case 's' -> text();
            case 'l' -> list();
            case 'm' -> map();
            default -> throw new NumberFormatException();
        };
    }

    private List<@Nullable Object> list() {
        int count = count();
        List<@Nullable Object> list = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            list.add(value());
        }
        return Collections.unmodifiableList(list);
    }

    private Map<String, @Nullable Object> map() {
        int count = count();
        Map<String, @Nullable Object> map = new LinkedHashMap<>(count * 2);
        for (int i = 0; i < count; i++) {
            map.put(text(), value());
        }
        return Collections.unmodifiableMap(map);
    }

    private String text() {
        int length = count();
        String text = new String(bytes.array(), bytes.position(), length, StandardCharsets.UTF_8);
        bytes.position(bytes.position() + length);
        return text;
    }

    /** A length or count; each unit of it takes a byte at least, so a larger one than what is left is malformed. */
    private int count() {
        int count = bytes.getInt();
        if (count < 0 || count > bytes.remaining()) {
            throw new BufferUnderflowException();
        }
        return count;
    }

    private Number number() {
        int length = count();
        int from = bytes.position();
        bytes.position(from + length);
        return number(bytes.array(), from, from + length);
    }

    /**
     * The number of a JSON literal. Integers stay exact at any size; a fraction or an exponent makes a double, as in every JSON
     * reader.
     *
     * @throws NumberFormatException it is none
     */
    static Number number(byte[] json, int from, int to) {
        boolean isNegative = from < to && json[from] == '-';
        int digits = isNegative ? from + 1 : from;
        if (digits == to || to - digits > DIGITS_OF_ANY_LONG) {
            return longNumber(literal(json, from, to));
        }
        long value = 0;
        for (int i = digits; i < to; i++) {
            int digit = json[i] - '0';
            if (digit < 0 || digit > 9) {
                return longNumber(literal(json, from, to));
            }
            value = value * 10 + digit;
        }
        return isNegative ? -value : value;
    }

    private static InternalErrorException malformed() {
        return new InternalErrorException("the native library gave a malformed value");
    }

    private static String literal(byte[] json, int from, int to) {
        return new String(json, from, to - from, StandardCharsets.ISO_8859_1);
    }

    /** A number that is no short row of digits. */
    private static Number longNumber(String literal) {
        for (int i = 0; i < literal.length(); i++) {
            char c = literal.charAt(i);
            if (c == '.' || c == 'e' || c == 'E') {
                return Double.valueOf(literal);
            }
        }
        BigInteger integer = new BigInteger(literal);
        if (integer.bitLength() < Long.SIZE) {
            return integer.longValue();
        }
        return integer;
    }
}
