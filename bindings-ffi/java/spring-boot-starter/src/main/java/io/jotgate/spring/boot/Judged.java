package io.jotgate.spring.boot;

import io.jotgate.MissingTokenException;
import io.jotgate.VerifiedJwt;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the policy said of a request. */
final class Judged {
    /** While a request goes on: Spring's decoder is told the token and nothing of its request. */
    private static final ThreadLocal<Judged> ON_THIS_THREAD = new ThreadLocal<>();

    private final @Nullable VerifiedJwt verified;
    private final @Nullable TokenText token;
    private final @Nullable RuntimeException problem;
    private volatile boolean goesOn;
    private volatile @Nullable JotgateJwt jwt;

    private Judged(@Nullable VerifiedJwt verified, @Nullable TokenText token, @Nullable RuntimeException problem) {
        this.verified = verified;
        this.token = token;
        this.problem = problem;
    }

    static Judged accepted(VerifiedJwt verified, TokenText token) {
        return new Judged(verified, token, null);
    }

    /** It may pass without a token. */
    static Judged withoutToken() {
        return new Judged(null, null, null);
    }

    /** What the validation has thrown. */
    static Judged refused(RuntimeException problem) {
        return new Judged(null, null, problem);
    }

    /** That of the request which this thread hands on; null for none. */
    static @Nullable Judged onThisThread() {
        return ON_THIS_THREAD.get();
    }

    /** Puts another in its place, and gives the one before. */
    static @Nullable Judged putOnThisThread(@Nullable Judged judged) {
        Judged before = ON_THIS_THREAD.get();
        if (judged == null) {
            ON_THIS_THREAD.remove();
        } else {
            ON_THIS_THREAD.set(judged);
        }
        return before;
    }

    Optional<VerifiedJwt> verified() {
        return Optional.ofNullable(verified);
    }

    /** Whether this is the token that was accepted. */
    boolean accepted(String compact) {
        return token != null && token.compact().equals(compact);
    }

    /** The accepted token in Spring's form. */
    Optional<JotgateJwt> jwt() {
        if (verified != null && token != null && jwt == null) {
            jwt = JotgateJwt.of(token.compact(), verified);
        }
        return Optional.ofNullable(jwt);
    }

    /** Null where there is none, or none that was accepted. */
    @Nullable String compact() {
        return token == null ? null : token.compact();
    }

    /** Whether browsers send the token by themselves, whoever wrote the page. */
    boolean isInCookie() {
        return token != null && token.isInCookie();
    }

    /** Whether the request may pass, and needs no token for it. */
    boolean needsNoToken() {
        return verified == null && problem == null;
    }

    boolean lacksToken() {
        return problem instanceof MissingTokenException;
    }

    /** Null where nothing is wrong. */
    @Nullable RuntimeException problem() {
        return problem;
    }

    /** Whether the filter has let the request go on. */
    boolean goesOn() {
        return goesOn;
    }

    void letGoOn() {
        goesOn = true;
    }
}
