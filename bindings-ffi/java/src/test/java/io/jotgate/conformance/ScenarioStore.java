package io.jotgate.conformance;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.jotgate.KeyStore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** The store of a scenario: what the steps put there, or what was saved since. */
final class ScenarioStore implements KeyStore {
    private record Held(String part, CompletableFuture<Boolean> released) {}

    /** What each function does: work, fail or hold. */
    private final Map<String, String> does = new HashMap<>();
    private final List<Held> held = new ArrayList<>();
    private List<List<String>> landed = new ArrayList<>();
    private String text;
    private int loads;
    private int saves;

    @Override
    public String load() {
        synchronized (this) {
            loads++;
        }
        return called("load", () -> text);
    }

    @Override
    public void save(String saved) {
        synchronized (this) {
            saves++;
        }
        called("save", () -> {
            text = saved;
            landed.add(kids(saved));
            return null;
        });
    }

    private String called(String part, Supplier<String> end) {
        CompletableFuture<Boolean> released;
        synchronized (this) {
            String how = does.getOrDefault(part, "work");
            if (how.equals("fail")) {
                throw new IllegalStateException("the store is broken");
            }
            released = how.equals("hold") ? new CompletableFuture<>() : CompletableFuture.completedFuture(true);
            if (how.equals("hold")) {
                held.add(new Held(part, released));
            }
        }
        // Deaf to interrupts: what was given up can still be released.
        if (!released.join()) {
            throw new IllegalStateException("the process is gone");
        }
        synchronized (this) {
            return end.get();
        }
    }

    private static List<String> kids(String snapshot) {
        List<String> kids = new ArrayList<>();
        JsonParser.parseString(snapshot).getAsJsonObject().getAsJsonArray("sources").forEach(source -> {
            JsonObject set = JsonParser.parseString(source.getAsJsonObject().get("document").getAsString()).getAsJsonObject();
            set.getAsJsonArray("keys").forEach(key -> kids.add(key.getAsJsonObject().get("kid").getAsString()));
        });
        return kids;
    }

    /** {@code put} is null for nothing. */
    synchronized void put(String put) {
        text = put;
    }

    /** What is not named stays as it is. */
    synchronized void change(JsonObject what) {
        what.asMap().forEach((part, how) -> does.put(part, how.getAsString()));
    }

    /** Ends the calls that are held. */
    synchronized void release(String part) {
        held.removeIf(call -> call.part().equals(part) && call.released().complete(true));
    }

    /** Ends the calls of a validator that is no more. */
    synchronized void forget() {
        held.forEach(call -> call.released().complete(false));
        held.clear();
    }

    synchronized int standing() {
        return held.size();
    }

    synchronized int loads() {
        return loads;
    }

    synchronized int saves() {
        return saves;
    }

    /** The key ids of each text that came since this was last asked. */
    synchronized List<List<String>> landed() {
        List<List<String>> since = landed;
        landed = new ArrayList<>();
        return since;
    }
}
