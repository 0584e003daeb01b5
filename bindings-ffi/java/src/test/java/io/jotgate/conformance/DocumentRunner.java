package io.jotgate.conformance;

import com.google.gson.JsonObject;
import io.jotgate.JotgateException;
import io.jotgate.JwtValidator;
import io.jotgate.PolicyException;
import io.jotgate.support.TestClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;

/** Loads a policy file through the public API, beside the files of the case. Its variables are set by whoever started this. */
final class DocumentRunner {
    private DocumentRunner() {}

    /** What the report says of the case. */
    static Map<String, Object> run(JsonObject testCase) throws IOException {
        String id = testCase.get("id").getAsString();
        Path folder = Files.createTempDirectory("jotgate");
        try {
            Path policy = folder.resolve("policy." + testCase.get("format").getAsString());
            write(policy, testCase.get("text").getAsString());
            texts(testCase, "files").forEach((name, text) -> write(folder.resolve(name), text));
            TestClock clock = new TestClock(Instant.ofEpochSecond(testCase.has("now") ? testCase.get("now").getAsLong() : 0));
            try (JwtValidator validator = JwtValidator.builder().policy(policy).clock(clock).build()) {
                validator.validate(testCase.get("token").getAsString());
                return Map.of("id", id, "verdict", "accepted");
            }
        } catch (PolicyException problem) {
            return Map.of("id", id, "problems", problem.problems().stream().map(DocumentRunner::told).toList());
        } catch (JotgateException refused) {
            return Map.of("id", id, "verdict", "rejected");
        } finally {
            try (Stream<Path> all = Files.walk(folder)) {
                for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        }
    }

    private static Map<String, Object> told(PolicyException.Problem problem) {
        Map<String, Object> told = new LinkedHashMap<>();
        told.put("path", problem.path());
        told.put("line", problem.line());
        told.put("column", problem.column());
        return told;
    }

    private static Map<String, String> texts(JsonObject testCase, String member) {
        Map<String, String> texts = new LinkedHashMap<>();
        if (testCase.has(member)) {
            testCase.getAsJsonObject(member).entrySet().forEach(
                    entry -> texts.put(entry.getKey(), entry.getValue().getAsString()));
        }
        return texts;
    }

    private static void write(Path path, String text) {
        try {
            Files.createDirectories(path.getParent());
            Files.writeString(path, text);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
