package io.jotgate.spring.boot;

import io.jotgate.JwtValidator;
import io.jotgate.servlet.ServletExchange;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.security.authentication.AuthenticationManagerResolver;
import org.springframework.security.authentication.ProviderManager;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationConverter;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationProvider;
import org.springframework.security.oauth2.server.resource.web.BearerTokenAuthenticationEntryPoint;
import org.springframework.security.oauth2.server.resource.web.BearerTokenResolver;
import org.springframework.security.oauth2.server.resource.web.DefaultBearerTokenResolver;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.util.matcher.RequestMatcher;

/**
 * The policy in the chains of Spring Security in servlet applications, and a chain of its own where the application has none. An
 * application that has a {@link JwtDecoder} of its own is left alone.
 */
@AutoConfiguration(
        after = JotgateAutoConfiguration.class,
        beforeName = {
                // Spring Boot 3
                "org.springframework.boot.autoconfigure.security.oauth2.resource.servlet.OAuth2ResourceServerAutoConfiguration",
                "org.springframework.boot.autoconfigure.security.servlet.SecurityAutoConfiguration",
                // Spring Boot 4
                "org.springframework.boot.security.oauth2.server.resource.autoconfigure.servlet.OAuth2ResourceServerAutoConfiguration",
                "org.springframework.boot.security.autoconfigure.web.servlet.ServletWebSecurityAutoConfiguration"})
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnClass(HttpServletRequest.class)
@ConditionalOnBean(JotgateJwtDecoder.class)
public class JotgateServletAutoConfiguration {
    /** Nothing to set. */
    public JotgateServletAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean
    Judge jotgateJudge(JwtValidator validator) {
        return new Judge(request -> validator);
    }

    /** Spring takes it wherever a chain has no other. */
    @Bean
    @ConditionalOnMissingBean(BearerTokenResolver.class)
    BearerTokenResolver jotgateBearerTokenResolver(Judge judge, JwtDecoder decoder) {
        return decoder instanceof JotgateJwtDecoder ? new PolicyTokenResolver(judge) : new DefaultBearerTokenResolver();
    }

    /** For chains that say {@code authenticationManagerResolver(…)} in place of {@code jwt(…)}: the policy knows all issuers. */
    @Bean
    @ConditionalOnMissingBean(AuthenticationManagerResolver.class)
    AuthenticationManagerResolver<HttpServletRequest> jotgateAuthenticationManagerResolver(
            JwtDecoder decoder, ObjectProvider<JwtAuthenticationConverter> converter) {
        JwtAuthenticationProvider provider = new JwtAuthenticationProvider(decoder);
        converter.ifUnique(provider::setJwtAuthenticationConverter);
        ProviderManager manager = new ProviderManager(provider);
        return request -> manager;
    }

    /** The policy decides about every request, and answers those that may not pass. */
    @Bean
    @ConditionalOnMissingBean(SecurityFilterChain.class)
    SecurityFilterChain jotgateSecurityFilterChain(
            HttpSecurity http, Judge judge, AuthenticationManagerResolver<HttpServletRequest> resolver) throws Exception {
        RequestMatcher needsNoToken = request -> judge.judged(request).needsNoToken();
        RequestMatcher hasNoCookie = request -> !judge.judged(request).isInCookie();
        return http
                .authorizeHttpRequests(requests -> requests
                        .dispatcherTypeMatchers(DispatcherType.ERROR).permitAll()
                        .requestMatchers(needsNoToken).permitAll()
                        .anyRequest().authenticated())
                // Nobody else's page can make a browser send a token but one in a cookie.
                .csrf(csrf -> csrf.ignoringRequestMatchers(hasNoCookie))
                .oauth2ResourceServer(server -> server
                        .authenticationManagerResolver(resolver).authenticationEntryPoint(entryPoint(judge)))
                .exceptionHandling(problems -> problems.authenticationEntryPoint(entryPoint(judge)))
                .build();
    }

    private static AuthenticationEntryPoint entryPoint(Judge judge) {
        AuthenticationEntryPoint otherwise = new BearerTokenAuthenticationEntryPoint();
        return (request, response, problem) -> {
            Judged judged = judge.judged(request);
            if (judged.problem() == null) {
                otherwise.commence(request, response, problem);
            } else {
                ServletExchange.refuse(judge.validator(request), judged.problem(), response);
            }
        };
    }
}
