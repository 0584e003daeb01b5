package io.jotgate.spring.boot;

import io.jotgate.VerifiedJwt;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.security.oauth2.jwt.Jwt;

/** Spring's form of a token that the policy accepted: what {@code @AuthenticationPrincipal Jwt} is. */
public final class JotgateJwt extends Jwt {
    private static final long serialVersionUID = 1L;

    /** Gone after serialization. */
    private final transient @Nullable VerifiedJwt verified;

    private JotgateJwt(String token, @Nullable Instant issuedAt, VerifiedJwt verified) {
        super(token, issuedAt, verified.expiresAt(), verified.header(), claims(verified));
        this.verified = verified;
    }

    /** {@code token} is its compact form. */
    static JotgateJwt of(String token, VerifiedJwt verified) {
        Instant issuedAt = verified.issuedAt();
        Instant expiresAt = verified.expiresAt();
        // Spring's class holds no token that was issued after its end, which within the leeway is no reason to refuse it. The
        // claim stays.
        boolean fits = issuedAt == null || expiresAt == null || issuedAt.isBefore(expiresAt);
        return new JotgateJwt(token, fits ? issuedAt : null, verified);
    }

    /** The token as jotgate has it; empty after a serialization. */
    public Optional<VerifiedJwt> verified() {
        return Optional.ofNullable(verified);
    }

    /** With dates and audiences as Spring's own decoder gives them. */
    private static Map<String, Object> claims(VerifiedJwt verified) {
        Map<String, Object> claims = new LinkedHashMap<>(verified.claims());
        for (String date : DATES) {
            claims.computeIfPresent(date, (name, value) -> value instanceof Number seconds ? instant(seconds) : value);
        }
        claims.computeIfPresent("aud", (name, value) -> value instanceof String one ? List.of(one) : value);
        return claims;
    }

    private static Instant instant(Number seconds) {
        return seconds instanceof Long whole ? Instant.ofEpochSecond(whole)
                : Instant.ofEpochMilli(Math.round(seconds.doubleValue() * 1000));
    }

    private static final List<String> DATES = List.of("exp", "nbf", "iat");
}
