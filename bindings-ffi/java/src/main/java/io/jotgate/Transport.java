package io.jotgate;

/** The way fetches are done. */
interface Transport {
    /** Starts a fetch and returns at once. */
    Running<FetchResponse> start(FetchRequest request);
}
