package io.jotgate;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;

/**
 * Something of the application's, or of ours, that runs.
 *
 * @param end completes when it has really ended, however late that is
 * @param stop asks it to end; of no effect afterwards
 */
record Running<T>(CompletableFuture<T> end, Runnable stop) {
    /** Starts a call of the application's on a daemon thread that ends with it; stopping interrupts the thread. */
    static <T> Running<T> call(String name, Callable<T> call) {
        CompletableFuture<T> end = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                end.complete(call.call());
            } catch (Throwable problem) {
                // Errors too: whatever the callback does, its call must end, or its waiters would not.
                end.completeExceptionally(problem);
            }
        }, name);
        thread.setDaemon(true);
        thread.start();
        return new Running<>(end, thread::interrupt);
    }
}
