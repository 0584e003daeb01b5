package io.jotgate.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * One library in one case. Its operation says whether the library came to the verdict that the case expects.
 */
final class Contender {
    /** How long one chunk lasts, about; long against the clock's grain, short against the machine's moods. */
    private static final long CHUNK_NANOS = 1_000_000;

    final String library;
    final String version;
    /** Mean nanoseconds of each chunk. */
    final List<Double> chunks = new ArrayList<>();

    private final BooleanSupplier operation;
    private int iterations = 1;
    /** How often the verdict was another one; keeps the compiler from leaving the work out, too. */
    private int wrong;

    Contender(String library, String version, BooleanSupplier operation) {
        this.library = library;
        this.version = version;
        this.operation = operation;
    }

    /** Runs for a while, and finds out how many iterations make a chunk. */
    void warmUp(long nanos) {
        long start = System.nanoTime();
        long done = 0;
        for (; System.nanoTime() - start < nanos; done++) {
            run(1);
        }
        iterations = (int) Math.max(1, done * CHUNK_NANOS / (System.nanoTime() - start));
        if (wrong > 0) {
            throw new IllegalStateException(library + " comes to another verdict");
        }
    }

    void chunk() {
        long start = System.nanoTime();
        run(iterations);
        chunks.add((double) (System.nanoTime() - start) / iterations);
        if (wrong > 0) {
            throw new IllegalStateException(library + " comes to another verdict");
        }
    }

    private void run(int times) {
        for (int i = 0; i < times; i++) {
            if (!operation.getAsBoolean()) {
                wrong++;
            }
        }
    }
}
