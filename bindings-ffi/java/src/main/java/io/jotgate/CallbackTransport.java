package io.jotgate;

/** Runs the application's {@link Fetcher}. */
record CallbackTransport(Fetcher fetcher) implements Transport {
    @Override
    public Running<FetchResponse> start(FetchRequest request) {
        return Running.call("jotgate-fetch", () -> fetcher.fetch(request));
    }
}
