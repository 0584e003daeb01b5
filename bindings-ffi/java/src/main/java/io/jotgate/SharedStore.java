package io.jotgate;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/** The application's {@link KeyStore}: whatever it does, a fetch ends in time and nobody waits for a save. */
final class SharedStore {
    private static final String THREAD = "jotgate-store";
    private static final System.Logger LOGGER = System.getLogger("io.jotgate");

    private final KeyStore store;
    private final Core core;
    /** How often somebody wanted a save since none was left to do. */
    private final AtomicInteger wanted = new AtomicInteger();

    SharedStore(KeyStore store, Core core) {
        this.store = store;
        this.core = core;
    }

    /**
     * Whether what the store has ends a fetch. Fails only when the store takes longer than the fetch may.
     *
     * @param now tells the time when the store has answered
     */
    CompletableFuture<Boolean> settles(Fetch fetch, LongSupplier now) {
        CompletableFuture<String> loading;
        try {
            loading = Callback.start(THREAD, this::loaded);
        } catch (Throwable noThread) {
            warn("the store of key sets was not asked", noThread);
            return CompletableFuture.completedFuture(false);
        }
        return loading.orTimeout(fetch.request().timeout().toMillis(), TimeUnit.MILLISECONDS)
                .thenApply(text -> text != null && isSettled(fetch, text, now.getAsLong()));
    }

    private String loaded() {
        try {
            return store.load();
        } catch (Throwable problem) {
            warn("the store of key sets gave nothing", problem);
            return null;
        }
    }

    private boolean isSettled(Fetch fetch, String text, long now) {
        try {
            return core.settleFetch(fetch.id(), text, now);
        } catch (IllegalArgumentException noUse) {
            LOGGER.log(System.Logger.Level.WARNING, "the store of key sets is of no use: " + noUse.getMessage());
            return false;
        } catch (RuntimeException problem) {
            warn("the store of key sets is of no use", problem);
            return false;
        }
    }

    /** Starts to save what other processes lack, if there is anything. Never throws. */
    void saveIfDue(long timeoutMillis) {
        try {
            if (core.exportDue() && wanted.getAndIncrement() == 0) {
                save(timeoutMillis);
            }
        } catch (RuntimeException problem) {
            warn("key sets were not saved", problem);
        }
    }

    /** One save at a time, so that an older text never comes after a newer one. */
    private void save(long timeoutMillis) {
        int seen = wanted.get();
        try {
            Callback.start(THREAD, () -> {
                try {
                    saveNow();
                } finally {
                    if (!wanted.compareAndSet(seen, 0)) {
                        save(timeoutMillis);
                    }
                }
                return null;
            }).orTimeout(timeoutMillis, TimeUnit.MILLISECONDS);
        } catch (Throwable noThread) {
            wanted.set(0);
            warn("key sets were not saved", noThread);
        }
    }

    private void saveNow() {
        String text;
        try {
            text = core.exportKeys();
        } catch (IllegalStateException closed) {
            return;
        }
        try {
            store.save(text);
        } catch (Throwable problem) {
            warn("key sets were not saved", problem);
        }
    }

    private static void warn(String what, Throwable problem) {
        LOGGER.log(System.Logger.Level.WARNING, what, problem);
    }
}
