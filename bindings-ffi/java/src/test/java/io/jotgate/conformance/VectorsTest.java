package io.jotgate.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.jotgate.support.Vectors;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class VectorsTest {
    @Test
    void everyCaseHasItsVerdict() {
        List<JsonObject> cases = Vectors.cases();
        List<String> wrong = new ArrayList<>();
        for (JsonObject testCase : cases) {
            Map<String, Object> more = new HashMap<>();
            CaseRunner.Outcome outcome = CaseRunner.run(testCase, more);
            JsonObject expected = testCase.getAsJsonObject("expect");
            boolean right = outcome.verdict().equals(text(expected, "verdict"))
                    && (!expected.has("code") || expected.get("code").getAsString().equals(outcome.code()))
                    && (!expected.has("claim") || expected.get("claim").getAsString().equals(outcome.claim()))
                    && (!expected.has("path") || expected.get("path").getAsString().equals(outcome.path()))
                    && (!expected.has("claims") || Vectors.same(outcome.claims(), expected.get("claims")))
                    && (!expected.has("scopes") || Vectors.same(more.get("scopes"), expected.get("scopes")))
                    && (!expected.has("challenge") || Vectors.same(more.get("challenge"), expected.get("challenge")));
            if (!right) {
                wrong.add(text(testCase, "id") + ": expected " + expected + ", got " + outcome + more);
            }
        }
        assertFalse(cases.isEmpty());
        assertEquals(List.of(), wrong);
    }

    private static String text(JsonObject owner, String name) {
        JsonElement value = owner.get(name);
        return value == null ? null : value.getAsString();
    }
}
