package io.jotgate;

import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Does the work that the core gives out, and lets callers wait for it: what is done, when, and for how long at most, the
 * core decides.
 *
 * <p>Work belongs to nobody: whoever has to start it does so and then waits as everybody else does, so a waiter that is
 * interrupted or cancelled takes no work with it.
 */
final class Driver {
    private static final String STORE_THREAD = "jotgate-store";

    /** That of the policy that holds now. A question takes one and keeps it. */
    private volatile Core core;
    private volatile boolean closed;
    private final Clock clock;
    private final Transport transport;
    /** Null for none. */
    private final @Nullable KeyStore store;
    private final EventTeller events;
    private final Timers timers;
    private final UnderWay underWay = new UnderWay();

    Driver(Core core, Clock clock, Transport transport, @Nullable KeyStore store, EventTeller events, Timers timers) {
        this.core = core;
        this.clock = clock;
        this.transport = transport;
        this.store = store;
        this.events = events;
        this.timers = timers;
    }

    long now() {
        return clock.millis();
    }

    Core core() {
        return core;
    }

    /** Judges by another policy from now on; one at a time. */
    synchronized void replace(String policy) {
        core = core.replaced(policy, now());
        events.tell(core);
    }

    Verdict verdict(Core asked, Question question) {
        for (;;) {
            Verdict verdict = ask(asked, question);
            if (!verdict.needsKeys()) {
                return verdict;
            }
            CompletableFuture<Object> end = underWay.firstOf(verdict.waitFor());
            try {
                await(end, verdict.waitFor(), verdict.patienceMillis());
            } catch (InterruptedException interrupted) {
                throw unavailable(interrupted);
            }
        }
    }

    /** In rounds: asks about the tokens that have no verdict, all at once, and then waits for what each of them needs. */
    void judge(Batch batch) {
        Core asked = core;
        while (batch.isOpen()) {
            refuseClosed();
            long now = now();
            List<Batch.Waiting> waiting = batch.ask(asked, now, () -> work(now));
            events.tell(core);
            await(batch, waiting);
        }
    }

    CompletableFuture<Verdict> verdictLater(Core asked, Question question) {
        for (;;) {
            Verdict verdict = ask(asked, question);
            if (!verdict.needsKeys()) {
                return CompletableFuture.completedFuture(verdict);
            }
            CompletableFuture<Object> end = underWay.firstOf(verdict.waitFor());
            if (end != null) {
                return timers.ofWaiting(question, end, verdict.patienceMillis()).thenComposeAsync(how -> {
                    if (how == Timers.OVERDUE) {
                        giveUp(verdict.waitFor());
                    }
                    return verdictLater(asked, question);
                });
            }
        }
    }

    /** Closes the core; those who wait learn it when they ask again. */
    void close() {
        closed = true;
        core.close();
        underWay.endAll();
    }

    /** Starts a fetch for every source, and waits for none. */
    void refreshKeys() {
        core.refreshKeys();
        work(now());
        events.tell(core);
    }

    int importKeys(String snapshot) {
        try {
            return core.importKeys(snapshot, now());
        } finally {
            events.tell(core);
        }
    }

    private Verdict ask(Core asked, Question question) {
        refuseClosed();
        long now = now();
        Verdict verdict = asked.validate(question, now);
        if (verdict.workDue()) {
            work(now);
        }
        events.tell(core);
        return verdict;
    }

    /** The core of a policy that was replaced is not closed with the validator. */
    private void refuseClosed() {
        if (closed) {
            throw new IllegalStateException("the validator is closed");
        }
    }

    /** Those that are interrupted before they have what they wait for are not asked about again. */
    private void await(Batch batch, List<Batch.Waiting> waiting) {
        long begun = System.nanoTime();
        // Before any wait: what ends during that of others has ended in time.
        List<CompletableFuture<Object>> ends = waiting.stream().map(some -> underWay.firstOf(some.ids)).toList();
        for (int i = 0; i < ends.size(); i++) {
            Batch.Waiting some = waiting.get(i);
            long waited = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
            try {
                await(ends.get(i), some.ids, some.patienceMillis() - waited);
                batch.askAgain(some);
            } catch (InterruptedException interrupted) {
                batch.giveUp(some, () -> unavailable(interrupted));
            }
        }
    }

    /** Returns when there may be a verdict; {@code end} is null where there may be one already. Keeps an interrupt. */
    private void await(@Nullable CompletableFuture<Object> end, long[] ids, long patienceMillis) throws InterruptedException {
        if (end == null) {
            return;
        }
        try {
            end.get(patienceMillis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw interrupted;
        } catch (TimeoutException overdue) {
            giveUp(ids);
        } catch (ExecutionException impossible) {
            throw new InternalErrorException("the end of work failed");
        }
    }

    private KeysUnavailableException unavailable(InterruptedException cause) {
        return new KeysUnavailableException(
                Instant.ofEpochMilli(now()), -1, "the wait for the issuer's keys was interrupted", cause);
    }

    /** What nobody has reported in time: its own thread may be lost. */
    private void giveUp(long[] overdue) {
        long now = now();
        for (long id : overdue) {
            try {
                core.reportFailed(id, Numbers.Failure.TIMEOUT, "", now);
            } finally {
                goOn(id, now);
            }
        }
    }

    /** Starts all work that there is. */
    private void work(long now) {
        for (Work work = take(now); work != null; work = take(now)) {
            start(work, now);
        }
    }

    private @Nullable Work take(long now) {
        return underWay.take(() -> core.pollWork(now));
    }

    private void start(Work work, long startedAt) {
        Running<?> running;
        try {
            running = run(work);
        } catch (Throwable problem) {
            // Errors too: there may be no thread left to start.
            running = new Running<>(CompletableFuture.failedFuture(problem), () -> {});
        }
        watch(work, running, startedAt);
    }

    private <T> void watch(Work work, Running<T> running, long startedAt) {
        // What is given up when its time is over is reported again when it has really ended.
        running.end().whenComplete((given, problem) -> ended(work, given, problem, startedAt));
        CompletableFuture<Object> end = running.end().handle((given, problem) -> null);
        timers.ofWork(end, work.timeoutMillis()).thenAccept(how -> {
            if (how == Timers.OVERDUE) {
                timers.afterOverdue(() -> overdue(work, running, startedAt));
            }
        });
    }

    private void overdue(Work work, Running<?> running, long startedAt) {
        try {
            ended(work, null, new Failures.Overdue(), startedAt);
        } finally {
            running.stop().run();
        }
    }

    private Running<?> run(Work work) {
        return switch (work.kind()) {
            case Numbers.Work.LOAD -> Running.call(STORE_THREAD, known(store)::load);
            case Numbers.Work.FETCH -> transport.start(known(work.request()));
            case Numbers.Work.SAVE -> Running.call(STORE_THREAD, () -> {
                known(store).save(known(work.text()));
                return null;
            });
            default -> throw new IllegalStateException("work of an unknown kind");
        };
    }

    /** The work has ended, or its time is over. */
    private void ended(Work work, @Nullable Object given, @Nullable Throwable problem, long startedAt) {
        long now = nowOr(startedAt);
        boolean isNews = underWay.has(work.id());
        try {
            String warning = report(work, given, problem, now);
            if (isNews && warning != null) {
                Warnings.log(warning, problem);
            }
        } finally {
            goOn(work.id(), now);
        }
    }

    /**
     * Starts what follows from a piece that was reported, tells the log, and wakes those who wait for it: last, because what
     * follows is asked for with a time that was read before they go on, and who has a refusal finds in the log why.
     */
    private void goOn(long id, long now) {
        try {
            work(now);
            Warnings.tell(core);
        } finally {
            underWay.end(id);
        }
        events.tell(core);
    }

    /** Reports how a piece ended. Gives what operators should know of it, null for nothing. */
    private @Nullable String report(Work work, @Nullable Object given, @Nullable Throwable problem, long now) {
        Throwable why = problem;
        if (problem == null) {
            try {
                if (work.kind() == Numbers.Work.LOAD) {
                    String noUse = core.reportLoaded(work.id(), (String) given, now);
                    return noUse == null ? null : "the store of key sets is of no use: " + noUse;
                } else if (taken(work, given, now)) {
                    return null;
                }
            } catch (Throwable unusable) {
                // Errors too: a callback's answer may hold a map that throws them, and no report must be left out.
                why = unusable;
            }
        }
        core.reportFailed(work.id(), Failures.number(problem), Failures.cause(why), now);
        return switch (work.kind()) {
            case Numbers.Work.LOAD -> "the store of key sets gave nothing";
            case Numbers.Work.SAVE -> "key sets were not saved";
            default -> null; // the core tells of fetches
        };
    }

    /** Whether the core takes what was given. */
    private boolean taken(Work work, @Nullable Object given, long now) {
        return work.kind() == Numbers.Work.FETCH
                ? core.reportFetched(work.id(), known((FetchResponse) given), now) : core.reportSaved(work.id(), now);
    }

    /** Null where the kind of a piece of work says that it is there is as any other failure. */
    private static <T> T known(@Nullable T part) {
        return Objects.requireNonNull(part, "null in place of an answer");
    }

    /** A clock of the application's that throws must not keep work from ending. */
    private long nowOr(long startedAt) {
        try {
            return now();
        } catch (Throwable broken) {
            return startedAt;
        }
    }
}
