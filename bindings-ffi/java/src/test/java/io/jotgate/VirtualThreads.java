package io.jotgate;

import static io.jotgate.support.Issuer.payload;

import io.jotgate.support.Issuer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Lets a thousand virtual threads wait for one fetch on one carrier thread, which ends only when all of them wait: were one pinned,
 * it would keep the carrier from the others. A program of its own, for Java 21 and later; prints "done".
 */
final class VirtualThreads {
    private static final int THREADS = 1000;

    private VirtualThreads() {}

    /** To be given to the virtual machine. */
    static final List<String> ONE_CARRIER =
            List.of("-Djdk.virtualThreadScheduler.parallelism=1", "-Djdk.virtualThreadScheduler.maxPoolSize=1");

    public static void main(String[] arguments) throws Exception {
        Issuer issuer = new Issuer("a");
        String token = issuer.es256(payload(1_800_000_060, "\"sub\":\"alice\""));
        List<Thread> threads = new ArrayList<>();
        CountDownLatch allMade = new CountDownLatch(1);
        AtomicInteger passed = new AtomicInteger();
        try (JwtValidator validator = JwtValidator.builder().issuer(Issuer.NAME).audience(Issuer.AUDIENCE)
                .clock(Clock.fixed(Instant.ofEpochSecond(1_800_000_000), ZoneOffset.UTC))
                .jwksUri("https://idp.test/jwks").jwksTimeout(Duration.ofSeconds(60))
                .revocationCheck(jwt -> !Optional.of("alice").equals(Optional.ofNullable(jwt.subject())))
                .fetcher(request -> {
                    allMade.await();
                    while (!threads.stream().allMatch(thread -> thread.getState() == Thread.State.TIMED_WAITING)) {
                        Thread.onSpinWait();
                    }
                    return new FetchResponse(200, issuer.jwks().getBytes(StandardCharsets.UTF_8));
                }).build()) {
            for (int i = 0; i < THREADS; i++) {
                threads.add(start(() -> {
                    validator.validate(token);
                    passed.incrementAndGet();
                }));
            }
            allMade.countDown();
            for (Thread thread : threads) {
                thread.join();
            }
        }
        System.out.println(passed.get() == THREADS ? "done" : passed + " passed");
    }

    /** By its name, as these classes are compiled for Java 17. */
    private static Thread start(Runnable task) throws ReflectiveOperationException {
        return (Thread) Thread.class.getMethod("startVirtualThread", Runnable.class).invoke(null, task);
    }
}
