package io.jotgate.bench;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;

/** One scenario for one algorithm, size and case, as {@code ../tokens/generate.py} writes it. */
record Row(JsonObject json) {
    boolean isMeasured(int cores) {
        return text("program").equals("languages") && cores() == cores && texts("languages").contains(Comparison.LANGUAGE);
    }

    String scenario() {
        return text("scenario");
    }

    String algorithm() {
        return text("algorithm");
    }

    String size() {
        return text("size");
    }

    /** What the case is called. */
    String name() {
        return text("case");
    }

    int cores() {
        return number("cores");
    }

    String text(String name) {
        return json.get(name).getAsString();
    }

    int number(String name) {
        return json.get(name).getAsInt();
    }

    List<String> texts(String name) {
        List<String> texts = new ArrayList<>();
        for (JsonElement element : json.getAsJsonArray(name)) {
            texts.add(element.getAsString());
        }
        return texts;
    }
}
