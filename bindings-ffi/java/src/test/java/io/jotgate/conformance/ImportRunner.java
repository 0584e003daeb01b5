package io.jotgate.conformance;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.jotgate.Import;
import io.jotgate.Policies;
import io.jotgate.PolicyException;
import java.util.Map;

/** Reads another gateway's policy through the public API. */
final class ImportRunner {
    private ImportRunner() {}

    /** What the report says of the case. */
    static Map<String, Object> run(JsonObject testCase) {
        String id = testCase.get("id").getAsString();
        String text = testCase.get("text").getAsString();
        try {
            Import read = Policies.importPolicy(testCase.get("kind").getAsString(), text);
            return Map.of("id", id, "import", Map.of("complete", read.complete(),
                    "policy", JsonParser.parseString(read.policy()), "notes", read.notes()));
        } catch (PolicyException problem) {
            return Map.of("id", id, "error", Map.of("path", problem.path()));
        }
    }
}
