package io.jotgate.spring.boot;

import io.jotgate.JwtValidator;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.security.config.web.server.ServerHttpSecurity;
import org.springframework.security.oauth2.jwt.ReactiveJwtDecoder;
import org.springframework.security.oauth2.server.resource.authentication.BearerTokenAuthenticationToken;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationConverter;
import org.springframework.security.oauth2.server.resource.authentication.ReactiveJwtAuthenticationConverterAdapter;
import org.springframework.security.oauth2.server.resource.web.server.BearerTokenServerAuthenticationEntryPoint;
import org.springframework.security.web.server.SecurityWebFilterChain;
import org.springframework.security.web.server.ServerAuthenticationEntryPoint;
import org.springframework.security.web.server.authentication.ServerAuthenticationConverter;
import org.springframework.security.web.server.csrf.CsrfWebFilter;
import org.springframework.security.web.server.util.matcher.ServerWebExchangeMatcher;
import org.springframework.security.web.server.util.matcher.ServerWebExchangeMatcher.MatchResult;
import org.springframework.web.server.WebFilter;
import reactor.core.publisher.Mono;

/**
 * The policy in front of Spring Security in applications of WebFlux, and a chain of its own where the application has none. An
 * application that has a {@link ReactiveJwtDecoder} of its own is left alone.
 */
@AutoConfiguration(
        after = {JotgateAutoConfiguration.class, JotgateConverterAutoConfiguration.class},
        beforeName = {
                // Spring Boot 3
                "org.springframework.boot.autoconfigure.security.oauth2.resource.reactive.ReactiveOAuth2ResourceServerAutoConfiguration",
                "org.springframework.boot.autoconfigure.security.reactive.ReactiveSecurityAutoConfiguration",
                // Spring Boot 4
                "org.springframework.boot.security.oauth2.server.resource.autoconfigure.reactive.ReactiveOAuth2ResourceServerAutoConfiguration",
                "org.springframework.boot.security.autoconfigure.web.reactive.ReactiveWebSecurityAutoConfiguration"})
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
@ConditionalOnClass({WebFilter.class, Mono.class})
@ConditionalOnBean(JwtValidator.class)
@ConditionalOnMissingBean(ReactiveJwtDecoder.class)
public class JotgateReactiveAutoConfiguration {
    /** Nothing to set. */
    public JotgateReactiveAutoConfiguration() {}

    /** In place of the one that Spring would make. */
    @Bean
    JotgateReactiveJwtDecoder jotgateReactiveJwtDecoder(JwtValidator validator) {
        return new JotgateReactiveJwtDecoder(validator);
    }

    @Bean
    @ConditionalOnMissingBean
    PolicyWebFilter jotgatePolicyWebFilter(JwtValidator validator) {
        return new PolicyWebFilter(exchange -> validator);
    }

    /** The policy decides about every request, and answers those that may not pass. */
    @Bean
    @ConditionalOnMissingBean(SecurityWebFilterChain.class)
    SecurityWebFilterChain jotgateSecurityWebFilterChain(
            ServerHttpSecurity http, PolicyWebFilter filter, ReactiveJwtDecoder decoder,
            ObjectProvider<JwtAuthenticationConverter> converters) {
        ServerWebExchangeMatcher needsNoToken =
                exchange -> PolicyWebFilter.judged(exchange).needsNoToken() ? MatchResult.match() : MatchResult.notMatch();
        // Nobody else's page can make a browser send a token but one in a cookie.
        ServerWebExchangeMatcher needsProtection = exchange -> PolicyWebFilter.judged(exchange).isInCookie()
                ? CsrfWebFilter.DEFAULT_CSRF_MATCHER.matches(exchange) : MatchResult.notMatch();
        ServerAuthenticationConverter accepted = exchange -> Mono.justOrEmpty(PolicyWebFilter.judged(exchange).compact())
                .map(BearerTokenAuthenticationToken::new);
        JwtAuthenticationConverter converter = converters.getIfUnique(JwtAuthenticationConverter::new);
        return http
                .csrf(csrf -> csrf.requireCsrfProtectionMatcher(needsProtection))
                .authorizeExchange(exchanges -> exchanges.matchers(needsNoToken).permitAll().anyExchange().authenticated())
                .oauth2ResourceServer(server -> server.bearerTokenConverter(accepted).jwt(jwt -> jwt.jwtDecoder(decoder)
                        .jwtAuthenticationConverter(new ReactiveJwtAuthenticationConverterAdapter(converter))))
                .exceptionHandling(problems -> problems.authenticationEntryPoint(entryPoint(filter)))
                .build();
    }

    private static ServerAuthenticationEntryPoint entryPoint(PolicyWebFilter filter) {
        ServerAuthenticationEntryPoint otherwise = new BearerTokenServerAuthenticationEntryPoint();
        return (exchange, problem) -> {
            RuntimeException ours = PolicyWebFilter.judged(exchange).problem();
            return ours == null ? otherwise.commence(exchange, problem)
                    : filter.refuse(exchange, ours);
        };
    }
}
