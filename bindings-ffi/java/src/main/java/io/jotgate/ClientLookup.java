package io.jotgate;

/** Knows which clients may call, where the policy leaves that to the application. */
@FunctionalInterface
public interface ClientLookup {
    /**
     * Says whether a client may call. Anything but {@code true} refuses the token with {@link Code#CLIENT_NOT_ALLOWED}.
     *
     * @param clientId what the token calls its client
     * @param jwt the token, which has passed everything else that the policy asks, and is not accepted yet
     * @throws Exception the client could not be looked up; refuses the token too
     */
    boolean isKnown(String clientId, UndecidedJwt jwt) throws Exception;
}
