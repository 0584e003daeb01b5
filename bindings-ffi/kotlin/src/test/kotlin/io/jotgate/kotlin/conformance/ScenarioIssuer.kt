package io.jotgate.kotlin.conformance

import com.google.gson.JsonElement
import com.google.gson.JsonObject
import io.jotgate.FetchRequest
import io.jotgate.FetchResponse
import io.jotgate.kotlin.Fetcher
import java.net.ConnectException
import java.net.http.HttpTimeoutException
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.withContext

/**
 * The fetcher of a scenario. It answers as the steps say, and only while a step lets it: a validation that a release has woken
 * up may ask at once, but its fetch stands at the gate until the step that takes its verdict.
 */
internal class ScenarioIssuer : Fetcher {
    private class Held(val url: String, val answer: CompletableDeferred<JsonElement?>)

    private val served = HashMap<String, JsonElement>()
    private val held = ArrayList<Held>()
    private val gate = MutableStateFlow(false)
    private var asked = 0L
    private var atGate = 0
    private var passed = 0
    private var last: FetchRequest? = null

    // Deaf to cancellation: what was given up can still be released.
    override suspend fun fetch(request: FetchRequest): FetchResponse = withContext(NonCancellable) {
        synchronized(this@ScenarioIssuer) {
            asked++
            atGate++
        }
        var answer = passedGate(request)
        while (answer == null) {
            gate.first { it }
            answer = passedGate(request)
        }
        answered(answer.await())
    }

    @Synchronized
    private fun passedGate(request: FetchRequest): CompletableDeferred<JsonElement?>? {
        if (!gate.value) return null
        atGate--
        passed++
        last = request
        val what = served[request.url]
        if (!isWord(what, "hold")) return CompletableDeferred(what)
        return CompletableDeferred<JsonElement?>().also { held += Held(request.url, it) }
    }

    private fun answered(what: JsonElement?): FetchResponse {
        if (isWord(what, "timeout")) throw HttpTimeoutException("no answer in time")
        val response = what as? JsonObject ?: throw ConnectException("nobody is there")
        if (response.has("down")) throw ConnectException(response["down"].asString)
        return FetchResponse(response["status"].asInt, fields(response, "headers"), response["body"].asString.toByteArray())
    }

    private fun isWord(what: JsonElement?, word: String) = what != null && what.isJsonPrimitive && what.asString == word

    @Synchronized
    fun serve(answers: JsonObject) = served.putAll(answers.asMap())

    /** Answers the held fetches of a URL with what is served now. */
    @Synchronized
    fun release(url: String) {
        held.removeIf { it.url == url && it.answer.complete(served[url]) }
    }

    @Synchronized
    fun setOpen(open: Boolean) {
        gate.value = open
    }

    /** How many fetches stand here, at the gate or without an answer. What comes to an open gate is on its way. */
    @Synchronized
    fun standing(): Int = (if (gate.value) 0 else atGate) + held.size

    /** Ends the fetches of a validator that is no more. */
    @Synchronized
    fun forget() {
        held.forEach { it.answer.complete(null) }
        held.clear()
        asked = 0
    }

    /** How many fetches went past the gate. */
    @Synchronized
    fun passed(): Int = passed

    /** Whether every fetch that was started has come. */
    @Synchronized
    fun hasAll(started: Long): Boolean = started == asked

    /** The members of the last request; null stands for a field that was not there. */
    @Synchronized
    fun requested(): Map<String, Any?> {
        val request = checkNotNull(last) { "nothing was fetched" }
        return mapOf(
            "url" to request.url,
            "timeout" to request.timeout.toMillis() / 1000.0,
            "max_body" to request.maxBody,
            "accept" to request.headers["accept"],
            "if_none_match" to request.headers["if-none-match"],
            "cache_control" to request.headers["cache-control"],
        )
    }
}
