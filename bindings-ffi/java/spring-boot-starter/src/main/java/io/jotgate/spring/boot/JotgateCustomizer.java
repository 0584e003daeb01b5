package io.jotgate.spring.boot;

import io.jotgate.JwtValidatorBuilder;

/**
 * A bean that sets more options of the validator: an HTTP client, a clock, a consumer of events.
 *
 * <p>Beans of the types {@link io.jotgate.Fetcher}, {@link io.jotgate.KeyStore}, {@link io.jotgate.ClientLookup}, {@link
 * io.jotgate.RevocationCheck} and {@link io.jotgate.ClaimsTransform} are taken without one. What tokens must be, the policy says.
 */
@FunctionalInterface
public interface JotgateCustomizer {
    /** Sets options. */
    void customize(JwtValidatorBuilder builder);
}
