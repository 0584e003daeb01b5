package io.jotgate;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Finds and loads the native library, once. */
final class NativeLibrary {
    static final String VERSION = "0.1.0";
    static final String PATH_PROPERTY = "jotgate.library.path";

    private static final String FOLDER_PROPERTY = "java.io.tmpdir";
    private static final String CRATE = "build the crate jotgate-jni there and name the file by -D" + PATH_PROPERTY;
    private static final String ELSEWHERE = "name another folder by -D" + FOLDER_PROPERTY
            + ", or unpack the library from the JAR yourself and name the file by -D" + PATH_PROPERTY;

    /** How the folders that libraries are unpacked into begin. */
    private static final String OWN = "jotgate-native-";

    /** How long it may take at most from the making of such a folder until its library is loaded. */
    private static final Duration ABANDONED = Duration.ofHours(1);

    private static boolean loaded;

    private NativeLibrary() {}

    /**
     * Loads the file that the system property {@value #PATH_PROPERTY} names, else the one in the JAR.
     *
     * @throws UnsatisfiedLinkError there is none for this platform, it cannot be loaded, or it is of another version
     */
    static synchronized void load() {
        if (loaded) {
            return;
        }
        String platform = NativePlatform.current();
        String path = System.getProperty(PATH_PROPERTY);
        if (path != null) {
            loadFile(platform, Path.of(path).toAbsolutePath());
        } else {
            loadFromJar(platform);
        }
        Object version = Flat.readList(Native.about()).get(0);
        if (!VERSION.equals(version)) {
            throw new UnsatisfiedLinkError("two versions of jotgate lie side by side: its native library for " + platform
                    + (path == null ? " in the JAR" : ", which -D" + PATH_PROPERTY + " names,") + " is of version " + version
                    + ", the Java classes are of version " + VERSION + "; take both from one JAR");
        }
        loaded = true;
    }

    private static void loadFile(String platform, Path file) {
        String named = "the native library of jotgate for " + platform + ", which -D" + PATH_PROPERTY + " names (" + file + ")";
        try {
            if (!Files.isRegularFile(file)) {
                throw error(named + " is not there", null);
            }
            ElfFile.mustBeWhole(file);
            System.load(file.toString());
        } catch (IOException problem) {
            throw error(named + " cannot be loaded: " + problem.getMessage(), problem);
        } catch (UnsatisfiedLinkError problem) {
            // Two copies of one file may be loaded, one file may not. Of the texts of the virtual machine no other says why.
            if (said(problem).contains("already loaded in another classloader")) {
                throw error(named + " is loaded by another class loader, and a file can be loaded once: let a class loader that"
                        + " both applications share have the JAR, or leave -D" + PATH_PROPERTY
                        + " out, so that each unpacks a copy", problem);
            }
            throw error(named + " cannot be loaded: " + said(problem), problem);
        }
    }

    private static void loadFromJar(String platform) {
        String name = System.mapLibraryName("jotgate_jni");
        String folder = System.getProperty(FOLDER_PROPERTY);
        InputStream library = open(platform, name);
        try (library) {
            if (platform.startsWith("windows")) {
                sweep(Path.of(folder), name, Instant.now().minus(ABANDONED));
            }
            // A new folder that only this user may enter: nobody else can put another file in the library's place.
            Path own = Files.createTempDirectory(OWN);
            Path file = own.resolve(name);
            try {
                Files.copy(library, file);
                System.load(file.toString());
            } finally {
                discard(file);
                discard(own);
            }
        } catch (IOException problem) {
            throw error("the native library of jotgate for " + platform + " cannot be unpacked into " + folder + " (" + problem
                    + "); " + ELSEWHERE, problem);
        } catch (UnsatisfiedLinkError problem) {
            throw error("the native library of jotgate for " + platform + " was unpacked into " + folder
                    + " and cannot be loaded: " + said(problem)
                    + "; the system may be older than the README's table of platforms says; where programs may not run from"
                    + " that folder (mounted noexec), " + ELSEWHERE, problem);
        }
    }

    static InputStream open(String platform, String name) {
        String place = "native/" + platform + "/" + name;
        InputStream library = NativeLibrary.class.getResourceAsStream("/" + place);
        if (library == null) {
            boolean known = NativePlatform.ALL.contains(platform);
            throw new UnsatisfiedLinkError("jotgate has no native library for " + platform + ": " + (known
                    ? place + " is not in this JAR; take the one that was released, or " + CRATE
                    : "there is one for each of " + String.join(", ", NativePlatform.ALL) + "; " + CRATE));
        }
        return library;
    }

    private static UnsatisfiedLinkError error(String message, @Nullable Throwable cause) {
        UnsatisfiedLinkError error = new UnsatisfiedLinkError(message);
        error.initCause(cause);
        return error;
    }

    private static String said(Throwable problem) {
        return String.valueOf(problem.getMessage());
    }

    /**
     * Removes what earlier processes have left: Windows keeps the file of a loaded library, and ends the process with it. One that
     * still runs keeps its own, and one that has just begun is left alone.
     */
    static void sweep(Path folder, String name, Instant before) {
        try (DirectoryStream<Path> left = Files.newDirectoryStream(folder, OWN + "*")) {
            for (Path own : left) {
                try {
                    if (Files.getLastModifiedTime(own).toInstant().isBefore(before)) {
                        Files.deleteIfExists(own.resolve(name));
                        Files.deleteIfExists(own);
                    }
                } catch (IOException inUse) {
                    // Or another user's, or no folder of ours.
                }
            }
        } catch (IOException | DirectoryIteratorException unreadable) {
            // What cannot be looked at cannot be swept, and whether anything can be unpacked there is seen next.
        }
    }

    /** A loaded library needs its file no more, except on Windows: there it is swept by a later process. */
    private static void discard(Path path) {
        try {
            Files.deleteIfExists(path);
        } catch (IOException inUse) {
            path.toFile().deleteOnExit();
        }
    }
}
