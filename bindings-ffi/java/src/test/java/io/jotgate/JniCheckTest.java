package io.jotgate;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class JniCheckTest {
    /** The virtual machine prints its complaints to the output, where nothing but our own last word may stand. */
    @Test
    void theVirtualMachineHasNoComplaints() throws Exception {
        assertRuns(JniCheck.class);
    }

    /** No thread that calls the application keeps the virtual machine from ending. */
    @Test
    void aHangingStoreKeepsNoProgramAlive() throws Exception {
        assertRuns(StoreExit.class);
    }

    /** The library that the classes of an application have loaded is not gone with them, while threads have something of it. */
    @Test
    void threadsOutliveTheClassesThatLoadedTheLibrary() throws Exception {
        assertRuns(Redeploy.class);
    }

    private static void assertRuns(Class<?> program) throws Exception {
        Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xcheck:jni", "-cp", System.getProperty("java.class.path"), program.getName())
                .redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals("done", output.strip());
        assertEquals(0, process.waitFor());
    }
}
