package io.jotgate;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Header and payload of a token whose signature verified, as texts and, where they are asked for, as values. */
final class SignedTexts {
    private final byte[] bytes;
    private final int headerAt;
    private final int payloadAt;
    private final int payloadEnd;
    private final Members members;
    private volatile @Nullable Map<String, @Nullable Object> header;

    /**
     * Behind the payload, where it ends, {@code bytes} has the table of its claims and nothing else.
     *
     * @throws InternalErrorException these are no such bytes
     */
    SignedTexts(byte[] bytes, int headerAt, int payloadAt, int payloadEnd, int claims) {
        this.members = new Members(bytes, payloadAt, payloadEnd, claims);
        this.bytes = bytes;
        this.headerAt = headerAt;
        this.payloadAt = payloadAt;
        this.payloadEnd = payloadEnd;
    }

    /** One claim; null when it is absent. */
    @Nullable Object claim(String name) {
        return members.get(name);
    }

    Map<String, @Nullable Object> claims() {
        return members.all();
    }

    @SuppressWarnings("unchecked") // the core accepts objects alone, whose names are text
    Map<String, @Nullable Object> header() {
        Map<String, @Nullable Object> read = header;
        if (read == null) {
            read = (Map<String, @Nullable Object>) Flat.readMap(Native.values(headerBytes()));
            header = read;
        }
        return read;
    }

    List<String> audience() {
        Object audience = claim("aud");
        if (audience instanceof List<?> list) {
            return list.stream().map(String.class::cast).toList();
        }
        return audience == null ? List.of() : List.of((String) audience);
    }

    byte[] headerBytes() {
        return Arrays.copyOfRange(bytes, headerAt, payloadAt);
    }

    byte[] payload() {
        return Arrays.copyOfRange(bytes, payloadAt, payloadEnd);
    }

    String payloadJson() {
        return new String(bytes, payloadAt, payloadEnd - payloadAt, StandardCharsets.UTF_8);
    }

    String headerJson() {
        return new String(bytes, headerAt, payloadAt - headerAt, StandardCharsets.UTF_8);
    }
}
