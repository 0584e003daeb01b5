package io.jotgate;

import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What the application itself has to say about a token that the policy lets pass, and what it is told of refusals.
 *
 * @param lookup null where the policy leaves no client to the application
 * @param revocation null for none
 * @param transform null for none
 */
record HostChecks(
        ClientLookup lookup, RevocationCheck revocation, ClaimsTransform transform, EventTeller events, Clock clock) {

    /** @throws JotgateException the token must not pass, for whatever reason */
    VerifiedJwt token(Verdict verdict) {
        try {
            VerifiedJwt jwt = verdict.orThrow();
            String clientClaim = verdict.clientClaim();
            if (clientClaim != null) {
                lookUp(jwt, clientClaim);
            }
            if (revocation != null) {
                check(jwt);
            }
            return transform == null ? jwt : transformed(jwt);
        } catch (InvalidTokenException | KeysUnavailableException | InternalErrorException refusal) {
            events.tell(Event.rejected(clock.instant(), refusal));
            throw refusal;
        }
    }

    /**
     * The token, or nothing for a request that needs none.
     *
     * @throws JotgateException the request must not pass, for whatever reason
     */
    Optional<VerifiedJwt> request(Verdict verdict) {
        return verdict.isSkipped() ? Optional.empty() : Optional.of(token(verdict));
    }

    private void lookUp(VerifiedJwt jwt, String clientClaim) {
        Exception cause = null;
        try {
            if (lookup.isKnown((String) jwt.signedClaims().get(clientClaim), jwt)) {
                return;
            }
        } catch (Exception problem) {
            cause = noted(problem);
        }
        throw InvalidTokenException.of(new Rejection(Code.CLIENT_NOT_ALLOWED, clientClaim,
                "the application does not know the client", jwt.issuerIndex(), -1, cause));
    }

    private void check(VerifiedJwt jwt) {
        boolean revoked;
        try {
            revoked = revocation.isRevoked(jwt);
        } catch (Exception problem) {
            throw new InternalErrorException("the revocation check failed", jwt.issuerIndex(), noted(problem));
        }
        if (revoked) {
            throw InvalidTokenException.of(new Rejection(
                    Code.REVOKED, null, "the application says that the token was revoked", jwt.issuerIndex(), -1));
        }
    }

    private VerifiedJwt transformed(VerifiedJwt jwt) {
        try {
            Map<String, Object> claims = transform.transform(new LinkedHashMap<>(jwt.signedClaims()));
            return jwt.showing(claims);
        } catch (Exception problem) {
            throw new InternalErrorException("the transformation of claims failed", jwt.issuerIndex(), noted(problem));
        }
    }

    /** Whoever waits further up must still learn that the thread was interrupted. */
    private static Exception noted(Exception problem) {
        if (problem instanceof InterruptedException) {
            Thread.currentThread().interrupt();
        }
        return problem;
    }
}
