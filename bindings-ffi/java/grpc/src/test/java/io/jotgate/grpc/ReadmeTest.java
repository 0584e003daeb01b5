package io.jotgate.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The README shows what is in the example, which runs. */
class ReadmeTest {
    @Test
    void theReadmeShowsTheExample() throws Exception {
        Path base = Path.of(System.getProperty("jotgate.test.base", ".")).toAbsolutePath().normalize();
        String code = flush(Files.readString(base.resolve("../examples/grpc/src/main/java/orders/Orders.java")));
        List<String> shown = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(base.resolve("../README.md"))).results()
                .map(match -> match.group(1)).filter(block -> block.contains("JotgateServerInterceptor")).toList();
        assertEquals(2, shown.size());
        for (String block : shown) {
            assertTrue(code.contains(flush(block)), block);
        }
    }

    /** The text without what stands in front of its lines. */
    private static String flush(String text) {
        return text.replaceAll("(?m)^ +", "");
    }
}
