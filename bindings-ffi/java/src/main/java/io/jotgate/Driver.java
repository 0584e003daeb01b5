package io.jotgate;

import java.io.IOException;
import java.net.http.HttpTimeoutException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Asks the core, does the fetches it wants, and asks again: the only logic of this library.
 *
 * <p>A fetch belongs to nobody: whoever has to start it does so and then waits as everybody else does, so a waiter that
 * is interrupted or cancelled takes no fetch with it.
 */
final class Driver {
    /** One validation, to be asked again with a later time. */
    interface Question {
        Verdict ask(Core core, long now);
    }

    private static final long WAIT_BEYOND_TIMEOUT_MILLIS = 3_000;

    private final Core core;
    private final Clock clock;
    private final Transport transport;
    /** Null for none. */
    private final SharedStore store;
    private final EventTeller events;
    /** Completes when the next fetch ends, and is then replaced. */
    private final AtomicReference<CompletableFuture<Void>> landing = new AtomicReference<>(new CompletableFuture<>());
    private final AtomicLong longestTimeoutMillis = new AtomicLong();

    Driver(Core core, Clock clock, Transport transport, SharedStore store, EventTeller events) {
        this.core = core;
        this.clock = clock;
        this.transport = transport;
        this.store = store;
        this.events = events;
    }

    long now() {
        return clock.millis();
    }

    Verdict verdict(Question question) {
        for (;;) {
            // Taken before asking: a fetch that ends in between has completed it, and nobody waits in vain.
            CompletableFuture<Void> landed = landing.get();
            Verdict verdict = ask(question);
            if (!verdict.needsKeys()) {
                return verdict;
            }
            await(landed);
        }
    }

    CompletableFuture<Verdict> verdictLater(Question question) {
        CompletableFuture<Void> landed = landing.get();
        Verdict verdict = ask(question);
        if (!verdict.needsKeys()) {
            return CompletableFuture.completedFuture(verdict);
        }
        return landed.copy()
                .completeOnTimeout(null, longestWaitMillis(), TimeUnit.MILLISECONDS)
                .thenComposeAsync(nothing -> verdictLater(question));
    }

    /** Closes the core; those who wait learn it when they ask again. */
    void close() {
        core.close();
        announceLanding();
    }

    /** Starts a fetch for every source, and waits for none. */
    void refreshKeys() {
        core.refreshKeys();
        long now = now();
        start(core.dueFetches(now), now);
        events.tell(core);
    }

    int importKeys(String snapshot) {
        try {
            return core.importKeys(snapshot, now());
        } finally {
            events.tell(core);
        }
    }

    private Verdict ask(Question question) {
        long now = now();
        Verdict verdict = question.ask(core, now);
        if (verdict.needsKeys()) {
            start(verdict.fetches(), now);
        } else if (verdict.fetchDue()) {
            start(core.dueFetches(now), now);
        }
        events.tell(core);
        return verdict;
    }

    private void start(List<Fetch> fetches, long now) {
        for (Fetch fetch : fetches) {
            long timeout = fetch.request().timeout().toMillis();
            longestTimeoutMillis.accumulateAndGet(timeout, Math::max);
            if (store == null) {
                fetch(fetch, timeout, now);
            } else {
                settleOrFetch(fetch, timeout, now);
            }
        }
    }

    /** Whatever time the store takes is taken from the fetch. */
    private void settleOrFetch(Fetch fetch, long timeoutMillis, long now) {
        long began = System.nanoTime();
        store.settles(fetch, () -> nowOr(now)).whenComplete((settled, problem) -> {
            if (problem != null) {
                land(fetch, null, problem, now);
            } else if (settled) {
                announceLanding();
                events.tell(core);
            } else {
                long taken = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
                fetch(fetch, Math.max(0, timeoutMillis - taken), now);
            }
        });
    }

    private void fetch(Fetch fetch, long timeoutMillis, long now) {
        CompletableFuture<FetchResponse> result;
        try {
            result = transport.start(fetch.request());
        } catch (Throwable problem) {
            // Errors too: there may be no thread left to start.
            result = CompletableFuture.failedFuture(problem);
        }
        result.orTimeout(timeoutMillis, TimeUnit.MILLISECONDS)
                .whenComplete((response, problem) -> land(fetch, response, problem, now));
    }

    /** The one place where a fetch ends, exactly once. */
    private void land(Fetch fetch, FetchResponse response, Throwable problem, long startedAt) {
        try {
            long now = nowOr(startedAt);
            boolean taken = response != null && completed(fetch, response, now);
            if (!taken) {
                core.failFetch(fetch.id(), failure(problem), now);
            }
        } finally {
            announceLanding();
            if (store != null) {
                store.saveIfDue(fetch.request().timeout().toMillis());
            }
            events.tell(core);
        }
    }

    /** A callback's answer may hold a map that throws or a header field that is null: then there is no answer. */
    private boolean completed(Fetch fetch, FetchResponse response, long now) {
        try {
            return core.completeFetch(fetch.id(), response, now);
        } catch (RuntimeException unusable) {
            return false;
        }
    }

    /** A clock of the application's that throws must not keep a fetch from ending. */
    private long nowOr(long startedAt) {
        try {
            return now();
        } catch (RuntimeException broken) {
            return startedAt;
        }
    }

    private void announceLanding() {
        landing.getAndSet(new CompletableFuture<>()).complete(null);
    }

    private void await(CompletableFuture<Void> landed) {
        try {
            landed.get(longestWaitMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new KeysUnavailableException(Instant.ofEpochMilli(now()), -1, interrupted);
        } catch (TimeoutException lost) {
            // Longer than any fetch may take: the core has given it up and says what to do next.
        } catch (ExecutionException impossible) {
            throw new InternalErrorException("a landing failed");
        }
    }

    private long longestWaitMillis() {
        return longestTimeoutMillis.get() + WAIT_BEYOND_TIMEOUT_MILLIS;
    }

    /** The number of a failure, as the core counts them. */
    static int failure(Throwable problem) {
        Throwable cause = problem instanceof CompletionException && problem.getCause() != null
                ? problem.getCause() : problem;
        if (cause instanceof TimeoutException || cause instanceof HttpTimeoutException) {
            return 2;
        } else if (cause instanceof LimitedBody.TooLarge) {
            return 3;
        } else if (cause instanceof CancellationException) {
            return 4;
        } else if (cause instanceof IOException) {
            return cause.getCause() instanceof LimitedBody.TooLarge ? 3 : 1;
        }
        return 5;
    }
}
