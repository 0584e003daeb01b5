package io.jotgate.conformance;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.jotgate.FetchRequest;
import io.jotgate.FetchResponse;
import io.jotgate.Fetcher;
import io.jotgate.support.Vectors;
import java.net.ConnectException;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * The fetcher of a scenario. It answers as the steps say, and only while a step lets it: a validation that a release has
 * woken up may ask at once, but its fetch stands at the gate until the step that takes its verdict.
 */
final class ScenarioIssuer implements Fetcher {
    private record Held(String url, CompletableFuture<JsonElement> answer) {}

    private final Map<String, JsonElement> served = new HashMap<>();
    private final List<Held> held = new ArrayList<>();
    private boolean open;
    private long asked;
    private int atGate;
    private int passed;
    private FetchRequest last;

    @Override
    public FetchResponse fetch(FetchRequest request) throws Exception {
        CompletableFuture<JsonElement> answer = passGate(request);
        // Deaf to interrupts: what was given up can still be released.
        return answered(answer.join());
    }

    private synchronized CompletableFuture<JsonElement> passGate(FetchRequest request) throws InterruptedException {
        asked++;
        atGate++;
        while (!open) {
            wait();
        }
        atGate--;
        passed++;
        last = request;
        JsonElement what = served.get(request.url());
        if (!isWord(what, "hold")) {
            return CompletableFuture.completedFuture(what);
        }
        Held waiting = new Held(request.url(), new CompletableFuture<>());
        held.add(waiting);
        return waiting.answer();
    }

    private static FetchResponse answered(JsonElement what) throws Exception {
        if (isWord(what, "timeout")) {
            throw new HttpTimeoutException("no answer in time");
        } else if (what == null || !what.isJsonObject()) {
            throw new ConnectException("nobody is there");
        }
        JsonObject response = what.getAsJsonObject();
        if (response.has("down")) {
            throw new ConnectException(response.get("down").getAsString());
        }
        Map<String, List<String>> headers = new LinkedHashMap<>();
        Vectors.fields(response, "headers").forEach(field -> headers.put(field.getKey(), field.getValue()));
        return new FetchResponse(response.get("status").getAsInt(), headers,
                response.get("body").getAsString().getBytes(StandardCharsets.UTF_8));
    }

    private static boolean isWord(JsonElement what, String word) {
        return what != null && what.isJsonPrimitive() && what.getAsString().equals(word);
    }

    synchronized void serve(JsonObject answers) {
        served.putAll(answers.asMap());
    }

    /** Answers the held fetches of a URL with what is served now. */
    synchronized void release(String url) {
        held.removeIf(waiting -> waiting.url().equals(url) && waiting.answer().complete(served.get(url)));
    }

    synchronized void setOpen(boolean open) {
        this.open = open;
        notifyAll();
    }

    /** How many fetches stand here, at the gate or without an answer. What comes to an open gate is on its way. */
    synchronized int standing() {
        return (open ? 0 : atGate) + held.size();
    }

    /** Ends the fetches of a validator that is no more. */
    synchronized void forget() {
        held.forEach(waiting -> waiting.answer().complete(null));
        held.clear();
        asked = 0;
    }

    /** How many fetches went past the gate. */
    synchronized int passed() {
        return passed;
    }

    /** Whether every fetch that was started has come. */
    synchronized boolean hasAll(long started) {
        return started == asked;
    }

    /** The members of the last request; null stands for a field that was not there. */
    synchronized Map<String, Object> requested() {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("url", last.url());
        members.put("timeout", last.timeout().toMillis() / 1000.0);
        members.put("max_body", last.maxBody());
        members.put("accept", last.headers().get("accept"));
        members.put("if_none_match", last.headers().get("if-none-match"));
        members.put("cache_control", last.headers().get("cache-control"));
        return members;
    }
}
