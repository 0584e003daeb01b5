package io.jotgate;

import static io.jotgate.support.Issuer.payload;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jotgate.support.Issuer;
import io.jotgate.support.TestClock;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Saves: one at a time, the newest last, and none that hangs is the last. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SaveTest {
    private static final long NOW = 1_800_000_000;

    /** It stands still: to the core no save takes too long before its end is reported. */
    private final TestClock clock = new TestClock(Instant.ofEpochSecond(NOW));
    private final SlowStore store = new SlowStore();
    private volatile Issuer issuer;
    private JwtValidator validator;

    @AfterEach
    void stop() {
        validator.close();
    }

    private void open(UnaryOperator<JwtValidatorBuilder> options) {
        validator = options.apply(JwtValidator.builder().issuer(Issuer.NAME).audience(Issuer.AUDIENCE)
                .jwksUri("https://idp.test/jwks").clock(clock).store(store)
                .fetcher(request -> new FetchResponse(200, issuer.jwks().getBytes(StandardCharsets.UTF_8)))).build();
    }

    /** Fetches the keys of an issuer of this name. */
    private void fetch(String name) {
        issuer = new Issuer(name);
        validator.refreshKeys();
        validator.validate(issuer.es256(payload(NOW + 1_000_000)));
    }

    @Test
    void savesNeverOverlapAndTheNextHasTheNewest() throws Exception {
        open(options -> options);
        fetch("a");
        Save first = store.next();
        fetch("b");
        fetch("c");
        assertTrue(first.text().contains("ec-a"), first.text());
        first.end();
        Save second = store.next();
        assertTrue(second.text().contains("ec-c"), second.text());
        second.end();
        fetch("d");
        store.next().end();
        assertEquals(1, store.mostAtOnce.get());
    }

    @Test
    void aSaveThatHangsIsNotTheLastAndItsLateTextDoesNotStay() throws Exception {
        open(options -> options.jwksTimeout(Duration.ofSeconds(2)));
        fetch("a");
        Save hanging = store.next();
        // It keeps nobody waiting meanwhile.
        fetch("b");
        hanging.interrupted().await();
        Save second = store.next();
        assertTrue(second.text().contains("ec-b"), second.text());
        second.end();
        assertTrue(store.load().contains("ec-b"), store.load());
        // Deaf to the interrupt, it now lays its old text on top.
        hanging.end();
        assertTrue(store.load().contains("ec-a"), store.load());
        Save third = store.next();
        third.end();
        assertTrue(store.load().contains("ec-b"), store.load());
    }

    @Test
    void aSaveThatFailsIsNotTheLast() throws Exception {
        open(options -> options);
        fetch("a");
        store.next().fail();
        fetch("b");
        Save second = store.next();
        assertTrue(second.text().contains("ec-b"), second.text());
        second.end();
    }

    /** A call of save, which waits until the test ends it. */
    private record Save(
            String text, CountDownLatch interrupted, BlockingQueue<Boolean> ending, CountDownLatch ended) {
        Save(String text) {
            this(text, new CountDownLatch(1), new LinkedBlockingQueue<>(), new CountDownLatch(1));
        }

        void end() throws InterruptedException {
            ending.add(true);
            ended.await();
        }

        void fail() throws InterruptedException {
            ending.add(false);
            ended.await();
        }

        /** Whether the text is kept. */
        private boolean isKept() {
            for (;;) {
                try {
                    return ending.take();
                } catch (InterruptedException timeout) {
                    interrupted.countDown();
                }
            }
        }
    }

    private static final class SlowStore implements KeyStore {
        private final BlockingQueue<Save> begun = new LinkedBlockingQueue<>();
        private final AtomicInteger atOnce = new AtomicInteger();
        private final AtomicInteger mostAtOnce = new AtomicInteger();
        private volatile String text;

        @Override
        public String load() {
            return text;
        }

        @Override
        public void save(String text) {
            mostAtOnce.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
            Save save = new Save(text);
            begun.add(save);
            try {
                if (!save.isKept()) {
                    throw new IllegalStateException("the store is full");
                }
                this.text = text;
            } finally {
                atOnce.decrementAndGet();
                save.ended().countDown();
            }
        }

        Save next() throws InterruptedException {
            Save save = begun.poll(30, TimeUnit.SECONDS);
            if (save == null) {
                throw new AssertionError("no save");
            }
            return save;
        }
    }
}
