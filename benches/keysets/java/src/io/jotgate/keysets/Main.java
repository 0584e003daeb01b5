package io.jotgate.keysets;

import com.google.gson.Gson;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Puts Java's libraries to the experiments; {@code run.py} calls it and says what is in the file. */
public final class Main {
    static final Gson GSON = new Gson();

    private static final Pattern VERSION = Pattern.compile("-(\\d[\\w.]*)\\.jar$");

    private Main() {}

    /** Takes the file, and prints one line of JSON for each library. */
    public static void main(String[] arguments) throws Exception {
        Material given = GSON.fromJson(Files.readString(Path.of(arguments[0])), Material.class);
        for (Libraries.Library library : Libraries.ALL) {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("language", "Java");
            row.put("library", library.name());
            row.put("version", version(library.of()));
            String name = library.name().toLowerCase().replace(' ', '-');
            for (var experiment : new Experiments(given, library.maker()).all().entrySet()) {
                String place = given.base() + "/java-" + name + "-" + experiment.getKey();
                row.put(experiment.getKey(), experiment.getValue().run(place));
            }
            System.out.println(GSON.toJson(row));
        }
        // Some libraries leave threads behind.
        System.exit(0);
    }

    /** That of the JAR's name; jotgate comes as a folder. */
    private static String version(Class<?> of) {
        Matcher jar = VERSION.matcher(of.getProtectionDomain().getCodeSource().getLocation().getPath());
        return jar.find() ? jar.group(1) : System.getProperty("jotgate.version");
    }
}
