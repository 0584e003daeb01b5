package io.jotgate;

import java.util.concurrent.CompletableFuture;

/** The way fetches are done. */
interface Transport {
    /**
     * Starts a fetch and returns at once. Whoever called completes the future with a {@link
     * java.util.concurrent.TimeoutException} when time is up, and the transport then gives the fetch up.
     */
    CompletableFuture<FetchResponse> start(FetchRequest request);
}
