package io.jotgate;

import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/** Why nothing came of a piece of work: what was thrown, as the core takes it. */
final class Failures {
    /** Work that has not ended in its time. */
    static final class Overdue extends TimeoutException {
        private static final long serialVersionUID = 1L;

        Overdue() {
            super("no end within the timeout");
        }
    }

    /** More causes of causes than anybody has; a chain may lead back into itself. */
    private static final int DEPTH = 32;

    private Failures() {}

    /** One of {@link Numbers.Failure}; {@code problem} is null where an answer was of no use. */
    static int number(@Nullable Throwable problem) {
        Throwable cause = unwrapped(problem);
        if (cause instanceof TimeoutException || cause instanceof HttpTimeoutException) {
            return Numbers.Failure.TIMEOUT;
        } else if (isTooLarge(cause)) {
            return Numbers.Failure.TOO_LARGE;
        } else if (cause instanceof CancellationException) {
            return Numbers.Failure.CANCELLED;
        } else if (isOfCertificate(cause)) {
            return Numbers.Failure.CERTIFICATE;
        }
        return cause instanceof IOException ? Numbers.Failure.CONNECTION : Numbers.Failure.CALLBACK;
    }

    /** What the innermost cause that has a message says of itself; empty where the number says it all. */
    static String cause(@Nullable Throwable problem) {
        Throwable cause = unwrapped(problem);
        if (cause == null || cause instanceof Overdue || isTooLarge(cause)) {
            return "";
        }
        try {
            return told(cause);
        } catch (RuntimeException | Error broken) {
            // An exception of the application's may fail to say what it is.
            return cause.getClass().getName();
        }
    }

    private static @Nullable Throwable unwrapped(@Nullable Throwable problem) {
        return problem instanceof CompletionException && problem.getCause() != null ? problem.getCause() : problem;
    }

    private static boolean isTooLarge(@Nullable Throwable cause) {
        return cause instanceof LimitedBody.TooLarge
                || cause instanceof IOException && cause.getCause() instanceof LimitedBody.TooLarge;
    }

    /** A failed handshake alone says nothing of the certificate: the sides may lack a common version or cipher. */
    private static boolean isOfCertificate(@Nullable Throwable problem) {
        Throwable cause = problem;
        for (int depth = 0; cause != null && depth < DEPTH; depth++) {
            if (cause instanceof CertificateException || cause instanceof CertPathBuilderException
                    || cause instanceof CertPathValidatorException || cause instanceof SSLPeerUnverifiedException) {
                return true;
            }
            cause = cause.getCause();
        }
        return false;
    }

    private static String told(Throwable problem) {
        Throwable speaks = null;
        Throwable cause = problem;
        for (int depth = 0; depth < DEPTH; depth++) {
            speaks = cause.getMessage() == null ? speaks : cause;
            if (cause.getCause() == null) {
                break;
            }
            cause = cause.getCause();
        }
        if (speaks != null) {
            return speaks.toString();
        }
        // The client of the JDK tries once more, on the channel that the first failure has closed, and tells of that alone.
        boolean isRefused = problem instanceof ConnectException && cause instanceof ClosedChannelException;
        return isRefused ? problem + ": refused or unreachable: " + cause : cause.toString();
    }
}
