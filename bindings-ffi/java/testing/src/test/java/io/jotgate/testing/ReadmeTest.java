package io.jotgate.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The README shows the example of {@link OrdersTest}, which runs. */
class ReadmeTest {
    @Test
    void theReadmeShowsCodeThatRuns() throws Exception {
        Path base = Path.of(System.getProperty("jotgate.test.base", ".")).toAbsolutePath().normalize();
        String readme = Files.readString(base.resolve("../README.md"));
        List<String> shown = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL).matcher(readme).results()
                .map(match -> match.group(1)).filter(block -> block.contains("JwtTestIssuer")).toList();
        assertEquals(1, shown.size());
        String test = Files.readString(base.resolve("src/test/java/io/jotgate/testing/OrdersTest.java"));
        String example = test.substring(test.indexOf("// README\n") + "// README\n".length(), test.lastIndexOf("// README\n"));
        assertTrue(shown.get(0).strip().equals(example.stripIndent().strip()), "put this into README.md:\n" + example.stripIndent());
    }
}
