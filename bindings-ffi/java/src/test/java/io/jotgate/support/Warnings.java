package io.jotgate.support;

import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** What the library writes to its logger, which writes nowhere else meanwhile. */
public final class Warnings extends Handler {
    /** Kept here, because the JDK holds loggers weakly. */
    private final Logger logger = Logger.getLogger("io.jotgate");

    private List<String> told = new ArrayList<>();

    public Warnings() {
        logger.setUseParentHandlers(false);
        logger.addHandler(this);
    }

    @Override
    public synchronized void publish(LogRecord entry) {
        told.add(entry.getMessage());
    }

    /** Those that came since this was last asked. */
    public synchronized List<String> since() {
        List<String> since = told;
        told = new ArrayList<>();
        return since;
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
        logger.removeHandler(this);
        logger.setUseParentHandlers(true);
    }
}
