package io.jotgate;

import static io.jotgate.support.Issuer.payload;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.jotgate.support.Issuer;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Native memory: never used after it was freed, and freed when nobody uses it. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LifetimeTest {
    private static final String TOKEN = Issuer.hs256(payload(2_000_000_000));

    private static final String POLICY = """
            {"version": 1, "issuers": [{"issuer": "x", "audience": "any", "keys": {"secret": {"text": "%s"}}}]}
            """.formatted("x".repeat(32));

    private static JwtValidator validator() {
        return JwtValidator.builder().issuer(Issuer.NAME).audience(Issuer.AUDIENCE).secret(Issuer.SECRET)
                .clock(Clock.fixed(Instant.ofEpochSecond(1_800_000_000), ZoneOffset.UTC)).build();
    }

    @Test
    void closingWhileOthersValidateIsSafe() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        for (int round = 0; round < 50; round++) {
            JwtValidator validator = validator();
            CountDownLatch running = new CountDownLatch(4);
            List<Future<?>> callers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                callers.add(threads.submit(() -> {
                    validator.validate(TOKEN);
                    running.countDown();
                    for (;;) {
                        try {
                            assertEquals(Issuer.NAME, validator.validate(TOKEN).issuer());
                        } catch (IllegalStateException closed) {
                            return;
                        }
                    }
                }));
            }
            running.await();
            validator.close();
            for (Future<?> caller : callers) {
                caller.get();
            }
        }
        threads.shutdown();
    }

    @Test
    void aClosedValidatorRefusesEverything() {
        JwtValidator validator = validator();
        VerifiedJwt jwt = validator.validate(TOKEN);
        validator.close();
        validator.close();
        assertThrows(IllegalStateException.class, () -> validator.validate(TOKEN));
        assertThrows(IllegalStateException.class, () -> validator.answerTo(new RuntimeException()));
        assertEquals(Issuer.NAME, jwt.issuer(), "claims outlive the validator");
    }

    @Test
    void theLastToLeaveFreesTheMemory() {
        long[] address = new long[1];
        NativeLibrary.load();
        Native.open(POLICY.getBytes(StandardCharsets.UTF_8), 0, false, false, false, address);
        Handle handle = new Handle(address[0]);
        assertEquals(address[0], handle.enter());
        handle.run();
        // Still alive for the call that entered before.
        assertEquals(Code.MALFORMED_TOKEN.number(),
                ByteBuffer.wrap(Native.validate(address[0], new byte[] {'x'}, null, 0, 0)).getInt(4));
        assertThrows(IllegalStateException.class, handle::enter);
        handle.leave();
    }

    @Test
    void whatNobodyReachesIsCollected() {
        WeakReference<Core> forgotten = new WeakReference<>(Core.open(POLICY, false, false, false));
        while (!forgotten.refersTo(null)) {
            System.gc();
        }
    }
}
