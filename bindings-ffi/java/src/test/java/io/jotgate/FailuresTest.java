package io.jotgate;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.security.cert.CertificateExpiredException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.junit.jupiter.api.Test;

class FailuresTest {
    @Test
    void failuresHaveTheNumbersOfTheCore() {
        assertEquals(1, Failures.number(new IOException()));
        assertEquals(1, Failures.number(new SSLHandshakeException("no cipher suites in common")));
        assertEquals(2, Failures.number(new TimeoutException()));
        assertEquals(2, Failures.number(new CompletionException(new HttpTimeoutException("x"))));
        assertEquals(3, Failures.number(new LimitedBody.TooLarge()));
        assertEquals(3, Failures.number(new CompletionException(new IOException(new LimitedBody.TooLarge()))));
        assertEquals(4, Failures.number(new CancellationException()));
        assertEquals(5, Failures.number(new RuntimeException()));
        assertEquals(5, Failures.number(null));
        assertEquals(6, Failures.number(new SSLHandshakeException("x").initCause(new CertificateExpiredException())));
        assertEquals(6, Failures.number(new CompletionException(new RuntimeException(new SSLPeerUnverifiedException("x")))));
    }

    @Test
    void theInnermostMessageIsTold() {
        Throwable inner = new IllegalStateException("inner", new ClosedChannelException());
        assertEquals("java.lang.IllegalStateException: inner",
                Failures.cause(new CompletionException(new IOException("outer", inner))));
        assertEquals("java.nio.channels.ClosedChannelException", Failures.cause(new IOException(null, new ClosedChannelException())));
        assertEquals("java.net.ConnectException: refused or unreachable: java.nio.channels.ClosedChannelException",
                Failures.cause(new ConnectException().initCause(new ClosedChannelException())));
        assertEquals("", Failures.cause(new Failures.Overdue()));
        assertEquals("", Failures.cause(new LimitedBody.TooLarge()));
        assertEquals("", Failures.cause(null));
    }

    @Test
    void exceptionsThatMisbehaveAreTold() {
        Throwable first = new IllegalStateException("first");
        Throwable second = new IOException("second", first);
        first.initCause(second);
        assertEquals(Numbers.Failure.CONNECTION, Failures.number(second));
        assertEquals("java.lang.IllegalStateException: first", Failures.cause(second));
        Throwable silent = new IOException() {
            private static final long serialVersionUID = 1L;

            @Override
            public String getMessage() {
                throw new IllegalStateException("a bug of the application");
            }
        };
        assertEquals(silent.getClass().getName(), Failures.cause(silent));
    }
}
