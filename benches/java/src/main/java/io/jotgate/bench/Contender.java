package io.jotgate.bench;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * One library in one case. Its operation says whether the library came to the verdict that the case expects.
 */
final class Contender {
    /** How long one chunk lasts, about; long against the clock's grain, short against the machine's moods. */
    private static final long CHUNK_NANOS = 1_000_000;
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final OperatingSystemMXBean PROCESS =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    final String name;
    final String version;
    final String provider;
    /** Mean nanoseconds for each token, chunk by chunk. */
    final List<Double> wall = new ArrayList<>();
    final List<Double> cpu = new ArrayList<>();

    private final BooleanSupplier operation;
    /** How many tokens one operation judges; where these are many, it is a chunk by itself. */
    private final int tokens;
    private int iterations = 1;
    /** How often the verdict was another one; keeps the compiler from leaving the work out, too. */
    private int wrong;

    Contender(String name, String version, String provider, int tokens, BooleanSupplier operation) {
        this.name = name;
        this.version = version;
        this.provider = provider;
        this.tokens = tokens;
        this.operation = operation;
    }

    /** Runs for a while, and finds out how many iterations make a chunk. What is long is asked for its verdict once. */
    void warmUp(long nanos) {
        if (tokens > 1) {
            if (wall.isEmpty()) {
                run(1);
            }
            return;
        }
        long start = System.nanoTime();
        long done = 0;
        for (; System.nanoTime() - start < nanos; done++) {
            run(1);
        }
        iterations = (int) Math.max(1, done * CHUNK_NANOS / (System.nanoTime() - start));
    }

    void chunk() {
        long cpuStart = processorTime();
        long start = System.nanoTime();
        run(iterations);
        double passed = System.nanoTime() - start;
        double used = processorTime() - cpuStart;
        wall.add(passed / iterations / tokens);
        cpu.add(used / iterations / tokens);
    }

    /**
     * Of this thread, since the process's clock of Java ticks every 10 ms: what compiles and collects is left out, of all libraries
     * alike. Of the process where other threads judge as well, for long enough.
     */
    private long processorTime() {
        return tokens > 1 ? PROCESS.getProcessCpuTime() : THREADS.getCurrentThreadCpuTime();
    }

    private void run(int times) {
        for (int i = 0; i < times; i++) {
            if (!operation.getAsBoolean()) {
                wrong++;
            }
        }
        if (wrong > 0) {
            throw new IllegalStateException(name + " comes to another verdict");
        }
    }
}
