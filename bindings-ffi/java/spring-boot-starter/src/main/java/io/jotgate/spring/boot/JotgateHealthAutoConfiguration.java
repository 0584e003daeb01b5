package io.jotgate.spring.boot;

import io.jotgate.JwtValidator;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The key sets in the health of the application, under {@code jotgate}; {@code management.health.jotgate.enabled} turns it off. */
@AutoConfiguration(after = JotgateAutoConfiguration.class)
@ConditionalOnBean(JwtValidator.class)
@ConditionalOnProperty(name = "management.health.jotgate.enabled", matchIfMissing = true)
public class JotgateHealthAutoConfiguration {
    /** Nothing to set. */
    public JotgateHealthAutoConfiguration() {}

    /** For Spring Boot 3. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(name = "org.springframework.boot.actuate.health.HealthIndicator")
    static class Three {
        @Bean
        @ConditionalOnMissingBean(name = "jotgateHealthIndicator")
        org.springframework.boot.actuate.health.HealthIndicator jotgateHealthIndicator(JwtValidator validator) {
            return () -> {
                KeyHealthReport report = KeyHealthReport.of(validator);
                return org.springframework.boot.actuate.health.Health.status(report.status())
                        .withDetails(report.details()).build();
            };
        }
    }

    /** For Spring Boot 4. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(name = "org.springframework.boot.health.contributor.HealthIndicator")
    static class Four {
        @Bean
        @ConditionalOnMissingBean(name = "jotgateHealthIndicator")
        org.springframework.boot.health.contributor.HealthIndicator jotgateHealthIndicator(JwtValidator validator) {
            return () -> {
                KeyHealthReport report = KeyHealthReport.of(validator);
                return org.springframework.boot.health.contributor.Health.status(report.status())
                        .withDetails(report.details()).build();
            };
        }
    }
}
