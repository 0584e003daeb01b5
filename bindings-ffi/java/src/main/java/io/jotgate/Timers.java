package io.jotgate;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Tells when the time of work is over, and the patience of those who wait for it. */
interface Timers {
    /** What a future completes with whose time is over. */
    Object OVERDUE = new Object();

    /** Those of the system. */
    Timers SYSTEM = new Timers() {};

    /** Completes when the work has ended, or when its time is over. */
    default CompletableFuture<Object> ofWork(CompletableFuture<Object> end, long millis) {
        return end.completeOnTimeout(OVERDUE, millis, TimeUnit.MILLISECONDS);
    }

    /**
     * Does what follows when the time of work is over. Not on the one thread that all timers of the process share, as it may
     * call the application; and not in the pool that all of the process share, which the application may keep busy.
     */
    default void afterOverdue(Runnable follows) {
        Running.call("jotgate-overdue", () -> {
            follows.run();
            return null;
        });
    }

    /** Completes when there may be a verdict, or when whoever asks has waited for long enough. */
    default CompletableFuture<Object> ofWaiting(Question question, CompletableFuture<Object> end, long millis) {
        return end.completeOnTimeout(OVERDUE, millis, TimeUnit.MILLISECONDS);
    }
}
