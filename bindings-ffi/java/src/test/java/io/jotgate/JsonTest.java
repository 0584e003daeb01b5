package io.jotgate;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JsonTest {
    @Test
    void everyKindOfValueIsWritten() {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("text", "a\"b\\c\n\u0001ä");
        document.put("list", List.of(1, true, Map.of()));
        document.put("raw", new Json.Raw("{\"keys\":[]}"));
        assertEquals("{\"text\":\"a\\\"b\\\\c\\u000a\\u0001ä\",\"list\":[1,true,{}],\"raw\":{\"keys\":[]}}",
                Json.write(document));
    }

    @Test
    void durationsAreExactSecondsOfAnySize() {
        assertEquals("0.250000000", Json.write(Json.seconds(Duration.ofMillis(250))));
        assertEquals("-0.500000000", Json.write(Json.seconds(Duration.ofMillis(-500))));
        assertEquals("9223372036854775807.000000000", Json.write(Json.seconds(Duration.ofSeconds(Long.MAX_VALUE))));
    }
}
