package io.jotgate.micrometer;

import io.jotgate.Event;
import io.jotgate.JwtValidator;
import io.jotgate.KeyHealth;
import io.jotgate.KeySource;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Shows a registry of Micrometer what a validator does.
 *
 * <pre>{@code
 * JotgateMetrics metrics = new JotgateMetrics(registry, "default");
 * JwtValidator validator = JwtValidator.builder() … .onEvent(metrics).build();
 * metrics.watch(validator);
 * }</pre>
 *
 * <p>In Prometheus the names are those of every language: {@code jotgate_rejections_total} by {@code code} ({@code
 * keys_unavailable} among them), {@code jotgate_accepted_total} by {@code issuer}, {@code jotgate_ready}, {@code
 * jotgate_policy_replacements_total}, {@code jotgate_key_set_events_total} by {@code event}, {@code
 * jotgate_key_set_fetches_total}, {@code jotgate_key_set_fetch_failures_total}, {@code
 * jotgate_key_set_fetch_seconds_total} (the time that they took), {@code jotgate_key_set_flood_rejections_total}, {@code
 * jotgate_key_set_keys}, {@code jotgate_key_set_skipped_keys}, {@code jotgate_key_set_age_seconds}, and {@code
 * jotgate_key_set_state} by {@code state}. All have the tag {@code validator}, and those of key sets {@code issuer}, the entry of
 * the policy, and {@code url}.
 */
public final class JotgateMetrics implements Consumer<Event> {
    private static final String KEY_SET = "jotgate.key_set.";

    private final MeterRegistry registry;
    private final Tags validatorTag;
    private volatile List<KeySource> sources = List.of();
    private volatile @Nullable JwtValidator watched;
    /** What belongs to the policy that holds now. */
    private final List<Meter> shown = new ArrayList<>();

    /** Metrics of a validator of this name, which no other validator in the registry has. */
    public JotgateMetrics(MeterRegistry registry, String name) {
        this.registry = Objects.requireNonNull(registry, "registry");
        validatorTag = Tags.of("validator", name);
    }

    /** Counts an event. Those of key sets count from {@link #watch} on. */
    @Override
    public void accept(Event event) {
        List<KeySource> known = sources;
        if (event.kind() == Event.Kind.REJECTED) {
            registry.counter("jotgate.rejections", validatorTag.and("code", String.valueOf(event.code()))).increment();
        } else if (event.kind() == Event.Kind.POLICY_REPLACED) {
            registry.counter("jotgate.policy_replacements", validatorTag).increment();
            JwtValidator validator = watched;
            if (validator != null) {
                showSources(validator);
            }
        } else if (event.source() >= 0 && event.source() < known.size()) {
            Tags tags = tags(known.get(event.source())).and("event", event.kind().toString());
            registry.counter(KEY_SET + "events", tags).increment();
        }
    }

    /** Shows how the key sets of {@code validator} are from now on; one that is closed shows nothing. */
    public void watch(JwtValidator validator) {
        watched = validator;
        Gauge.builder("jotgate.ready", validator, whole(health -> health.ready() ? 1 : 0)).tags(validatorTag)
                .description("Whether keys are at hand for the tokens of every issuer.").strongReference(true)
                .register(registry);
        showSources(validator);
    }

    /** Those of the policy that holds now. What is shown of a source that is gone goes with it. */
    private synchronized void showSources(JwtValidator validator) {
        shown.forEach(registry::remove);
        shown.clear();
        for (KeyHealth.IssuerHealth issuer : validator.health().issuers()) {
            Tags tags = validatorTag.and("issuer", Integer.toString(issuer.issuerIndex()));
            shown.add(FunctionCounter.builder("jotgate.accepted", validator, whole(health -> health.issuers().stream()
                            .filter(some -> some.issuerIndex() == issuer.issuerIndex())
                            .mapToDouble(KeyHealth.IssuerHealth::accepted).sum()))
                    .tags(tags).description("Tokens that passed the policy.").register(registry));
        }
        List<KeySource> found = validator.health().sources();
        sources = found;
        Set<Tags> seen = new HashSet<>();
        for (int place = 0; place < found.size(); place++) {
            // A policy may name a URL twice, and tags may come once only.
            Tags tags = tags(found.get(place));
            if (seen.add(tags)) {
                show(validator, place, tags);
            }
        }
    }

    private static ToDoubleFunction<JwtValidator> whole(ToDoubleFunction<KeyHealth> member) {
        return validator -> {
            try {
                return member.applyAsDouble(validator.health());
            } catch (IllegalStateException closed) {
                return Double.NaN;
            }
        };
    }

    private void show(JwtValidator validator, int place, Tags tags) {
        counter("fetches", validator, tags, reading(place, KeySource::fetches));
        counter("fetch_failures", validator, tags, reading(place, KeySource::failures));
        ToDoubleFunction<JwtValidator> took = reading(place, source -> source.fetchTime().toMillis() / 1_000.0);
        shown.add(FunctionCounter.builder(KEY_SET + "fetch", validator, took).tags(tags).baseUnit("seconds")
                .description("Time that fetches took, failed ones included.").register(registry));
        counter("flood_rejections", validator, tags, reading(place, KeySource::floodRejections));
        gauge("keys", validator, tags, reading(place, KeySource::keys));
        gauge("skipped_keys", validator, tags, reading(place, KeySource::skippedCount));
        shown.add(TimeGauge.builder(KEY_SET + "age", validator, TimeUnit.MILLISECONDS, reading(place, source -> {
            Duration age = source.age();
            return age == null ? Double.NaN : age.toMillis();
        })).tags(tags).description("Time since the last successful fetch was started.").strongReference(true)
                .register(registry));
        for (KeySource.State state : KeySource.State.values()) {
            gauge("state", validator, tags.and("state", state.name().toLowerCase(Locale.ROOT)),
                    reading(place, source -> source.state() == state ? 1 : 0));
        }
    }

    private void counter(String name, JwtValidator validator, Tags tags, ToDoubleFunction<JwtValidator> reading) {
        shown.add(FunctionCounter.builder(KEY_SET + name, validator, reading).tags(tags).register(registry));
    }

    private void gauge(String name, JwtValidator validator, Tags tags, ToDoubleFunction<JwtValidator> reading) {
        shown.add(Gauge.builder(KEY_SET + name, validator, reading).tags(tags).strongReference(true).register(registry));
    }

    private static ToDoubleFunction<JwtValidator> reading(int place, ToDoubleFunction<KeySource> member) {
        return validator -> {
            try {
                return member.applyAsDouble(validator.health().sources().get(place));
            } catch (IllegalStateException | IndexOutOfBoundsException closed) {
                return Double.NaN;
            }
        };
    }

    private Tags tags(KeySource source) {
        return validatorTag.and("issuer", Integer.toString(source.issuerIndex()), "url", source.url());
    }
}
