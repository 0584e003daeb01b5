package io.jotgate.testing.spring;

import io.jotgate.JwtValidatorBuilder;
import io.jotgate.TestIssuer;
import io.jotgate.testing.JwtTestIssuer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** See {@link AutoConfigureJwtTestIssuer}. */
@Configuration(proxyBeanMethods = false)
class JwtTestIssuerConfiguration {
    @Bean
    static TestKeys jotgateTestKeys() {
        return new TestKeys();
    }

    /** The issuer comes of the builder, which is asked for that it exists. */
    @Bean
    JwtTestIssuer jwtTestIssuer(JwtValidatorBuilder builder, TestKeys keys) {
        return Objects.requireNonNull(keys.issuer, "a bean JwtValidatorBuilder");
    }

    static final class TestKeys implements BeanPostProcessor {
        private @Nullable JwtTestIssuer issuer;

        @Override
        public Object postProcessAfterInitialization(Object bean, String name) {
            if (bean instanceof JwtValidatorBuilder builder && issuer == null) {
                issuer = JwtTestIssuer.ofPolicy(TestIssuer.policyOf(builder));
                TestIssuer.putTestKeys(builder, issuer.policy(), issuer);
            }
            return bean;
        }
    }
}
