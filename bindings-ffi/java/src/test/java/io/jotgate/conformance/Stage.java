package io.jotgate.conformance;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.jotgate.InvalidTokenException;
import io.jotgate.JwtValidator;
import io.jotgate.JwtValidatorBuilder;
import io.jotgate.KeySource;
import io.jotgate.KeysUnavailableException;
import io.jotgate.ScenarioTimers;
import io.jotgate.VerifiedJwt;
import io.jotgate.support.TestClock;
import io.jotgate.support.Warnings;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;

/** Plays a scenario: a validator on a clock that stands where the steps set it, and an issuer that answers as they say. */
final class Stage implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final JsonObject scenario;
    private final Instant start;
    private final TestClock clock;
    private final ScenarioIssuer issuer = new ScenarioIssuer();
    private final ScenarioStore store;
    private final Warnings warnings = new Warnings();
    private final KeySteps keySteps = new KeySteps(warnings);
    private JwtValidator validator;
    private long startedByGone;
    private final Map<String, Waiter> begun = new HashMap<>();
    private final ScenarioTimers timers;
    private final boolean ofDriver;

    /** A validation that has begun, and its question where it had to wait. */
    private record Waiter(CompletableFuture<VerifiedJwt> verdict, Object question) {}

    private Stage(JsonObject scenario) {
        this.scenario = scenario;
        start = Instant.ofEpochSecond(scenario.get("start").getAsLong());
        clock = new TestClock(start);
        boolean shares = scenario.getAsJsonArray("steps").asList().stream()
                .anyMatch(step -> step.getAsJsonObject().has("store") || step.getAsJsonObject().has("store_does"));
        timers = new ScenarioTimers(clock);
        ofDriver = scenario.get("api").getAsString().equals("driver");
        store = shares ? new ScenarioStore() : null;
        validator = open();
    }

    /** A validator that knows nothing yet. */
    private JwtValidator open() {
        JwtValidatorBuilder options = JwtValidator.builder().policy(scenario.get("policy").toString())
                .clock(clock).fetcher(issuer).onEvent(keySteps::tell);
        // The other scenarios go by the system's timers, which they never wait for.
        JwtValidatorBuilder timed = ofDriver ? timers.in(options) : options;
        return (store == null ? timed : timed.store(store)).build();
    }

    /** What each step showed. */
    static List<Map<String, Object>> play(JsonObject scenario) {
        List<Map<String, Object>> shown = new ArrayList<>();
        try (Stage stage = new Stage(scenario)) {
            scenario.getAsJsonArray("steps").forEach(step -> shown.add(stage.take(step.getAsJsonObject())));
        }
        return shown;
    }

    @Override
    public void close() {
        validator.close();
        issuer.forget();
        if (store != null) {
            store.forget();
        }
        warnings.close();
    }

    private Map<String, Object> take(JsonObject step) {
        if (step.has("at")) {
            clock.set(start.plusMillis(Math.round(step.get("at").getAsDouble() * 1_000)));
        }
        Map<String, Object> shown = new LinkedHashMap<>();
        if (step.has("serve")) {
            issuer.serve(step.getAsJsonObject("serve"));
        } else if (step.has("validate")) {
            issuer.setOpen(true);
            String token = step.get("validate").getAsString();
            end(token, begin(token), shown);
        } else if (step.has("begin")) {
            JsonObject begin = step.getAsJsonObject("begin");
            issuer.setOpen(true);
            begun.put(begin.get("name").getAsString(), begin(begin.get("token").getAsString()));
            settle();
        } else if (step.has("end")) {
            issuer.setOpen(true);
            String name = step.get("end").getAsString();
            end(name, begun.remove(name), shown);
        } else if (step.has("release")) {
            issuer.release(step.get("release").getAsString());
            settle();
        } else if (step.has("requested")) {
            shown.put("requested", issuer.requested());
        } else if (step.has("store")) {
            JsonElement text = step.get("store");
            store.put(text.isJsonNull() ? null : text.getAsString());
        } else if (step.has("refresh")) {
            issuer.setOpen(true);
            validator.refreshKeys();
            settle();
        } else if (step.has("restart")) {
            validator.close();
            issuer.forget();
            startedByGone = 0;
            // What was not asked for is gone with the process that wrote it.
            warnings.since();
            validator = open();
        } else if (step.has("replace")) {
            long before = started();
            keySteps.take(step, validator, shown);
            // What sources have fetched that are gone, the issuer has seen all the same.
            startedByGone += before - started();
        } else if (!takeOfDriver(step, shown) && !keySteps.take(step, validator, shown)) {
            throw new IllegalArgumentException("the step is none that is known");
        }
        issuer.setOpen(false);
        shown.put("fetches", issuer.passed());
        if (store != null) {
            shown.put("loads", store.loads());
            shown.put("saves", store.saves());
        }
        return shown;
    }

    /** Takes the step, if it is one that looks at the driver from both sides. */
    private boolean takeOfDriver(JsonObject step, Map<String, Object> shown) {
        int before = issuer.passed();
        issuer.setOpen(true);
        if (step.has("store_does")) {
            store.change(step.getAsJsonObject("store_does"));
        } else if (step.has("store_release")) {
            store.release(step.get("store_release").getAsString());
        } else if (step.has("overrun")) {
            timers.overrun();
        } else if (step.has("waiting")) {
            Waiter waiter = begun.get(step.get("waiting").getAsString());
            shown.put("waiting", !waiter.verdict().isDone());
            shown.put("asked", timers.waits(waiter.question()));
        } else if (step.has("saved")) {
            shown.put("saved", store.landed());
        } else if (step.has("refresh_keys")) {
            validator.refreshKeys();
        } else if (step.has("poll")) {
            // What is due is taken after each verdict, whatever it says.
            validator.validateAsync("");
        } else {
            return false;
        }
        settle();
        if (step.has("poll")) {
            shown.put("polled", issuer.passed() - before);
        }
        return true;
    }

    /** The question is asked before this returns, so the validation waits now if it has to. */
    private Waiter begin(String token) {
        CompletableFuture<VerifiedJwt> verdict =
                validator.validateAsync(scenario.getAsJsonObject("tokens").get(token).getAsString());
        return new Waiter(verdict, timers.begun());
    }

    /** The verdict, which must come without a release, and after it the fetches that are due. */
    private void end(String name, Waiter waiter, Map<String, Object> shown) {
        try {
            if (!waiter.verdict().isDone()) {
                timers.losePatience();
            }
            keySteps.keep(name, waiter.verdict().get(PATIENCE.toSeconds(), TimeUnit.SECONDS));
            shown.put("verdict", "accepted");
        } catch (ExecutionException problem) {
            if (problem.getCause() instanceof InvalidTokenException refusal) {
                shown.put("verdict", "rejected");
                shown.put("code", refusal.code().toString());
            } else if (problem.getCause() instanceof KeysUnavailableException unavailable) {
                shown.put("verdict", "unavailable");
                shown.put("code", unavailable.code().toString());
                shown.put("retry_after", Duration.between(clock.instant(), unavailable.retryAt()).toMillis() / 1000.0);
            } else {
                throw new IllegalStateException(problem.getCause());
            }
        } catch (TimeoutException | InterruptedException problem) {
            throw new IllegalStateException("the validation waits for a fetch that nobody releases", problem);
        }
        shown.put("asked", timers.waits(waiter.question()) + 1);
        settle();
    }

    /** Waits until every fetch that is out stands at the issuer, no answer is on its way, and all is saved and told. */
    private void settle() {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        for (;;) {
            List<KeySource> sources = validator.health().sources();
            long started = started() + startedByGone;
            long out = sources.stream().filter(KeySource::inFlight).count();
            int standing = issuer.standing() + (store == null ? 0 : store.standing());
            // What is given up is out no more, but it stands.
            if ((ofDriver ? allWait() : issuer.hasAll(started) && out <= standing) && threads() == standing) {
                return;
            }
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("the fetches never came to rest");
            }
            LockSupport.parkNanos(100_000);
        }
    }

    /** How many requests the sources of the policy that holds now have made, or are about to make. */
    private long started() {
        return validator.health().sources().stream().mapToLong(source -> source.fetches() - source.shared()).sum();
    }

    /** Whether nobody is about to ask, which could begin work. */
    private boolean allWait() {
        return begun.values().stream().allMatch(
                waiter -> waiter.verdict().isDone() || !timers.isWoken(waiter.question()));
    }

    /** How many threads the library has: each ends with what it was started for. */
    private static long threads() {
        ThreadGroup all = Thread.currentThread().getThreadGroup();
        while (all.getParent() != null) {
            all = all.getParent();
        }
        Thread[] found = new Thread[all.activeCount() + 16];
        return Arrays.stream(found, 0, all.enumerate(found)).filter(thread -> thread.getName().startsWith("jotgate-"))
                .count();
    }
}
