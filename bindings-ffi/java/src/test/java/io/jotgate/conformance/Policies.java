package io.jotgate.conformance;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.jotgate.JwtValidator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;

/** The policies before which {@code tests/conformance} wants its applications. */
public final class Policies {
    private Policies() {}

    /** What {@code make} makes of the validator of each exchange, by the exchange's id. */
    public static <T> Map<String, T> all(String file, Function<JwtValidator, T> make) throws IOException {
        return those(file, exchange -> true, make);
    }

    /** What {@code make} makes of the validator of each policy whose application is mounted there, by the policy's id. */
    public static <T> Map<String, T> at(String mount, String file, Function<JwtValidator, T> make) throws IOException {
        return those(file, exchange -> exchange.get("mount").getAsString().equals(mount), make);
    }

    private static <T> Map<String, T> those(String file, Predicate<JsonObject> wanted, Function<JwtValidator, T> make)
            throws IOException {
        Map<String, T> made = new LinkedHashMap<>();
        String document = Files.readString(Path.of(file));
        for (JsonElement element : JsonParser.parseString(document).getAsJsonObject().getAsJsonArray("exchanges")) {
            JsonObject exchange = element.getAsJsonObject();
            if (wanted.test(exchange)) {
                made.put(exchange.get("id").getAsString(), make.apply(Serve.validator(exchange)));
            }
        }
        return made;
    }

    /** Where the second application is mounted. */
    public static final String MOUNT = "/shop";
}
