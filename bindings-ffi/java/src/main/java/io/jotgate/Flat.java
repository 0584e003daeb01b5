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
    static Object read(byte[] bytes) {
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
        throw new InternalErrorException("the native library gave a malformed value");
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

    private Object value() {
        byte tag = bytes.get();
        return switch (tag) {
            case 'z' -> null;
            case 't' -> Boolean.TRUE;
            case 'f' -> Boolean.FALSE;
            case 'n' -> number(text());
            case 's' -> text();
            case 'l' -> list();
            case 'm' -> map();
            default -> throw new NumberFormatException();
        };
    }

    private List<Object> list() {
        int count = count();
        List<Object> list = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            list.add(value());
        }
        return Collections.unmodifiableList(list);
    }

    private Map<String, Object> map() {
        int count = count();
        Map<String, Object> map = new LinkedHashMap<>(count * 2);
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

    /** Integers stay exact at any size; a fraction or an exponent makes a double, as in every JSON reader. */
    private static Number number(String literal) {
        for (int i = 0; i < literal.length(); i++) {
            char c = literal.charAt(i);
            if (c == '.' || c == 'e' || c == 'E') {
                return Double.valueOf(literal);
            }
        }
        if (literal.length() <= DIGITS_OF_ANY_LONG) {
            return Long.valueOf(literal);
        }
        BigInteger integer = new BigInteger(literal);
        if (integer.bitLength() < Long.SIZE) {
            return integer.longValue();
        }
        return integer;
    }
}
