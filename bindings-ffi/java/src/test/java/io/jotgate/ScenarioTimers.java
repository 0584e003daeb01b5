package io.jotgate;

import java.time.Clock;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Timers that the clock of a scenario moves, and what only the package itself can see of a driver. */
public final class ScenarioTimers implements Timers {
    private record Timer(CompletableFuture<Object> end, long at, boolean ofWork) {}

    private final Clock clock;
    private final Thread runner = Thread.currentThread();
    private final List<Timer> set = new ArrayList<>();
    /** What each question waits for, or waited for last. */
    private final Map<Question, CompletableFuture<Object>> ends = new IdentityHashMap<>();
    private final Map<Question, Integer> waits = new IdentityHashMap<>();
    private Question begun;

    public ScenarioTimers(Clock clock) {
        this.clock = clock;
    }

    public JwtValidatorBuilder in(JwtValidatorBuilder options) {
        return options.timers(this);
    }

    @Override
    public synchronized CompletableFuture<Object> ofWork(CompletableFuture<Object> end, long millis) {
        set.add(new Timer(end, clock.millis() + millis, true));
        return end;
    }

    /** On the thread of the scenario, which looks at what has come of it next. */
    @Override
    public void afterOverdue(Runnable follows) {
        follows.run();
    }

    @Override
    public synchronized CompletableFuture<Object> ofWaiting(Question question, CompletableFuture<Object> end, long millis) {
        set.add(new Timer(end, clock.millis() + millis, false));
        ends.put(question, end);
        waits.merge(question, 1, Integer::sum);
        if (Thread.currentThread() == runner) {
            begun = question;
        }
        return end;
    }

    /** Ends the time of work where it is over. */
    public void overrun() {
        fire(true);
    }

    /** Ends the patience of those who have waited for long enough. */
    public void losePatience() {
        fire(false);
    }

    private void fire(boolean ofWork) {
        List<Timer> over = new ArrayList<>();
        synchronized (this) {
            for (Iterator<Timer> timers = set.iterator(); timers.hasNext();) {
                Timer timer = timers.next();
                if (timer.ofWork() == ofWork && timer.at() <= clock.millis()) {
                    timers.remove();
                    over.add(timer);
                }
            }
        }
        over.forEach(timer -> timer.end().complete(OVERDUE));
    }

    /** The question of the validation that began to wait since this was last asked; null for none. */
    public synchronized Object begun() {
        Question last = begun;
        begun = null;
        return last;
    }

    /** How often a question was asked in vain. */
    public synchronized int waits(Object question) {
        return question == null ? 0 : waits.get((Question) question);
    }

    /** Whether whoever asks was woken, and does not wait again yet. */
    public synchronized boolean isWoken(Object question) {
        return question != null && ends.get((Question) question).isDone();
    }
}
