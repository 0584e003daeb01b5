package io.jotgate.conformance;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.jotgate.Explanation;
import io.jotgate.support.Vectors;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs the cases, scenarios, explanations, imports or documents of one file from an index on and appends one JSON line for each to a
 * report, flushed line by line, so that whoever started this knows at which case it died, should it die.
 */
public final class Runner {
    private static final Gson GSON = new GsonBuilder().serializeNulls().disableHtmlEscaping().create();

    private Runner() {}

    /** Takes the vectors, the report and the index of the first case. */
    public static void main(String[] arguments) throws IOException {
        if (arguments.length != 3) {
            System.err.println("usage: run.sh VECTORS RAW_REPORT START_INDEX");
            System.exit(2);
        }
        Path vectors = Path.of(arguments[0]);
        String kind = Vectors.kind(vectors);
        List<JsonObject> cases = Vectors.all(vectors, kind);
        try (BufferedWriter report = Files.newBufferedWriter(
                Path.of(arguments[1]), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            for (JsonObject testCase : cases.subList(Integer.parseInt(arguments[2]), cases.size())) {
                String id = testCase.get("id").getAsString();
                report.write(switch (kind) {
                    case "scenarios" -> GSON.toJson(Map.of("id", id, "steps", Stage.play(testCase)));
                    case "documents" -> GSON.toJson(DocumentRunner.run(testCase));
                    case "imports" -> GSON.toJson(ImportRunner.run(testCase));
                    case "explanations" -> line(id, CaseRunner.explain(testCase));
                    default -> line(id, CaseRunner.report(testCase));
                });
                report.newLine();
                report.flush();
            }
        }
    }

    private static String line(String id, Explanation explanation) {
        return GSON.toJson(Map.of("id", id, "explanation", JsonParser.parseString(explanation.json()),
                "text", explanation.text()));
    }

    private static String line(String id, Map<String, Object> outcome) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("id", id);
        members.putAll(outcome);
        return GSON.toJson(members);
    }
}
