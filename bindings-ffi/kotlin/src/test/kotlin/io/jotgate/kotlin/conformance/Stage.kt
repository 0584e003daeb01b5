package io.jotgate.kotlin.conformance

import com.google.gson.JsonObject
import io.jotgate.InvalidTokenException
import io.jotgate.KeysUnavailableException
import io.jotgate.ScenarioTimers
import io.jotgate.kotlin.JotgateValidator
import io.jotgate.kotlin.VerifiedToken
import io.jotgate.kotlin.code
import io.jotgate.kotlin.retryAt
import io.jotgate.support.TestClock
import io.jotgate.support.Warnings
import java.time.Duration
import java.time.Instant
import java.util.concurrent.locks.LockSupport
import kotlin.math.roundToLong
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Deferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.async
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout

/** Plays a scenario: a validator on a clock that stands where the steps set it, and an issuer that answers as they say. */
internal class Stage private constructor(private val scenario: JsonObject) : AutoCloseable {
    /** A validation that has begun, and its question where it had to wait. */
    private class Waiter(val verdict: Deferred<VerifiedToken>, val question: Any?)

    private val start = Instant.ofEpochSecond(scenario["start"].asLong)
    private val clock = TestClock(start)
    private val issuer = ScenarioIssuer()
    private val store = ScenarioStore().takeIf { scenario.steps().any { it.has("store") || it.has("store_does") } }
    private val warnings = Warnings()
    private val keySteps = KeySteps(warnings)
    private val begun = HashMap<String, Waiter>()
    private val timers = ScenarioTimers(clock)
    private val ofDriver = scenario["api"].asString == "driver"
    private val callers = CoroutineScope(SupervisorJob() + Dispatchers.Unconfined)
    private var startedByGone = 0L
    private var validator = open()

    /** A validator that knows nothing yet. */
    private fun open() = JotgateValidator {
        policy(scenario["policy"].toString())
        clock = this@Stage.clock
        fetcher(this@Stage.issuer)
        onEvent(keySteps::tell)
        this@Stage.store?.let { store = it }
        // The other scenarios go by the system's timers, which they never wait for.
        if (ofDriver) java { timers.`in`(this) }
    }

    override fun close() {
        validator.close()
        issuer.forget()
        store?.forget()
        warnings.close()
    }

    private fun take(step: JsonObject): Map<String, Any?> {
        if (step.has("at")) clock.set(start.plusMillis((step["at"].asDouble * 1_000).roundToLong()))
        val shown = LinkedHashMap<String, Any?>()
        when {
            step.has("serve") -> issuer.serve(step.getAsJsonObject("serve"))
            step.has("validate") -> opened {
                val token = step["validate"].asString
                end(token, begin(token), shown)
            }
            step.has("begin") -> opened {
                val begin = step.getAsJsonObject("begin")
                begun[begin["name"].asString] = begin(begin["token"].asString)
                settle()
            }
            step.has("end") -> opened {
                val name = step["end"].asString
                end(name, checkNotNull(begun.remove(name)), shown)
            }
            step.has("release") -> {
                issuer.release(step["release"].asString)
                settle()
            }
            step.has("requested") -> shown["requested"] = issuer.requested()
            step.has("store") -> store?.put(step["store"].takeUnless { it.isJsonNull }?.asString)
            step.has("refresh") -> opened {
                validator.refreshKeys()
                settle()
            }
            step.has("restart") -> restart()
            step.has("replace") -> {
                val before = started()
                keySteps.take(step, validator, shown)
                // What sources have fetched that are gone, the issuer has seen all the same.
                startedByGone += before - started()
            }
            else -> check(takeOfDriver(step, shown) || keySteps.take(step, validator, shown)) { "the step is none that is known" }
        }
        issuer.setOpen(false)
        shown["fetches"] = issuer.passed()
        store?.let {
            shown["loads"] = it.loads()
            shown["saves"] = it.saves()
        }
        return shown
    }

    private fun restart() {
        validator.close()
        issuer.forget()
        startedByGone = 0
        // What was not asked for is gone with the process that wrote it.
        warnings.since()
        validator = open()
    }

    /** Takes the step, if it is one that looks at the driver from both sides. */
    private fun takeOfDriver(step: JsonObject, shown: MutableMap<String, Any?>): Boolean {
        val before = issuer.passed()
        issuer.setOpen(true)
        when {
            step.has("store_does") -> store?.change(step.getAsJsonObject("store_does"))
            step.has("store_release") -> store?.release(step["store_release"].asString)
            step.has("overrun") -> timers.overrun()
            step.has("waiting") -> {
                val waiter = begun.getValue(step["waiting"].asString)
                shown["waiting"] = !waiter.verdict.isCompleted
                shown["asked"] = waits(waiter)
            }
            step.has("saved") -> shown["saved"] = store?.landed()
            step.has("refresh_keys") -> validator.refreshKeys()
            // What is due is taken after each verdict, whatever it says.
            step.has("poll") -> validation("")
            else -> return false
        }
        settle()
        if (step.has("poll")) shown["polled"] = issuer.passed() - before
        return true
    }

    private inline fun opened(step: () -> Unit) {
        issuer.setOpen(true)
        step()
    }

    /** The question is asked before this returns, so the validation waits now if it has to. */
    private fun begin(token: String): Waiter {
        val verdict = validation(scenario.getAsJsonObject("tokens")[token].asString)
        return Waiter(verdict, timers.begun())
    }

    private fun validation(token: String): Deferred<VerifiedToken> {
        val asked = validator
        return callers.async(start = CoroutineStart.UNDISPATCHED) { asked.validate(token) }
    }

    /** The verdict, which must come without a release, and after it the fetches that are due. */
    private fun end(name: String, waiter: Waiter, shown: MutableMap<String, Any?>) {
        if (!waiter.verdict.isCompleted) timers.losePatience()
        try {
            keySteps.keep(name, runBlocking { withTimeout(PATIENCE.toMillis()) { waiter.verdict.await() } })
            shown["verdict"] = "accepted"
        } catch (refusal: InvalidTokenException) {
            shown += mapOf("verdict" to "rejected", "code" to refusal.code.toString())
        } catch (unavailable: KeysUnavailableException) {
            shown += mapOf(
                "verdict" to "unavailable",
                "code" to unavailable.code.toString(),
                "retry_after" to Duration.between(clock.instant(), unavailable.retryAt).toMillis() / 1000.0,
            )
        }
        shown["asked"] = waits(waiter) + 1
        settle()
    }

    /** Waits until every fetch that is out stands at the issuer, no answer is on its way, and all is saved and told. */
    private fun settle() {
        val deadline = System.nanoTime() + PATIENCE.toNanos()
        while (!isSettled()) {
            check(System.nanoTime() <= deadline) { "the fetches never came to rest" }
            LockSupport.parkNanos(100_000)
        }
    }

    private fun isSettled(): Boolean {
        val started = started() + startedByGone
        val out = validator.health().sources.count { it.inFlight }
        val standing = issuer.standing() + (store?.standing() ?: 0)
        // What is given up is out no more, but it stands.
        return (if (ofDriver) allWait() else issuer.hasAll(started) && out <= standing) && threads() == standing
    }

    /** How many requests the sources of the policy that holds now have made, or are about to make. */
    private fun started(): Long = validator.health().sources.sumOf { it.fetches - it.shared }

    /** Whether nobody is about to ask, which could begin work. */
    private fun allWait(): Boolean =
        begun.values.all { it.verdict.isCompleted || it.question == null || !timers.isWoken(it.question) }

    /** How often the validation has waited. */
    private fun waits(waiter: Waiter): Int = waiter.question?.let(timers::waits) ?: 0

    /** How many threads the library has: each ends with what it was started for. */
    private fun threads(): Int {
        val all = generateSequence(Thread.currentThread().threadGroup) { it.parent }.last()
        val found = arrayOfNulls<Thread>(all.activeCount() + 16)
        return found.take(all.enumerate(found)).count { it?.name?.startsWith("jotgate-") == true }
    }

    companion object {
        private val PATIENCE: Duration = Duration.ofSeconds(30)

        /** What each step showed. */
        fun play(scenario: JsonObject): List<Map<String, Any?>> =
            Stage(scenario).use { stage -> scenario.steps().map(stage::take) }

        private fun JsonObject.steps(): List<JsonObject> = getAsJsonArray("steps").map { it.asJsonObject }
    }
}
