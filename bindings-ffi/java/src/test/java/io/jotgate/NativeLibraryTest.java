package io.jotgate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is not seen in a virtual machine of its own; check-loading.sh has the others. */
class NativeLibraryTest {
    private static final String GLIBC = "7f00-7f01 r-xp 00000000 08:01 1 /usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2\n";
    private static final String MUSL = "7f00-7f01 r-xp 00000000 08:01 1 /lib/ld-musl-x86_64.so.1\n";

    @Test
    void everyRowOfPlatformsJsonIsFoundByItsName() throws IOException {
        Path document = Path.of(System.getProperty("jotgate.test.base"), "../../platforms.json");
        List<JsonObject> rows = JsonParser.parseString(Files.readString(document)).getAsJsonObject()
                .getAsJsonArray("platforms").asList().stream().map(JsonElement::getAsJsonObject).toList();
        for (JsonObject row : rows) {
            JsonObject go = row.getAsJsonObject("go");
            JsonElement libc = row.getAsJsonObject("node").get("libc");
            boolean musl = libc != null && libc.getAsString().equals("musl");
            String system = switch (go.get("os").getAsString()) {
                case "darwin" -> "Mac OS X";
                case "windows" -> "Windows Server 2022";
                default -> "Linux";
            };
            String machine = go.get("arch").getAsString().equals("arm64") ? "aarch64" : "amd64";
            assertEquals(row.get("java").getAsString(), NativePlatform.name(system, machine, musl ? MUSL : GLIBC));
        }
        assertEquals(rows.stream().map(row -> row.get("java").getAsString()).toList(), NativePlatform.ALL);
        assertEquals("linux-riscv64", NativePlatform.name("Linux", "riscv64", GLIBC));
    }

    @Test
    void aPlatformWithoutLibraryIsToldWhatToDo() {
        said("plan9-pdp11", "there is one for each of linux-x86_64, linux-aarch64,");
        said("linux-aarch64-musl", "native/linux-aarch64-musl/libjotgate_jni.so.none is not in this JAR");
    }

    private static void said(String platform, String why) {
        UnsatisfiedLinkError error = assertThrows(UnsatisfiedLinkError.class,
                () -> NativeLibrary.open(platform, "libjotgate_jni.so.none"));
        for (String part : List.of("jotgate has no native library for " + platform, why, "-Djotgate.library.path")) {
            assertTrue(error.getMessage().contains(part), error.getMessage());
        }
    }

    @Test
    void aFileThatIsCutOffIsFoundBeforeItIsLoaded(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("library");
        for (byte[] start : List.of(new byte[0], new byte[63])) {
            Files.write(file, start);
            assertThrows(EOFException.class, () -> ElfFile.mustBeWhole(file));
        }
        // Of another system, which looks itself.
        Files.write(file, new byte[64]);
        ElfFile.mustBeWhole(file);
    }
}
