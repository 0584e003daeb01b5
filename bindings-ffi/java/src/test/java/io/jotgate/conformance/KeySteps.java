package io.jotgate.conformance;

import com.google.gson.JsonObject;
import io.jotgate.Event;
import io.jotgate.InvalidTokenException;
import io.jotgate.JotgateException;
import io.jotgate.JwtRequirement;
import io.jotgate.JwtValidator;
import io.jotgate.KeySource;
import io.jotgate.PolicyException;
import io.jotgate.VerifiedJwt;
import io.jotgate.support.Warnings;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The steps that a validator has functions for, beside a validation. */
final class KeySteps {
    private final Map<String, String> snapshots = new HashMap<>();
    private final Map<String, VerifiedJwt> accepted = new HashMap<>();
    private final Warnings warnings;
    private List<String> events = new ArrayList<>();

    KeySteps(Warnings warnings) {
        this.warnings = warnings;
    }

    /** Takes the step, if it is one of these. */
    boolean take(JsonObject step, JwtValidator validator, Map<String, Object> shown) {
        if (step.has("export")) {
            snapshots.put(step.get("export").getAsString(), validator.exportKeys());
        } else if (step.has("import")) {
            shown.put("imported", imported(step.getAsJsonObject("import"), validator));
        } else if (step.has("replace")) {
            replace(step.getAsJsonObject("replace"), validator, shown);
        } else if (step.has("require")) {
            require(step.getAsJsonObject("require"), validator, shown);
        } else if (step.has("health")) {
            int source = step.getAsJsonObject("health").get("source").getAsInt();
            shown.put("health", members(validator.health().sources().get(source)));
        } else if (step.has("events")) {
            shown.put("events", namesSince());
        } else if (step.has("warnings")) {
            shown.put("warnings", warnings.since());
        } else {
            return false;
        }
        return true;
    }

    /** What was accepted last, by the name of the token or of the validation. */
    void keep(String name, VerifiedJwt jwt) {
        accepted.put(name, jwt);
    }

    synchronized void tell(Event event) {
        if (event.kind() != Event.Kind.REJECTED) {
            events.add(event.kind().toString());
        }
    }

    private synchronized List<String> namesSince() {
        List<String> names = events;
        events = new ArrayList<>();
        return names;
    }

    private static void replace(JsonObject document, JwtValidator validator, Map<String, Object> shown) {
        try {
            validator.replace(document.toString());
            shown.put("replaced", true);
        } catch (PolicyException problem) {
            shown.put("replaced", false);
            shown.put("code", "policy_error");
            shown.put("path", problem.path());
        }
    }

    private void require(JsonObject step, JwtValidator validator, Map<String, Object> shown) {
        JwtRequirement requirement = JwtRequirement.fromJson(step.get("asks").toString());
        try {
            validator.require(accepted.get(step.get("of").getAsString()), requirement);
            shown.put("verdict", "accepted");
        } catch (JotgateException refusal) {
            shown.put("verdict", "rejected");
            shown.put("code", refusal.code().toString());
            shown.put("claim", refusal instanceof InvalidTokenException rejected ? rejected.claim() : null);
            shown.put("challenge", validator.answerTo(refusal, requirement).headers().get("WWW-Authenticate"));
        }
    }

    private Object imported(JsonObject from, JwtValidator validator) {
        String text = from.has("kept") ? snapshots.get(from.get("kept").getAsString()) : from.get("text").getAsString();
        try {
            return validator.importKeys(text);
        } catch (IllegalArgumentException refused) {
            return "refused";
        }
    }

    private static Map<String, Object> members(KeySource source) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("issuer", source.issuerIndex());
        members.put("url", source.url());
        members.put("jwks_uri", source.jwksUri());
        members.put("state", source.state().name().toLowerCase());
        members.put("in_flight", source.inFlight());
        members.put("age", source.age() == null ? null : source.age().toMillis() / 1000.0);
        members.put("keys", source.keys());
        members.put("skipped", notes(source.skipped()));
        members.put("skipped_count", source.skippedCount());
        members.put("lenient", notes(source.lenient()));
        members.put("lenient_count", source.lenientCount());
        members.put("next_refresh", source.nextRefresh() == null ? null : source.nextRefresh().toEpochMilli() / 1000.0);
        members.put("fetches", source.fetches());
        members.put("failures", source.failures());
        members.put("fetch_time", source.fetchTime().toMillis() / 1000.0);
        members.put("failures_in_a_row", source.failuresInARow());
        members.put("not_modified", source.notModified());
        members.put("shared", source.shared());
        members.put("bytes", source.bytes());
        members.put("last_error", source.lastError());
        members.put("last_error_cause", source.lastErrorCause());
        members.put("last_error_hint", source.lastErrorHint());
        members.put("flood_rejections", source.floodRejections());
        return members;
    }

    private static List<Map<String, Object>> notes(List<KeySource.KeyNote> notes) {
        return notes.stream().map(note -> {
            Map<String, Object> members = new LinkedHashMap<>();
            members.put("index", note.index());
            members.put("kid", note.kid());
            members.put("reason", note.reason());
            return members;
        }).toList();
    }
}
