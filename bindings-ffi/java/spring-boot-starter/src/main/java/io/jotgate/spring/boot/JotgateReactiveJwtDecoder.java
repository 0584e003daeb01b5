package io.jotgate.spring.boot;

import io.jotgate.JotgateException;
import io.jotgate.JwtValidator;
import java.util.Objects;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.ReactiveJwtDecoder;
import reactor.core.publisher.Mono;

/** What {@link JotgateJwtDecoder} is, without blocking. */
public final class JotgateReactiveJwtDecoder implements ReactiveJwtDecoder {
    private final JwtValidator validator;

    /** A decoder that asks {@code validator}, which it does not close. */
    public JotgateReactiveJwtDecoder(JwtValidator validator) {
        this.validator = Objects.requireNonNull(validator, "validator");
    }

    @Override
    public Mono<Jwt> decode(String token) {
        return Mono.deferContextual(context -> {
            if (context.hasKey(Judged.class) && context.get(Judged.class).accepted(token)) {
                return Mono.just(context.get(Judged.class).jwt().orElseThrow());
            }
            return Mono.fromFuture(() -> validator.validateAsync(token)).<Jwt>map(jwt -> JotgateJwt.of(token, jwt))
                    .onErrorMap(JotgateException.class, JotgateJwtDecoder::exception);
        });
    }
}
