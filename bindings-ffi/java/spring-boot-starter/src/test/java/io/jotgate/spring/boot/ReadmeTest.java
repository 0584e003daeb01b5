package io.jotgate.spring.boot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The README shows what is in the example, which runs; and editors are told of each property that there is. */
class ReadmeTest {
    private final Path base = Path.of(System.getProperty("jotgate.test.base", ".")).toAbsolutePath().normalize();

    @Test
    void theReadmeShowsTheExample() throws Exception {
        String readme = Files.readString(base.resolve("../README.md"));
        Path example = base.resolve("../examples/spring/src");
        String code = Files.readString(example.resolve("main/java/orders/Orders.java"))
                + Files.readString(example.resolve("test/java/orders/OrdersTest.java"));
        List<String> shown = blocks(readme, "java").stream()
                .filter(block -> block.contains("@AuthenticationPrincipal") || block.contains("mvc.perform")).toList();
        assertEquals(2, shown.size());
        for (String block : shown) {
            assertTrue(code.contains(block.indent(4).replaceAll("(?m)^ +$", "").stripTrailing()), block);
        }
        assertEquals(List.of(Files.readString(example.resolve("main/resources/application.properties"))), blocks(readme, "properties"));
    }

    @Test
    void editorsKnowEachProperty() throws Exception {
        String metadata = Files.readString(base.resolve("src/main/resources/META-INF/spring-configuration-metadata.json"));
        Set<String> told = new TreeSet<>(Pattern.compile("\"name\": \"jotgate\\.([a-z-]+)\",\\s+\"type\"").matcher(metadata).results()
                .map(match -> match.group(1).replace("-uri", "Uri")).toList());
        Set<String> there = new TreeSet<>();
        for (var component : JotgateProperties.class.getRecordComponents()) {
            there.add(component.getName());
        }
        assertEquals(there, told);
    }

    private static List<String> blocks(String text, String language) {
        return Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL).matcher(text).results()
                .map(match -> match.group(1)).toList();
    }
}
