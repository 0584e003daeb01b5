package io.jotgate;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Programs in virtual machines of their own, which print "done" and nothing else. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ProgramsTest {
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

    /** Ten million validations are the business of make soak. */
    @Test
    void aProcessDoesNotGrow() throws Exception {
        assertRuns(List.of("-Xms64m", "-Xmx64m", "-XX:+UseSerialGC", "-XX:+AlwaysPreTouch"), Soak.class, "60000");
    }

    @Test
    void aFetchPinsNoVirtualThread() throws Exception {
        if (Runtime.version().feature() < 21) {
            System.err.println("NOT TESTED: Java " + Runtime.version().feature() + " has no virtual threads");
            Assumptions.abort("Java " + Runtime.version().feature() + " has no virtual threads");
        }
        assertRuns(VirtualThreads.ONE_CARRIER, VirtualThreads.class);
    }

    private static void assertRuns(Class<?> program) throws Exception {
        assertRuns(List.of("-Xcheck:jni"), program);
    }

    private static void assertRuns(List<String> options, Class<?> program, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals("done", output.strip());
        assertEquals(0, process.waitFor());
    }
}
