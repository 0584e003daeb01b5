package io.jotgate.micrometer;

import static io.jotgate.support.Issuer.payload;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jotgate.FetchResponse;
import io.jotgate.InvalidTokenException;
import io.jotgate.JotgateException;
import io.jotgate.JwtValidator;
import io.jotgate.support.Issuer;
import io.jotgate.support.TestClock;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class JotgateMetricsTest {
    private static final Instant NOW = Instant.ofEpochSecond(1_800_000_000);
    private static final Issuer ISSUER = new Issuer("a");

    private static JwtValidator watched(PrometheusMeterRegistry registry, String name, int status) {
        JotgateMetrics metrics = new JotgateMetrics(registry, name);
        TestClock clock = new TestClock(NOW);
        JwtValidator validator = JwtValidator.builder().issuer(Issuer.NAME).audience(Issuer.AUDIENCE)
                .jwksUri("https://idp.test/jwks").clock(clock).onEvent(metrics)
                .fetcher(request -> {
                    clock.advance(Duration.ofMillis(1_500));
                    return new FetchResponse(status, ISSUER.jwks().getBytes());
                }).build();
        metrics.watch(validator);
        return validator;
    }

    @Test
    void prometheusSeesRefusalsAndKeySets() {
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        JwtValidator good = watched(registry, "good", 200);
        JwtValidator bad = watched(registry, "bad", 500);
        good.validate(ISSUER.es256(payload(NOW.getEpochSecond() + 60)));
        assertThrows(InvalidTokenException.class, () -> good.validate(ISSUER.es256(payload(1))));
        assertThrows(JotgateException.class, () -> bad.validate(ISSUER.es256(payload(1))));

        List<String> lines = registry.scrape().lines().toList();
        String source = "issuer=\"0\",url=\"https://idp.test/jwks\",validator=";
        for (String line : List.of(
                "jotgate_rejections_total{code=\"expired\",validator=\"good\"} 1.0",
                "jotgate_rejections_total{code=\"keys_unavailable\",validator=\"bad\"} 1.0",
                "jotgate_key_set_events_total{event=\"fetch_started\"," + source + "\"good\"} 1.0",
                "jotgate_key_set_fetches_total{" + source + "\"good\"} 1.0",
                "jotgate_key_set_fetch_failures_total{" + source + "\"bad\"} 1.0",
                "jotgate_key_set_fetch_seconds_total{" + source + "\"good\"} 1.5",
                "jotgate_key_set_fetch_seconds_total{" + source + "\"bad\"} 1.5",
                "jotgate_key_set_flood_rejections_total{" + source + "\"good\"} 0.0",
                "jotgate_key_set_keys{" + source + "\"good\"} 2.0",
                "jotgate_key_set_skipped_keys{" + source + "\"good\"} 0.0",
                "jotgate_key_set_age_seconds{" + source + "\"good\"} 1.5",
                "jotgate_key_set_age_seconds{" + source + "\"bad\"} NaN",
                "jotgate_key_set_state{issuer=\"0\",state=\"fresh\",url=\"https://idp.test/jwks\",validator=\"good\"} 1.0",
                "jotgate_key_set_state{issuer=\"0\",state=\"stale\",url=\"https://idp.test/jwks\",validator=\"good\"} 0.0")) {
            assertTrue(lines.contains(line), () -> "no line " + line + " in\n" + String.join("\n", lines));
        }
        good.close();
        assertFalse(registry.scrape().contains("jotgate_key_set_keys{" + source + "\"good\"} 2.0"));
    }
}
