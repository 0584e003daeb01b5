package io.jotgate.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jotgate.Fetcher;
import io.jotgate.FetchResponse;
import io.jotgate.JwtValidator;
import io.jotgate.PolicyException;
import io.jotgate.testing.Fault;
import io.jotgate.testing.JwtTestIssuer;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.security.oauth2.resource.servlet.OAuth2ResourceServerAutoConfiguration;
import org.springframework.boot.autoconfigure.security.servlet.SecurityAutoConfiguration;
import org.springframework.boot.autoconfigure.web.servlet.WebMvcAutoConfiguration;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.authentication.AuthenticationManagerResolver;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtException;
import org.springframework.security.oauth2.server.resource.web.BearerTokenResolver;
import org.springframework.security.web.SecurityFilterChain;

/** When something is made, when not, and what a mistake reads like. */
class AutoConfigurationTest {
    private static final String[] ISSUER = {"jotgate.issuer=https://issuer.test/", "jotgate.audience=test-api"};

    private final WebApplicationContextRunner runner = new WebApplicationContextRunner().withConfiguration(AutoConfigurations.of(
            JotgateAutoConfiguration.class, JotgateServletAutoConfiguration.class, JotgateConverterAutoConfiguration.class,
            JotgateHealthAutoConfiguration.class, JotgateMetricsAutoConfiguration.class, SecurityAutoConfiguration.class,
            OAuth2ResourceServerAutoConfiguration.class, WebMvcAutoConfiguration.class));

    @Configuration
    static class OwnDecoder {
        @Bean
        JwtDecoder decoder() {
            return token -> {
                throw new BadJwtException("none is good");
            };
        }
    }

    @Configuration
    static class OwnValidator {
        @Bean
        JwtValidator validator() {
            return JwtValidator.builder().issuer("https://issuer.test/").audience("own").build();
        }
    }

    @Configuration
    static class Keys {
        @Bean
        JwtTestIssuer issuer() {
            return JwtTestIssuer.builder().algorithm("ES256").build();
        }

        @Bean
        MeterRegistry registry() {
            return new SimpleMeterRegistry();
        }
    }

    @Test
    void twoPropertiesMakeEverything() {
        runner.withPropertyValues(ISSUER).run(context -> assertThat(context).hasNotFailed()
                .hasSingleBean(JwtValidator.class).hasSingleBean(JotgateJwtDecoder.class)
                .hasSingleBean(SecurityFilterChain.class).hasSingleBean(BearerTokenResolver.class)
                .hasSingleBean(AuthenticationManagerResolver.class));
    }

    @Test
    void aDecoderOfTheApplicationsIsLeftAlone() {
        runner.withUserConfiguration(OwnDecoder.class).run(context -> assertThat(context)
                .hasNotFailed().doesNotHaveBean(JwtValidator.class));
        runner.withPropertyValues(ISSUER).withUserConfiguration(OwnDecoder.class).run(context -> assertThat(context)
                .hasNotFailed().hasSingleBean(JwtDecoder.class).doesNotHaveBean(JotgateJwtDecoder.class)
                .doesNotHaveBean(Judge.class).doesNotHaveBean(BearerTokenResolver.class));
    }

    @Test
    void aValidatorOfTheApplicationsNeedsNoProperties() {
        runner.withUserConfiguration(OwnValidator.class).run(context -> assertThat(context).hasNotFailed()
                .hasSingleBean(JwtValidator.class).hasSingleBean(JotgateJwtDecoder.class));
    }

    @Test
    void nothingAtAllIsAMistake() {
        runner.run(context -> assertThat(context).hasFailed().getFailure().rootCause()
                .hasMessageContaining("jotgate.issuer and jotgate.audience, or jotgate.policy"));
        runner.withPropertyValues("jotgate.issuer=https://issuer.test/").run(context -> assertThat(context).hasFailed()
                .getFailure().rootCause().hasMessageContaining("jotgate.audience"));
        runner.withPropertyValues("jotgate.policy=classpath:none.yaml").run(context -> assertThat(context).hasFailed()
                .getFailure().rootCause().hasMessageContaining("classpath:none.yaml"));
        runner.withPropertyValues(ISSUER).withPropertyValues("jotgate.policy=classpath:policy-with-routes.yaml")
                .run(context -> assertThat(context).hasFailed().getFailure().rootCause().hasMessageContaining("mutually exclusive"));
    }

    @Test
    void aWrongPolicySaysWhatAndWhere(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("policy.yaml"), "version: 1\nissuers:\n  - issuer: https://issuer.test/\n");
        runner.withPropertyValues("jotgate.policy=" + file).run(context -> {
            assertThat(context).hasFailed().getFailure().rootCause().isInstanceOf(PolicyException.class);
            var analysis = new PolicyFailureAnalyzer().analyze(context.getStartupFailure());
            assertThat(analysis.getDescription()).contains("issuers[0]", "line 3");
            assertThat(analysis.getAction()).isNotBlank();
        });
    }

    @Test
    void beansAreOptions() {
        AtomicInteger fetches = new AtomicInteger();
        Fetcher fetcher = request -> {
            fetches.incrementAndGet();
            return new FetchResponse(500, new byte[0]);
        };
        runner.withPropertyValues(ISSUER).withBean(Fetcher.class, () -> fetcher)
                .withBean(JotgateCustomizer.class, () -> builder -> builder.requiredClaims("exp", "sub")).run(context -> {
                    String token = JwtTestIssuer.builder().algorithm("ES256").build().token();
                    JwtDecoder decoder = context.getBean(JwtDecoder.class);
                    assertThatThrownBy(() -> decoder.decode(token))
                            .isInstanceOf(JwtException.class).isNotInstanceOf(BadJwtException.class);
                    assertThat(fetches).hasPositiveValue();
                });
    }

    @Test
    void theDecoderAloneJudges() {
        runner.withPropertyValues(ISSUER).withUserConfiguration(Keys.class).run(context -> {
            JwtTestIssuer issuer = context.getBean(JwtTestIssuer.class);
            JwtDecoder decoder = context.getBean(JwtDecoder.class);
            Jwt jwt = decoder.decode(issuer.token(it -> it.subject("alice").claim("level", 7)));
            assertThat(jwt.getSubject()).isEqualTo("alice");
            assertThat(jwt.<Long>getClaim("level")).isEqualTo(7);
            assertThat(jwt.getClaimAsInstant("exp")).isEqualTo(jwt.getExpiresAt());
            assertThat(jwt.getIssuer()).hasToString("https://issuer.test/");
            assertThat(jwt.getAudience()).isEqualTo(List.of("test-api"));
            assertThatThrownBy(() -> decoder.decode("a.b.c"))
                    .isInstanceOf(BadJwtException.class).hasMessageContaining("malformed_token");
        });
    }

    @Test
    void healthAndMetricsTellOfTheKeys() {
        runner.withPropertyValues(ISSUER).withUserConfiguration(Keys.class).run(context -> {
            HealthIndicator health = context.getBean(HealthIndicator.class);
            assertThat(health.health().getStatus().getCode()).isEqualTo("UNKNOWN");
            JwtTestIssuer issuer = context.getBean(JwtTestIssuer.class);
            context.getBean(JwtDecoder.class).decode(issuer.token());
            assertThat(health.health().getStatus().getCode()).isEqualTo("UP");
            assertThat(health.health().getDetails().values().toString()).contains("fresh, 1 keys");
            MeterRegistry registry = context.getBean(MeterRegistry.class);
            assertThat(registry.get("jotgate.accepted").functionCounter().count()).isEqualTo(1);
            assertThat(registry.get("jotgate.ready").gauge().value()).isEqualTo(1);
        });
        runner.withPropertyValues(ISSUER).withUserConfiguration(Keys.class).run(context -> {
            JwtTestIssuer issuer = context.getBean(JwtTestIssuer.class);
            issuer.breakKeys(Fault.ERROR);
            assertThatThrownBy(() -> context.getBean(JwtDecoder.class).decode(issuer.token()));
            assertThat(context.getBean(HealthIndicator.class).health().getStatus().getCode()).isEqualTo("DOWN");
        });
    }
}
