package io.jotgate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class NativeLibraryTest {
    @Test
    void platformsAreNamedAsInTheJar() {
        assertEquals("linux-x86_64", NativeLibrary.platform("Linux", "amd64"));
        assertEquals("macos-aarch64", NativeLibrary.platform("Mac OS X", "aarch64"));
        assertEquals("windows-x86_64", NativeLibrary.platform("Windows Server 2022", "amd64"));
        assertEquals("linux-riscv64", NativeLibrary.platform("Linux", "riscv64"));
    }

    @Test
    void aPlatformWithoutLibraryIsToldWhatToDo() {
        UnsatisfiedLinkError error = assertThrows(UnsatisfiedLinkError.class,
                () -> NativeLibrary.open("plan9-pdp11", "libjotgate_jni.so"));
        assertTrue(error.getMessage().contains("plan9-pdp11"), error.getMessage());
        assertTrue(error.getMessage().contains("-Djotgate.library.path"), error.getMessage());
    }
}
