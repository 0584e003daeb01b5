package io.jotgate.spring.boot;

import io.jotgate.JwtValidator;
import io.jotgate.KeyHealth;
import io.jotgate.KeySource;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * How the key sets are, for both forms that Spring Boot has had of a health indicator.
 *
 * @param status UP where keys are at hand for the tokens of every issuer; UNKNOWN before a token needed some; DOWN where they cannot
 *     be fetched
 */
record KeyHealthReport(String status, Map<String, Object> details) {
    static KeyHealthReport of(JwtValidator validator) {
        KeyHealth health = validator.health();
        Map<String, Object> details = new LinkedHashMap<>();
        boolean fails = false;
        for (KeySource source : health.sources()) {
            fails |= source.failuresInARow() > 0;
            details.put(source.url(), source.lastError() == null
                    ? source.state().name().toLowerCase(Locale.ROOT) + ", " + source.keys() + " keys"
                    : source.state().name().toLowerCase(Locale.ROOT) + ", " + source.lastError());
        }
        return new KeyHealthReport(health.ready() ? "UP" : fails ? "DOWN" : "UNKNOWN", details);
    }
}
