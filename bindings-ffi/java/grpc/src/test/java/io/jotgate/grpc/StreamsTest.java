package io.jotgate.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.Context;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.jotgate.testing.JwtTestIssuer;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Streams of a real server end when their tokens do. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class StreamsTest {
    /** Answers each message with the subject, and notes how the stream ends for its handler. */
    private static class Echo implements ServerCalls.BidiStreamingMethod<String, String> {
        final CountDownLatch begun = new CountDownLatch(1);
        final CountDownLatch told = new CountDownLatch(1);
        final AtomicReference<Context> context = new AtomicReference<>();
        volatile String end = "";

        @Override
        public StreamObserver<String> invoke(StreamObserver<String> client) {
            ServerCallStreamObserver<String> call = (ServerCallStreamObserver<String>) client;
            context.set(Context.current());
            call.setOnCancelHandler(() -> ended("cancelled"));
            call.setOnCloseHandler(() -> ended("closed"));
            begun.countDown();
            return new StreamObserver<>() {
                @Override
                public void onNext(String message) {
                    answer(call);
                }

                @Override
                public void onError(Throwable cancelled) {
                    // The handler of cancellations has heard of it.
                }

                @Override
                public void onCompleted() {
                    call.onCompleted();
                }
            };
        }

        void answer(ServerCallStreamObserver<String> call) {
            call.onNext(Serving.subject());
        }

        private void ended(String how) {
            end = how;
            told.countDown();
        }

        String end() throws InterruptedException {
            assertTrue(told.await(60, TimeUnit.SECONDS));
            return end;
        }
    }

    private static JwtTestIssuer issuer(String leeway) {
        return JwtTestIssuer.builder().policy("""
                { "version": 1,
                  "issuers": [ { "issuer": "https://idp.example.com/", "audience": "orders", "leeway": "%s",
                                 "keys": { "jwks_uri": "https://idp.example.com/jwks" } } ] }""".formatted(leeway))
                .algorithm("ES256").build();
    }

    private static Serving serving(JwtTestIssuer issuer, Echo echo) throws Exception {
        return Serving.of(Serving.service(Serving::subject, echo), new JotgateServerInterceptor(issuer.validator()));
    }

    /** A stream whose token lives for a second more; on a busy machine some are over before they begin. */
    private static Serving.Stream openedInTime(Serving server, JwtTestIssuer issuer, Echo echo) throws InterruptedException {
        for (;;) {
            Serving.Stream stream = server.open(issuer.token(it -> it.subject("alice").lifetime(Duration.ofSeconds(1))));
            while (!echo.begun.await(10, TimeUnit.MILLISECONDS) && stream.end.isEmpty()) {
                // One of the two will be.
            }
            if (echo.begun.getCount() == 0) {
                return stream;
            }
        }
    }

    @Test
    void anIdleStreamEndsWithItsToken() throws Exception {
        JwtTestIssuer issuer = issuer("0s");
        Echo echo = new Echo();
        try (Serving server = serving(issuer, echo)) {
            Serving.Answer end = openedInTime(server, issuer, echo).end();
            assertEquals("UNAUTHENTICATED expired", end.told());
            assertNotNull(end.trailer("www-authenticate"));
            assertEquals("cancelled", echo.end());
            assertTrue(echo.context.get().isCancelled());
            assertEquals(Status.Code.UNAUTHENTICATED, Status.fromThrowable(echo.context.get().cancellationCause()).getCode());
        }
    }

    /** It does not come back from its handler, which sends on. */
    @Test
    void aBusyStreamEndsWithItsToken() throws Exception {
        JwtTestIssuer issuer = issuer("0s");
        CountDownLatch left = new CountDownLatch(1);
        Echo echo = new Echo() {
            @Override
            void answer(ServerCallStreamObserver<String> call) {
                while (!call.isCancelled()) {
                    if (call.isReady()) {
                        call.onNext("more");
                    }
                }
                assertFalse(call.isReady());
                call.onNext("late");
                call.onError(Status.ABORTED.asRuntimeException());
                left.countDown();
            }
        };
        try (Serving server = serving(issuer, echo)) {
            Serving.Stream stream = openedInTime(server, issuer, echo);
            stream.send();
            assertEquals("UNAUTHENTICATED expired", stream.end().told());
            assertTrue(left.await(60, TimeUnit.SECONDS));
            assertEquals("cancelled", echo.end());
        }
    }

    @Test
    void aStreamHasTheLeewayOfThePolicy() throws Exception {
        JwtTestIssuer issuer = issuer("1s");
        Echo echo = new Echo();
        try (Serving server = serving(issuer, echo)) {
            Instant expires = Instant.ofEpochSecond(Instant.now().getEpochSecond() + 1);
            Serving.Stream stream = server.open(issuer.token(it -> it.claim("exp", expires.getEpochSecond())));
            assertEquals("UNAUTHENTICATED expired", stream.end().told());
            assertFalse(Instant.now().isBefore(expires.plusSeconds(1)));
        }
    }

    @Test
    void aStreamMayOutliveItsToken() throws Exception {
        JwtTestIssuer issuer = issuer("0s");
        Echo echo = new Echo();
        try (Serving server = Serving.of(Serving.service(Serving::subject, echo),
                new JotgateServerInterceptor(issuer.validator()).streamsOutliveTokens())) {
            Serving.Stream stream = openedInTime(server, issuer, echo);
            // By then the stream would have been ended.
            Instant late = Instant.now().plusMillis(1500);
            while (Instant.now().isBefore(late)) {
                Thread.sleep(50);
            }
            assertEquals("alice", stream.ask());
            stream.halfClose();
            assertTrue(stream.end().status().isOk());
            assertEquals("closed", echo.end());
        }
    }

    @Test
    void aHandlerEndsAsItWould() throws Exception {
        JwtTestIssuer issuer = issuer("0s");
        Echo echo = new Echo();
        try (Serving server = serving(issuer, echo)) {
            Serving.Stream stream = server.open(issuer.token(it -> it.subject("alice")));
            assertEquals("alice", stream.ask());
            stream.halfClose();
            assertTrue(stream.end().status().isOk());
            assertEquals("closed", echo.end());
        }
    }

    @Test
    void aHandlerThatThrowsEndsItsCall() throws Exception {
        JwtTestIssuer issuer = issuer("0s");
        Echo broken = new Echo() {
            @Override
            public StreamObserver<String> invoke(StreamObserver<String> client) {
                throw new IllegalStateException("a bug");
            }
        };
        try (Serving server = serving(issuer, broken)) {
            Serving.Answer end = server.open(issuer.token()).end();
            assertEquals(Status.Code.UNKNOWN, end.status().getCode());
        }
    }

    @Test
    void aHandlerHearsOfAClientThatCancels() throws Exception {
        JwtTestIssuer issuer = issuer("0s");
        Echo echo = new Echo();
        try (Serving server = serving(issuer, echo)) {
            Serving.Stream stream = server.open(issuer.token());
            assertEquals("test-user", stream.ask());
            stream.cancel();
            assertEquals("cancelled", echo.end());
            assertTrue(echo.context.get().isCancelled());
        }
    }
}
