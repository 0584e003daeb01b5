package io.jotgate.spring.boot;

import java.util.Collection;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.core.convert.converter.Converter;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.authority.SimpleGrantedAuthority;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationConverter;
import org.springframework.security.oauth2.server.resource.authentication.JwtGrantedAuthoritiesConverter;

/**
 * Authorities {@code SCOPE_…} from the claims in which the policy looks for scopes, where neither the application nor Spring's
 * properties say otherwise.
 */
@AutoConfiguration(after = JotgateAutoConfiguration.class, afterName = {
        // Spring Boot 3
        "org.springframework.boot.autoconfigure.security.oauth2.resource.servlet.OAuth2ResourceServerAutoConfiguration",
        // Spring Boot 4
        "org.springframework.boot.security.oauth2.server.resource.autoconfigure.servlet.OAuth2ResourceServerAutoConfiguration"})
@ConditionalOnBean(JotgateJwtDecoder.class)
public class JotgateConverterAutoConfiguration {
    /** Nothing to set. */
    public JotgateConverterAutoConfiguration() {}

    /** Spring takes it wherever a chain has no other. */
    @Bean
    @ConditionalOnMissingBean
    JwtAuthenticationConverter jotgateJwtAuthenticationConverter() {
        JwtAuthenticationConverter converter = new JwtAuthenticationConverter();
        converter.setJwtGrantedAuthoritiesConverter(new Scopes());
        return converter;
    }

    private static final class Scopes implements Converter<Jwt, Collection<GrantedAuthority>> {
        private final JwtGrantedAuthoritiesConverter usual = new JwtGrantedAuthoritiesConverter();

        @Override
        public Collection<GrantedAuthority> convert(Jwt jwt) {
            if (jwt instanceof JotgateJwt ours && ours.verified().isPresent()) {
                return ours.verified().get().scopes().stream()
                        .<GrantedAuthority>map(scope -> new SimpleGrantedAuthority("SCOPE_" + scope)).toList();
            }
            return usual.convert(jwt);
        }
    }
}
