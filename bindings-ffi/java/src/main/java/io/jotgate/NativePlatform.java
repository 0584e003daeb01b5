package io.jotgate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** What the JAR calls the platforms that it has libraries for: the rows of {@code platforms.json}. */
final class NativePlatform {
    static final List<String> ALL = List.of("linux-x86_64", "linux-aarch64", "linux-x86_64-musl", "linux-aarch64-musl",
            "macos-aarch64", "macos-x86_64", "windows-x86_64");

    private NativePlatform() {}

    /** That of this virtual machine. */
    static String current() {
        return name(System.getProperty("os.name"), System.getProperty("os.arch"), memoryMap());
    }

    /**
     * The folder of a platform in the JAR, such as {@code linux-x86_64} or {@code linux-x86_64-musl}.
     *
     * @param memoryMap what Linux says of the files that the process has in memory
     */
    static String name(String system, String machine, String memoryMap) {
        String lower = system.toLowerCase(Locale.ROOT);
        String os = lower.startsWith("mac") ? "macos" : lower.startsWith("windows") ? "windows" : lower;
        String arch = switch (machine) {
            case "amd64", "x86_64" -> "x86_64";
            case "aarch64", "arm64" -> "aarch64";
            default -> machine;
        };
        // musl is one file, which is also what starts programs. Where both libraries are installed, what this process has counts.
        String libc = os.equals("linux") && memoryMap.contains("/ld-musl-") ? "-musl" : "";
        return os + "-" + arch + libc;
    }

    private static String memoryMap() {
        try {
            return Files.readString(Path.of("/proc/self/maps"));
        } catch (IOException notLinux) {
            return "";
        }
    }
}
