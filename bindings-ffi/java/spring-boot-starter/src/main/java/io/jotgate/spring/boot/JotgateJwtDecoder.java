package io.jotgate.spring.boot;

import io.jotgate.InvalidTokenException;
import io.jotgate.JotgateException;
import io.jotgate.JwtValidator;
import java.util.List;
import java.util.Objects;
import org.springframework.security.oauth2.core.OAuth2Error;
import org.springframework.security.oauth2.core.OAuth2ErrorCodes;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtException;
import org.springframework.security.oauth2.jwt.JwtValidationException;

/**
 * A validator in the place of Spring's own decoder: the {@link Jwt} is a {@link JotgateJwt}.
 *
 * <p>A token that must not pass is a {@link JwtValidationException}; keys that cannot be had are a {@link JwtException} of no
 * subclass, which Spring does not take for a bad token. The cause of both is jotgate's exception.
 */
public final class JotgateJwtDecoder implements JwtDecoder {
    private final JwtValidator validator;

    /** A decoder that asks {@code validator}, which it does not close. */
    public JotgateJwtDecoder(JwtValidator validator) {
        this.validator = Objects.requireNonNull(validator, "validator");
    }

    @Override
    public Jwt decode(String token) {
        Judged judged = Judged.onThisThread();
        if (judged != null && judged.accepted(token)) {
            return judged.jwt().orElseThrow();
        }
        if (judged != null && judged.lacksToken()) {
            // Found by a resolver of the application's, or under another scheme: no route of the policy has judged it.
            throw new BadJwtException("the token is not where the policy looks for one; token.sources of the policy says where");
        }
        try {
            return JotgateJwt.of(token, validator.validate(token));
        } catch (JotgateException problem) {
            throw exception(problem);
        }
    }

    static JwtException exception(JotgateException problem) {
        if (!(problem instanceof InvalidTokenException)) {
            return new JwtException(problem.getMessage(), problem);
        }
        JwtValidationException refused = new JwtValidationException(problem.getMessage(),
                List.of(new OAuth2Error(OAuth2ErrorCodes.INVALID_TOKEN, problem.getMessage(), null)));
        refused.initCause(problem);
        return refused;
    }
}
