package io.jotgate;

import java.util.concurrent.CompletableFuture;

/** Runs the application's {@link Fetcher}. */
record CallbackTransport(Fetcher fetcher) implements Transport {
    @Override
    public CompletableFuture<FetchResponse> start(FetchRequest request) {
        return Callback.start("jotgate-fetch", () -> fetcher.fetch(request));
    }
}
