package io.jotgate.spring.boot;

import io.jotgate.ClaimsTransform;
import io.jotgate.ClientLookup;
import io.jotgate.Fetcher;
import io.jotgate.JwtValidator;
import io.jotgate.JwtValidatorBuilder;
import io.jotgate.KeyStore;
import io.jotgate.RevocationCheck;
import java.io.IOException;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.core.io.ResourceLoader;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.ReactiveJwtDecoder;

/**
 * A {@link JwtValidator} from the properties {@code jotgate.*}, and a {@link JwtDecoder} on it. An application that has a decoder of
 * its own, and no validator, is left alone.
 */
@AutoConfiguration(beforeName = {
        // Spring Boot 3
        "org.springframework.boot.autoconfigure.security.oauth2.resource.servlet.OAuth2ResourceServerAutoConfiguration",
        "org.springframework.boot.autoconfigure.security.oauth2.resource.reactive.ReactiveOAuth2ResourceServerAutoConfiguration",
        "org.springframework.boot.autoconfigure.security.servlet.UserDetailsServiceAutoConfiguration",
        "org.springframework.boot.autoconfigure.security.reactive.ReactiveUserDetailsServiceAutoConfiguration",
        // Spring Boot 4
        "org.springframework.boot.security.oauth2.server.resource.autoconfigure.servlet.OAuth2ResourceServerAutoConfiguration",
        "org.springframework.boot.security.oauth2.server.resource.autoconfigure.reactive.ReactiveOAuth2ResourceServerAutoConfiguration",
        "org.springframework.boot.security.autoconfigure.UserDetailsServiceAutoConfiguration",
        "org.springframework.boot.security.autoconfigure.ReactiveUserDetailsServiceAutoConfiguration"})
@EnableConfigurationProperties(JotgateProperties.class)
public class JotgateAutoConfiguration {
    /** Nothing to set. */
    public JotgateAutoConfiguration() {}

    /** The policy, which tests may put keys of their own into before a validator is made of it. */
    @Bean
    @ConditionalOnMissingBean({
        JwtValidatorBuilder.class, JwtValidator.class, JwtDecoder.class, ReactiveJwtDecoder.class})
    JwtValidatorBuilder jotgateValidatorBuilder(JotgateProperties properties, ResourceLoader resources) throws IOException {
        return properties.builder(resources);
    }

    /** Closed with the context. */
    @Bean
    @ConditionalOnBean(JwtValidatorBuilder.class)
    @ConditionalOnMissingBean
    JwtValidator jotgateValidator(
            JwtValidatorBuilder builder, ObjectProvider<Fetcher> fetcher, ObjectProvider<KeyStore> store,
            ObjectProvider<ClientLookup> clients, ObjectProvider<RevocationCheck> revocation,
            ObjectProvider<ClaimsTransform> transform, ObjectProvider<JotgateCustomizer> customizers) {
        fetcher.ifUnique(builder::fetcher);
        store.ifUnique(builder::store);
        clients.ifUnique(builder::clientLookup);
        revocation.ifUnique(builder::revocationCheck);
        transform.ifUnique(builder::transform);
        customizers.orderedStream().forEach(customizer -> customizer.customize(builder));
        return builder.build();
    }

    /** In place of the one that Spring would make. */
    @Bean
    @ConditionalOnBean(JwtValidator.class)
    @ConditionalOnMissingBean(JwtDecoder.class)
    JotgateJwtDecoder jotgateJwtDecoder(JwtValidator validator) {
        return new JotgateJwtDecoder(validator);
    }
}
