package io.jotgate;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Fetches by the JDK's HTTP client, which is made when it is first needed. */
final class HttpTransport implements Transport {
    private @Nullable HttpClient client;

    /** {@code client} may be null for one of our own. */
    HttpTransport(@Nullable HttpClient client) {
        this.client = client;
    }

    @Override
    public Running<FetchResponse> start(FetchRequest request) {
        HttpRequest.Builder get = HttpRequest.newBuilder(URI.create(request.url())).GET();
        // The client decodes nothing, and the bound on the body is one on what is read.
        get.setHeader("accept-encoding", "identity");
        request.headers().forEach(get::setHeader);
        CompletableFuture<HttpResponse<byte[]>> exchange =
                client().sendAsync(get.build(), response -> new LimitedBody(request.maxBody()));
        CompletableFuture<FetchResponse> end = exchange.thenApply(response ->
                new FetchResponse(response.statusCode(), response.headers().map(), response.body()));
        return new Running<>(end, () -> exchange.cancel(true));
    }

    /** Its threads are daemons, start with the first fetch, and end when the validator is no longer reachable. */
    private synchronized HttpClient client() {
        HttpClient known = client;
        if (known == null) {
            known = HttpClient.newBuilder()
                    .followRedirects(HttpClient.Redirect.NEVER)
                    // One small GET now and then gains nothing from the upgrade dance of HTTP/2.
                    .version(HttpClient.Version.HTTP_1_1)
                    .build();
            client = known;
        }
        return known;
    }
}
