package io.jotgate.bench.spring;

import io.jotgate.JwtValidator;
import io.jotgate.spring.JotgateAuthenticationFilter;
import org.springframework.context.annotation.Bean;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.AnonymousAuthenticationFilter;

/** jotgate's filter in the chain of Spring Security. */
public class WithJotgate {
    @Bean
    SecurityFilterChain chain(HttpSecurity http, Config config) throws Exception {
        JwtValidator validator = JwtValidator.fromPolicy(config.policy());
        return http.sessionManagement(sessions -> sessions.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                .csrf(csrf -> csrf.disable())
                .addFilterBefore(new JotgateAuthenticationFilter(validator), AnonymousAuthenticationFilter.class)
                .authorizeHttpRequests(requests -> requests.anyRequest().authenticated())
                .build();
    }
}
