package io.jotgate;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Finds and loads the native library, once. */
final class NativeLibrary {
    static final String VERSION = "0.1.0";
    static final String PATH_PROPERTY = "jotgate.library.path";

    private static boolean loaded;

    private NativeLibrary() {}

    /**
     * Loads the file that the system property {@value #PATH_PROPERTY} names, else the one in the JAR.
     *
     * @throws UnsatisfiedLinkError there is none for this platform, or it is of another version
     */
    static synchronized void load() {
        if (loaded) {
            return;
        }
        String path = System.getProperty(PATH_PROPERTY);
        if (path != null) {
            System.load(Path.of(path).toAbsolutePath().toString());
        } else {
            loadFromJar(platform(System.getProperty("os.name"), System.getProperty("os.arch")));
        }
        Object version = Flat.readList(Native.about()).get(0);
        if (!VERSION.equals(version)) {
            throw new UnsatisfiedLinkError("the native library of jotgate is of version " + version
                    + ", the Java classes are of version " + VERSION);
        }
        loaded = true;
    }

    /** The folder of a platform in the JAR, such as {@code linux-x86_64}. */
    static String platform(String system, String machine) {
        String lower = system.toLowerCase(Locale.ROOT);
        String os = lower.startsWith("mac") ? "macos" : lower.startsWith("windows") ? "windows" : lower;
        String arch = switch (machine) {
            case "amd64", "x86_64" -> "x86_64";
            case "aarch64", "arm64" -> "aarch64";
            default -> machine;
        };
        return os + "-" + arch;
    }

    private static void loadFromJar(String platform) {
        String name = System.mapLibraryName("jotgate_jni");
        try (InputStream library = open(platform, name)) {
            // A new folder that only this user may enter: nobody else can put another file in the library's place.
            Path folder = Files.createTempDirectory("jotgate");
            Path file = folder.resolve(name);
            try {
                Files.copy(library, file);
                System.load(file.toString());
            } finally {
                discard(file);
                discard(folder);
            }
        } catch (IOException problem) {
            UnsatisfiedLinkError error = new UnsatisfiedLinkError("the native library of jotgate cannot be unpacked into "
                    + System.getProperty("java.io.tmpdir") + "; unpack it elsewhere and name it by -D" + PATH_PROPERTY);
            error.initCause(problem);
            throw error;
        }
    }

    static InputStream open(String platform, String name) {
        InputStream library = NativeLibrary.class.getResourceAsStream("/native/" + platform + "/" + name);
        if (library == null) {
            throw new UnsatisfiedLinkError("jotgate's JAR holds no native library for " + platform
                    + "; build one from the crate jotgate-jni and name the file by -D" + PATH_PROPERTY);
        }
        return library;
    }

    /** A loaded library needs its file no more, except on Windows, which keeps it until the virtual machine ends. */
    private static void discard(Path path) {
        try {
            Files.deleteIfExists(path);
        } catch (IOException inUse) {
            path.toFile().deleteOnExit();
        }
    }
}
