package io.jotgate.bench.spring;

import io.jotgate.JwtValidator;
import io.jotgate.servlet.JotgateServletFilter;
import org.springframework.context.annotation.Bean;

/** jotgate's filter, and no Spring Security. */
public class WithServletFilter {
    @Bean
    JotgateServletFilter filter(Config config) {
        return new JotgateServletFilter(JwtValidator.fromPolicy(config.policy()));
    }
}
