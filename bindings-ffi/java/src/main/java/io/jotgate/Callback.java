package io.jotgate;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;

/** Runs what the application has given us. */
final class Callback {
    private Callback() {}

    /**
     * Starts a call on a daemon thread that ends with it. Whoever called completes the future with a {@link
     * TimeoutException} when time is up; the thread is then interrupted.
     */
    static <T> CompletableFuture<T> start(String name, Callable<T> call) {
        CompletableFuture<T> result = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                result.complete(call.call());
            } catch (Throwable problem) {
                // Errors too: whatever the callback does, its call must end, or its waiters would not.
                result.completeExceptionally(problem);
            }
        }, name);
        thread.setDaemon(true);
        thread.start();
        result.whenComplete((value, problem) -> {
            if (problem instanceof TimeoutException) {
                thread.interrupt();
            }
        });
        return result;
    }
}
