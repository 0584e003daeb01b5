package io.jotgate.spring.boot;

import io.jotgate.JwtValidator;
import io.jotgate.JwtValidatorBuilder;
import io.jotgate.micrometer.JotgateMetrics;
import io.micrometer.core.instrument.MeterRegistry;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/** Shows Micrometer what the validator does, where the application has a registry. */
@AutoConfiguration(before = JotgateAutoConfiguration.class)
@ConditionalOnClass(MeterRegistry.class)
public class JotgateMetricsAutoConfiguration {
    /** Nothing to set. */
    public JotgateMetricsAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean(JotgateMetrics.class)
    Binder jotgateMetricsBinder(ObjectProvider<MeterRegistry> registry, ObjectProvider<JwtValidator> validator) {
        return new Binder(registry, validator);
    }

    /** Counts from the first event on, and watches once there is a validator. */
    static final class Binder implements JotgateCustomizer, SmartInitializingSingleton {
        private final ObjectProvider<MeterRegistry> registry;
        private final ObjectProvider<JwtValidator> validator;
        private @Nullable JotgateMetrics metrics;

        Binder(ObjectProvider<MeterRegistry> registry, ObjectProvider<JwtValidator> validator) {
            this.registry = registry;
            this.validator = validator;
        }

        @Override
        public void customize(JwtValidatorBuilder builder) {
            registry.ifUnique(found -> {
                metrics = new JotgateMetrics(found, "default");
                builder.onEvent(metrics);
            });
        }

        @Override
        public void afterSingletonsInstantiated() {
            validator.ifUnique(made -> {
                if (metrics != null) {
                    metrics.watch(made);
                }
            });
        }
    }
}
