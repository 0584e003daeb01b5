package io.jotgate;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The work that was taken and has not ended, and those who wait for it. */
final class UnderWay {
    private final Map<Long, CompletableFuture<Void>> ends = new HashMap<>();

    /** The next piece of work, null for none. Taken under the lock, so that nobody misses here what another was just given. */
    synchronized @Nullable Work take(Supplier<@Nullable Work> poll) {
        Work work = poll.get();
        if (work != null) {
            ends.put(work.id(), new CompletableFuture<>());
        }
        return work;
    }

    synchronized boolean has(long id) {
        return ends.containsKey(id);
    }

    /** Wakes those who wait for this piece, and nobody else. */
    void end(long id) {
        CompletableFuture<Void> end;
        synchronized (this) {
            end = ends.remove(id);
        }
        if (end != null) {
            end.complete(null);
        }
    }

    /** Completes when the first of these ends; null where one has ended already, so that nobody has to wait. */
    synchronized @Nullable CompletableFuture<Object> firstOf(long[] ids) {
        CompletableFuture<?>[] found = new CompletableFuture<?>[ids.length];
        for (int i = 0; i < ids.length; i++) {
            found[i] = ends.get(ids[i]);
            if (found[i] == null) {
                return null;
            }
        }
        return CompletableFuture.anyOf(found);
    }

    /** Wakes everybody. */
    void endAll() {
        CompletableFuture<?>[] all;
        synchronized (this) {
            all = ends.values().toArray(CompletableFuture<?>[]::new);
            ends.clear();
        }
        for (CompletableFuture<?> end : all) {
            end.complete(null);
        }
    }
}
