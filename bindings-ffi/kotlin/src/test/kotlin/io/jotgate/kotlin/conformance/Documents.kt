package io.jotgate.kotlin.conformance

import com.google.gson.JsonObject
import com.google.gson.JsonParser
import io.jotgate.JotgateException
import io.jotgate.Policies
import io.jotgate.PolicyException
import io.jotgate.kotlin.JotgateValidator
import io.jotgate.kotlin.problems
import io.jotgate.support.TestClock
import java.nio.file.Files
import java.time.Instant
import kotlin.io.path.ExperimentalPathApi
import kotlin.io.path.createParentDirectories
import kotlin.io.path.deleteRecursively
import kotlin.io.path.writeText
import kotlinx.coroutines.runBlocking

/** Loads a policy file beside the files of the case. Its variables are set by whoever started this. */
@OptIn(ExperimentalPathApi::class)
internal fun document(case: JsonObject): Map<String, Any?> {
    val folder = Files.createTempDirectory("jotgate")
    try {
        val policy = folder.resolve("policy.${case["format"].asString}").apply { writeText(case["text"].asString) }
        case.getAsJsonObject("files")?.entrySet()?.forEach { (name, text) ->
            folder.resolve(name).createParentDirectories().writeText(text.asString)
        }
        val now = Instant.ofEpochSecond(case["now"]?.asLong ?: 0)
        JotgateValidator.fromFile(policy) { clock = TestClock(now) }.use { validator ->
            runBlocking { validator.validate(case["token"].asString) }
            return mapOf("verdict" to "accepted")
        }
    } catch (wrong: PolicyException) {
        return mapOf("problems" to wrong.problems.map { mapOf("path" to it.path, "line" to it.line, "column" to it.column) })
    } catch (refused: JotgateException) {
        return mapOf("verdict" to "rejected")
    } finally {
        folder.deleteRecursively()
    }
}

/** Reads another gateway's policy, by what Kotlin and Java share. */
internal fun import(case: JsonObject): Map<String, Any?> = try {
    val read = Policies.importPolicy(case["kind"].asString, case["text"].asString)
    val told = mapOf("complete" to read.complete, "policy" to JsonParser.parseString(read.policy), "notes" to read.notes)
    mapOf("import" to told)
} catch (wrong: PolicyException) {
    mapOf("error" to mapOf("path" to wrong.path()))
}
