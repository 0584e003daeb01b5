package io.jotgate;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What the core is asked, which may be again and again.
 *
 * @param token null for a question about a request
 * @param request null for a question about a token; else a list of texts, see {@link Native#validate}
 * @param asOf the time to judge the token for; null for the time that it is
 */
record Question(byte @Nullable [] token, byte @Nullable [] request, @Nullable Instant asOf) {
    static Question of(String token, @Nullable Instant asOf) {
        return new Question(bytes(token), null, asOf);
    }

    static Question of(JwtRequest request, RequestParts reads, @Nullable Instant asOf) {
        return new Question(null, request.texts(reads), asOf);
    }

    /** What Latin-1 does not hold becomes a question mark, which no token may contain: the token is refused. */
    static byte[] bytes(String token) {
        return token.getBytes(StandardCharsets.ISO_8859_1);
    }

    long asOf(long now) {
        return asOf == null ? now : asOf.toEpochMilli();
    }
}
