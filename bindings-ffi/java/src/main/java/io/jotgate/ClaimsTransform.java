package io.jotgate;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Changes what the application sees of a token that passes. It decides nothing. */
@FunctionalInterface
public interface ClaimsTransform {
    /**
     * Gives the claims that {@link VerifiedJwt#claims()} shows.
     *
     * @param claims a copy of the claims; it may be changed and given back, the values in it may not be changed
     * @throws Exception refuses the token with {@link Code#INTERNAL_ERROR}, and so does {@code null}
     */
    Map<String, @Nullable Object> transform(Map<String, @Nullable Object> claims) throws Exception;
}
