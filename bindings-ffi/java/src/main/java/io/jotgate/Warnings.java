package io.jotgate;

import org.jspecify.annotations.Nullable;

/** Writes to the system logger {@code io.jotgate}. Whatever a logger of the application's does, the work goes on. */
final class Warnings {
    private static final System.Logger LOGGER = System.getLogger("io.jotgate");

    private Warnings() {}

    /** Writes what the core has to tell operators. */
    static void tell(Core core) {
        for (String warning = core.pollWarning(); warning != null; warning = core.pollWarning()) {
            log(warning, null);
        }
    }

    /** {@code problem} is null for none. */
    static void log(String warning, @Nullable Throwable problem) {
        try {
            LOGGER.log(System.Logger.Level.WARNING, warning, problem);
        } catch (RuntimeException | Error broken) {
            // A logger that throws must not keep those waiting who wait for the work.
        }
    }
}
