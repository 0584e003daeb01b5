package io.jotgate.kotlin.conformance

import com.google.gson.JsonObject
import com.google.gson.JsonParser
import io.jotgate.kotlin.KeyStore
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.withContext

/** The store of a scenario: what the steps put there, or what was saved since. */
internal class ScenarioStore : KeyStore {
    private class Held(val part: String, val released: CompletableDeferred<Boolean>)

    /** What each function does: work, fail or hold. */
    private val does = HashMap<String, String>()
    private val held = ArrayList<Held>()
    private var landed = ArrayList<List<String>>()
    private var text: String? = null
    private var loads = 0
    private var saves = 0

    override suspend fun load(): String? {
        synchronized(this) { loads++ }
        return called("load") { text }
    }

    override suspend fun save(text: String) {
        synchronized(this) { saves++ }
        called("save") {
            this.text = text
            landed += kids(text)
        }
    }

    // Deaf to cancellation: what was given up can still be released.
    private suspend fun <T> called(part: String, end: () -> T): T = withContext(NonCancellable) {
        check(begun(part).await()) { "the process is gone" }
        synchronized(this@ScenarioStore, end)
    }

    @Synchronized
    private fun begun(part: String): CompletableDeferred<Boolean> {
        val how = does[part] ?: "work"
        check(how != "fail") { "the store is broken" }
        if (how != "hold") return CompletableDeferred(true)
        return CompletableDeferred<Boolean>().also { held += Held(part, it) }
    }

    private fun kids(snapshot: String): List<String> {
        val sources = JsonParser.parseString(snapshot).asJsonObject.getAsJsonArray("sources")
        return sources.flatMap { source ->
            val set = JsonParser.parseString(source.asJsonObject["document"].asString).asJsonObject
            set.getAsJsonArray("keys").map { it.asJsonObject["kid"].asString }
        }
    }

    /** [put] is null for nothing. */
    @Synchronized
    fun put(put: String?) {
        text = put
    }

    /** What is not named stays as it is. */
    @Synchronized
    fun change(what: JsonObject) = what.asMap().forEach { (part, how) -> does[part] = how.asString }

    /** Ends the calls that are held. */
    @Synchronized
    fun release(part: String) {
        held.removeIf { it.part == part && it.released.complete(true) }
    }

    /** Ends the calls of a validator that is no more. */
    @Synchronized
    fun forget() {
        held.forEach { it.released.complete(false) }
        held.clear()
    }

    @Synchronized
    fun standing(): Int = held.size

    @Synchronized
    fun loads(): Int = loads

    @Synchronized
    fun saves(): Int = saves

    /** The key ids of each text that came since this was last asked. */
    @Synchronized
    fun landed(): List<List<String>> = landed.also { landed = ArrayList() }
}
