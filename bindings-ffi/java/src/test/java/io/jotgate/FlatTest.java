package io.jotgate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class FlatTest {
    @BeforeAll
    static void load() {
        NativeLibrary.load();
    }

    private static byte[] flat(String json) {
        return Native.values(json.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void everyKindOfValueComesThrough() {
        Object value = Flat.read(flat(" {\"a\": [null, true, false], \"\\u00e4\\ud83d\\ude00\\u0000\": \"x\\ny\", \"e\": {}} "));
        assertEquals(Map.of("a", Arrays.asList(null, true, false), "ä😀\0", "x\ny", "e", Map.of()), value);
    }

    @Test
    void integersStayExact() {
        assertEquals(List.of(0L, -1L, Long.MAX_VALUE, Long.MIN_VALUE, new BigInteger("9223372036854775808"),
                        new BigInteger("-9223372036854775809"), new BigInteger("340282366920938463463374607431768211457")),
                Flat.read(flat("[0,-1,9223372036854775807,-9223372036854775808,9223372036854775808,"
                        + "-9223372036854775809,340282366920938463463374607431768211457]")));
    }

    @Test
    void fractionsAndExponentsAreDoubles() {
        assertEquals(List.of(1.0, 0.1, 1e3, -2.5e-3, 4.35), Flat.read(flat("[1.0,0.1,1e3,-2.5E-3,4.35]")));
    }

    @Test
    void membersKeepTheirOrderAndNobodyCanChangeThem() {
        Map<?, ?> map = (Map<?, ?>) Flat.read(flat("{\"z\":1,\"a\":[2]}"));
        assertEquals(List.of("z", "a"), List.copyOf(map.keySet()));
        assertThrows(UnsupportedOperationException.class, map::clear);
        assertThrows(UnsupportedOperationException.class, ((List<?>) map.get("a"))::clear);
    }

    @Test
    void whatIsNoValueIsAnInternalError() {
        byte[] good = flat("{\"a\":[1,\"text\"]}");
        for (int length = 0; length < good.length; length++) {
            byte[] broken = Arrays.copyOf(good, length);
            assertThrows(InternalErrorException.class, () -> Flat.read(broken), "cut off at " + length);
        }
        byte[] longer = Arrays.copyOf(good, good.length + 1);
        assertThrows(InternalErrorException.class, () -> Flat.read(longer));
        assertThrows(InternalErrorException.class, () -> Flat.read(null));
        assertThrows(InternalErrorException.class, () -> Flat.read(new byte[] {'x'}));
        assertThrows(InternalErrorException.class, () -> Flat.read(new byte[] {'l', -1, -1, -1, -1}));
    }

    @Test
    void whatIsNoJsonGivesNothing() {
        assertThrows(InternalErrorException.class, () -> Flat.read(flat("")));
        assertThrows(InternalErrorException.class, () -> Flat.read(flat("{\"a\":")));
    }
}
