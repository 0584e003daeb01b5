package io.jotgate.bench;

import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The version of a library, from the name of the JAR that its class was loaded from. */
final class Versions {
    private static final Pattern NAME = Pattern.compile("-(\\d[^/]*)\\.jar$");

    private Versions() {
    }

    static String of(Class<?> type) {
        Matcher name = NAME.matcher(Path.of(type.getProtectionDomain().getCodeSource().getLocation().getPath()).toString());
        return name.find() ? name.group(1) : "unknown";
    }
}
