package io.jotgate;

import java.time.Clock;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Passes events on to the application. */
final class EventTeller {
    private final List<Consumer<Event>> consumers;
    /** How often somebody wanted the events of key sets told since all were. */
    private final AtomicInteger wanted = new AtomicInteger();

    EventTeller(List<Consumer<Event>> consumers) {
        this.consumers = List.copyOf(consumers);
    }

    /**
     * Tells what happened to the key sets. One thread at a time does: whoever comes meanwhile makes it look once more, so
     * that nothing stays behind and everything comes in its order.
     */
    void tell(Core core) {
        if (consumers.isEmpty() || wanted.getAndIncrement() != 0) {
            return;
        }
        boolean isDone = false;
        try {
            for (int seen = 1; !isDone; isDone = wanted.compareAndSet(seen, 0)) {
                seen = wanted.get();
                for (Event event = next(core); event != null; event = next(core)) {
                    tell(event);
                }
            }
        } finally {
            // An Error, or a logger of the application's that throws: the next who comes tells again.
            if (!isDone) {
                wanted.set(0);
            }
        }
    }

    /** Where nobody listens, nothing is made and no clock is asked. */
    void tellRefusal(Clock clock, JotgateException refusal) {
        if (!consumers.isEmpty()) {
            tell(Event.rejected(clock.instant(), refusal));
        }
    }

    /** Whatever the application does, the validation goes on. */
    private void tell(Event event) {
        for (Consumer<Event> consumer : consumers) {
            try {
                consumer.accept(event);
            } catch (RuntimeException | Error problem) {
                System.getLogger("io.jotgate").log(System.Logger.Level.WARNING, "a consumer of events failed", problem);
            }
        }
    }

    /** An event that cannot be read is none: it must not keep a fetch from ending. */
    private static @Nullable Event next(Core core) {
        try {
            return core.pollEvent();
        } catch (RuntimeException unreadable) {
            return null;
        }
    }
}
