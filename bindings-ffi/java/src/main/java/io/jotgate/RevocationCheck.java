package io.jotgate;

/** Knows which tokens were revoked. */
@FunctionalInterface
public interface RevocationCheck {
    /**
     * Says whether a token was revoked; {@code true} refuses it with {@link Code#REVOKED}.
     *
     * @param jwt a token that has passed everything else, and is not accepted yet
     * @throws Exception nobody knows; refuses the token with {@link Code#INTERNAL_ERROR}
     */
    boolean isRevoked(UndecidedJwt jwt) throws Exception;
}
