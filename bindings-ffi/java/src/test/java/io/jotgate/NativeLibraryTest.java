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
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
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
    void whatEarlierProcessesHaveLeftIsSweptAndNothingElse(@TempDir Path folder) throws IOException {
        Instant now = Instant.now();
        Path old = unpacked(folder, "jotgate-native-1", "library", now.minusSeconds(60));
        Path fresh = unpacked(folder, "jotgate-native-2", "library", now.plusSeconds(60));
        Path shared = unpacked(folder, "jotgate-native-3", "of somebody else", now.minusSeconds(60));
        Path foreign = unpacked(folder, "jotgate-notes", "library", now.minusSeconds(60));
        NativeLibrary.sweep(folder, "library", now);
        assertEquals(List.of(false, true, true, true), Stream.of(old, fresh, shared, foreign).map(Files::exists).toList());
        NativeLibrary.sweep(folder.resolve("of no such name"), "library", now);
    }

    private static Path unpacked(Path folder, String own, String name, Instant when) throws IOException {
        Path file = Files.createFile(Files.createDirectory(folder.resolve(own)).resolve(name));
        Files.setLastModifiedTime(file.getParent(), FileTime.from(when));
        return file;
    }

    @Test
    void aFileThatIsCutOffIsFoundBeforeItIsLoaded(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("library");
        for (byte[] start : List.of(new byte[0], new byte[63])) {
            Files.write(file, start);
            assertThrows(EOFException.class, () -> ElfFile.mustBeWhole(file));
        }
        // A header alone, with a table of 65,535 entries of 65,535 bytes behind it.
        byte[] header = new byte[64];
        System.arraycopy(new byte[] {0x7f, 'E', 'L', 'F'}, 0, header, 0, 4);
        Arrays.fill(header, 58, 62, (byte) 0xff);
        Files.write(file, header);
        EOFException cut = assertThrows(EOFException.class, () -> ElfFile.mustBeWhole(file));
        assertEquals("it is cut off after 64 of 4294836225 bytes", cut.getMessage());
        // Of another system, which looks itself.
        Files.write(file, new byte[64]);
        ElfFile.mustBeWhole(file);
    }
}
