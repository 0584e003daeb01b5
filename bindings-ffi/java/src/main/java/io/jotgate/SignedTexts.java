package io.jotgate;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Header and payload of a token whose signature verified, as texts and, when first asked for, as values. */
final class SignedTexts {
    private final byte[] bytes;
    private final int headerAt;
    private final int payloadAt;
    private volatile Map<String, Object> header;
    private volatile Map<String, Object> claims;

    /** The payload goes on to the end of the bytes. */
    SignedTexts(byte[] bytes, int headerAt, int payloadAt) {
        this.bytes = bytes;
        this.headerAt = headerAt;
        this.payloadAt = payloadAt;
    }

    Map<String, Object> claims() {
        Map<String, Object> read = claims;
        if (read == null) {
            read = values(payload());
            claims = read;
        }
        return read;
    }

    Map<String, Object> header() {
        Map<String, Object> read = header;
        if (read == null) {
            read = values(Arrays.copyOfRange(bytes, headerAt, payloadAt));
            header = read;
        }
        return read;
    }

    List<String> audience() {
        Object audience = claims().get("aud");
        if (audience instanceof List<?> list) {
            return list.stream().map(String.class::cast).toList();
        }
        return audience == null ? List.of() : List.of((String) audience);
    }

    byte[] payload() {
        return Arrays.copyOfRange(bytes, payloadAt, bytes.length);
    }

    String payloadJson() {
        return new String(bytes, payloadAt, bytes.length - payloadAt, StandardCharsets.UTF_8);
    }

    String headerJson() {
        return new String(bytes, headerAt, payloadAt - headerAt, StandardCharsets.UTF_8);
    }

    @SuppressWarnings("unchecked") // the core accepts objects alone, whose names are text
    private static Map<String, Object> values(byte[] json) {
        return (Map<String, Object>) Flat.read(Native.values(json));
    }
}
