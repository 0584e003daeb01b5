package io.jotgate;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CodeTest {
    @Test
    void theEnumIsTheNativeTable() {
        NativeLibrary.load();
        List<?> about = (List<?>) Flat.read(Native.about());
        Map<String, Long> there = new LinkedHashMap<>();
        for (int i = 1; i < about.size(); i += 2) {
            there.put((String) about.get(i + 1), (Long) about.get(i));
        }
        Map<String, Long> here = new LinkedHashMap<>();
        for (Code code : Code.values()) {
            here.put(code.toString(), (long) code.number());
            assertEquals(code.toString(), code.name().toLowerCase(java.util.Locale.ROOT));
        }
        assertEquals(there, here);
    }

    @Test
    void anUnknownNumberIsAnInternalError() {
        assertEquals(Code.EXPIRED, Code.of(7001));
        assertEquals(Code.INTERNAL_ERROR, Code.of(0));
    }
}
