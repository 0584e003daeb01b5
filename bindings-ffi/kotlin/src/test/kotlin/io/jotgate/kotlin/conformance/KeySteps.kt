package io.jotgate.kotlin.conformance

import com.google.gson.JsonObject
import io.jotgate.Event
import io.jotgate.InvalidTokenException
import io.jotgate.JotgateException
import io.jotgate.JwtRequirement
import io.jotgate.KeySource
import io.jotgate.PolicyException
import io.jotgate.kotlin.JotgateValidator
import io.jotgate.kotlin.VerifiedToken
import io.jotgate.kotlin.claim
import io.jotgate.kotlin.code
import io.jotgate.support.Warnings

/** The steps that a validator has functions for, beside a validation. */
internal class KeySteps(private val warnings: Warnings) {
    private val snapshots = HashMap<String, String>()
    private val accepted = HashMap<String, VerifiedToken>()
    private var events = ArrayList<String>()

    /** Takes the step, if it is one of these. */
    fun take(step: JsonObject, validator: JotgateValidator, shown: MutableMap<String, Any?>): Boolean {
        when {
            step.has("export") -> snapshots[step["export"].asString] = validator.exportKeys()
            step.has("import") -> shown["imported"] = imported(step.getAsJsonObject("import"), validator)
            step.has("replace") -> replace(step.getAsJsonObject("replace"), validator, shown)
            step.has("require") -> require(step.getAsJsonObject("require"), validator, shown)
            step.has("health") ->
                shown["health"] = members(validator.health().sources[step.getAsJsonObject("health")["source"].asInt])
            step.has("events") -> shown["events"] = namesSince()
            step.has("warnings") -> shown["warnings"] = warnings.since()
            else -> return false
        }
        return true
    }

    /** What was accepted last, by the name of the token or of the validation. */
    fun keep(name: String, token: VerifiedToken) {
        accepted[name] = token
    }

    @Synchronized
    fun tell(event: Event) {
        if (event.kind != Event.Kind.REJECTED) events += event.kind.toString()
    }

    @Synchronized
    private fun namesSince(): List<String> = events.also { events = ArrayList() }

    private fun replace(document: JsonObject, validator: JotgateValidator, shown: MutableMap<String, Any?>) {
        try {
            validator.replace(document.toString())
            shown["replaced"] = true
        } catch (problem: PolicyException) {
            shown += mapOf("replaced" to false, "code" to "policy_error", "path" to problem.path())
        }
    }

    private fun require(step: JsonObject, validator: JotgateValidator, shown: MutableMap<String, Any?>) {
        val requirement = JwtRequirement.fromJson(step["asks"].toString())
        try {
            validator.require(accepted[step["of"].asString], requirement)
            shown["verdict"] = "accepted"
        } catch (refusal: JotgateException) {
            shown += mapOf(
                "verdict" to "rejected",
                "code" to refusal.code.toString(),
                "claim" to (refusal as? InvalidTokenException)?.claim,
                "challenge" to validator.answerTo(refusal, requirement).headers["WWW-Authenticate"],
            )
        }
    }

    private fun imported(from: JsonObject, validator: JotgateValidator): Any? {
        val text = if (from.has("kept")) snapshots.getValue(from["kept"].asString) else from["text"].asString
        return try {
            validator.importKeys(text)
        } catch (_: IllegalArgumentException) {
            "refused"
        }
    }

    private fun members(source: KeySource): Map<String, Any?> = mapOf(
        "issuer" to source.issuerIndex,
        "url" to source.url,
        "jwks_uri" to source.jwksUri,
        "state" to source.state.name.lowercase(),
        "in_flight" to source.inFlight,
        "age" to source.age?.let { it.toMillis() / 1000.0 },
        "keys" to source.keys,
        "skipped" to notes(source.skipped),
        "skipped_count" to source.skippedCount,
        "lenient" to notes(source.lenient),
        "lenient_count" to source.lenientCount,
        "next_refresh" to source.nextRefresh?.let { it.toEpochMilli() / 1000.0 },
        "fetches" to source.fetches,
        "failures" to source.failures,
        "fetch_time" to source.fetchTime.toMillis() / 1000.0,
        "failures_in_a_row" to source.failuresInARow,
        "not_modified" to source.notModified,
        "shared" to source.shared,
        "bytes" to source.bytes,
        "last_error" to source.lastError,
        "last_error_cause" to source.lastErrorCause,
        "last_error_hint" to source.lastErrorHint,
        "flood_rejections" to source.floodRejections,
    )

    private fun notes(notes: List<KeySource.KeyNote>): List<Map<String, Any?>> =
        notes.map { mapOf("index" to it.index, "kid" to it.kid, "reason" to it.reason) }
}
