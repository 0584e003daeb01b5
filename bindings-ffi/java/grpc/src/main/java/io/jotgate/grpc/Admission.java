package io.jotgate.grpc;

import io.grpc.Context;
import io.jotgate.JwtRequest;
import io.jotgate.JwtValidator;
import io.jotgate.VerifiedJwt;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A call that passed.
 *
 * @param request what the policy saw of it
 * @param jwt empty where the policy asked for no token
 */
record Admission(JwtValidator validator, JwtRequest request, Optional<VerifiedJwt> jwt) {
    static final Context.Key<Admission> KEY = Context.key("io.jotgate.jwt");

    /** When there is reason to ask again; null for never. */
    @Nullable Instant expiresAt() {
        return jwt.map(VerifiedJwt::expiresAt).orElse(null);
    }
}
