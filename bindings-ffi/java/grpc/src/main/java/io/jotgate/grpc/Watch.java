package io.jotgate.grpc;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Asks about a token again once it has expired, until the policy refuses it: the leeway is the policy's, and another clock may be
 * the validator's.
 */
final class Watch {
    private static final Duration BETWEEN_QUESTIONS = Duration.ofSeconds(1);

    private final Admission admission;
    private final Consumer<Refusal> refused;
    private CompletableFuture<Void> time = new CompletableFuture<>();
    private boolean isOver;

    Watch(Admission admission, Consumer<Refusal> refused) {
        this.admission = admission;
        this.refused = refused;
    }

    void begin() {
        Instant expiresAt = Objects.requireNonNull(admission.expiresAt());
        askIn(Duration.between(Instant.now(), expiresAt));
    }

    /** Leaves no timer behind: that would hold the call until its token expires. */
    synchronized void stop() {
        isOver = true;
        time.cancel(false);
    }

    private synchronized void askIn(Duration left) {
        if (isOver) {
            return;
        }
        // A moment later, as what is finer than a millisecond is cut off.
        long millis = Math.max(1, TimeUnit.MILLISECONDS.convert(left.plusMillis(1)));
        time = new CompletableFuture<Void>().completeOnTimeout(null, millis, TimeUnit.MILLISECONDS);
        time.thenComposeAsync(now -> admission.validator().validateRequestAsync(admission.request()))
                .whenComplete((jwt, problem) -> told(problem));
    }

    private void told(@Nullable Throwable problem) {
        synchronized (this) {
            if (isOver) {
                return;
            }
        }
        if (problem == null) {
            askIn(BETWEEN_QUESTIONS);
        } else {
            stop();
            refused.accept(Refusal.of(() -> admission.validator().answerTo(problem), problem));
        }
    }
}
