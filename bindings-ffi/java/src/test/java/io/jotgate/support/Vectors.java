package io.jotgate.support;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The vectors that all languages share. */
public final class Vectors {
    /** The folder of this project, which Maven names; the vectors lie beside it in the repository. */
    public static final Path BASE = Path.of(System.getProperty("jotgate.test.base", ".")).toAbsolutePath().normalize();
    private static final Path FOLDER = BASE.resolve("../../tests/vectors").normalize();

    private Vectors() {}

    /** The cases of all files that the index lists. */
    public static List<JsonObject> cases() {
        List<JsonObject> cases = new ArrayList<>();
        for (JsonElement entry : read(FOLDER.resolve("index.json")).getAsJsonArray("files")) {
            List<JsonObject> listed = cases(FOLDER.resolve(entry.getAsJsonObject().get("file").getAsString()));
            if (listed.size() != entry.getAsJsonObject().get("cases").getAsInt()) {
                throw new AssertionError("the index counts other cases than " + entry);
            }
            cases.addAll(listed);
        }
        return cases;
    }

    public static List<JsonObject> cases(Path file) {
        return read(file).getAsJsonArray("cases").asList().stream().map(JsonElement::getAsJsonObject).toList();
    }

    /** What a file holds: {@code cases}, {@code scenarios}, {@code explanations} or {@code imports}. */
    public static String kind(Path file) {
        return read(file).keySet().iterator().next();
    }

    /** The members of a file's list of this kind. */
    public static List<JsonObject> all(Path file, String kind) {
        return read(file).getAsJsonArray(kind).asList().stream().map(JsonElement::getAsJsonObject).toList();
    }

    public static Map<String, JsonElement> disagreements(String library) {
        return read(FOLDER.resolve("disagreements.json")).getAsJsonObject("libraries").getAsJsonObject(library)
                .getAsJsonObject("cases").asMap();
    }

    /** Sets of all the keys that the vectors and the real-world tokens among them are signed with. */
    public static List<JsonObject> keySets() {
        JsonArray keys = new JsonArray();
        read(FOLDER.resolve("keys.json")).getAsJsonObject("keys").asMap().values().forEach(keys::add);
        JsonObject ours = new JsonObject();
        ours.add("keys", keys);
        return List.of(ours, read(FOLDER.resolve("../data/wso2/jwks.json")));
    }

    /** The values of a member that maps names to one text or a list of texts, in order; none when it is absent. */
    public static List<Map.Entry<String, List<String>>> fields(JsonObject owner, String member) {
        List<Map.Entry<String, List<String>>> fields = new ArrayList<>();
        if (owner.has(member)) {
            owner.getAsJsonObject(member).entrySet().forEach(field -> fields.add(Map.entry(field.getKey(),
                    field.getValue().isJsonArray()
                            ? field.getValue().getAsJsonArray().asList().stream().map(JsonElement::getAsString).toList()
                            : List.of(field.getValue().getAsString()))));
        }
        return fields;
    }

    /** Whether a value of Java's is the JSON value: integers to the last digit, other numbers as doubles. */
    public static boolean same(Object value, JsonElement json) {
        if (json.isJsonNull()) {
            return value == null;
        }
        if (json instanceof JsonObject object) {
            return value instanceof Map<?, ?> map && map.size() == object.size()
                    && object.entrySet().stream().allMatch(member -> map.containsKey(member.getKey())
                            && same(map.get(member.getKey()), member.getValue()));
        }
        if (json instanceof JsonArray array) {
            if (!(value instanceof List<?> list) || list.size() != array.size()) {
                return false;
            }
            for (int i = 0; i < list.size(); i++) {
                if (!same(list.get(i), array.get(i))) {
                    return false;
                }
            }
            return true;
        }
        JsonPrimitive primitive = json.getAsJsonPrimitive();
        if (primitive.isNumber()) {
            return value instanceof Number number && sameNumber(number, primitive.getAsString());
        }
        return primitive.isBoolean()
                ? Boolean.valueOf(primitive.getAsBoolean()).equals(value) : primitive.getAsString().equals(value);
    }

    private static boolean sameNumber(Number number, String literal) {
        if (number instanceof Long || number instanceof BigInteger) {
            return new BigDecimal(number.toString()).compareTo(new BigDecimal(literal)) == 0;
        }
        return number.doubleValue() == Double.parseDouble(literal);
    }

    private static JsonObject read(Path file) {
        try {
            return JsonParser.parseString(Files.readString(file)).getAsJsonObject();
        } catch (IOException problem) {
            throw new UncheckedIOException(problem);
        }
    }
}
