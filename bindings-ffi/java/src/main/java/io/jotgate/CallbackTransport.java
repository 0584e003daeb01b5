package io.jotgate;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;

/** Runs the application's {@link Fetcher}, each call on a thread that ends with it. */
record CallbackTransport(Fetcher fetcher) implements Transport {
    @Override
    public CompletableFuture<FetchResponse> start(FetchRequest request) {
        CompletableFuture<FetchResponse> result = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                result.complete(fetcher.fetch(request));
            } catch (Throwable problem) {
                // Errors too: whatever the callback does, the fetch must end, or its waiters would not.
                result.completeExceptionally(problem);
            }
        }, "jotgate-fetch");
        thread.setDaemon(true);
        thread.start();
        result.whenComplete((response, problem) -> {
            if (problem instanceof TimeoutException) {
                thread.interrupt();
            }
        });
        return result;
    }
}
