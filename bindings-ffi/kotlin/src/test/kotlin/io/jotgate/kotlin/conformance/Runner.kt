package io.jotgate.kotlin.conformance

import com.google.gson.Gson
import com.google.gson.GsonBuilder
import com.google.gson.JsonObject
import com.google.gson.JsonParser
import io.jotgate.support.Vectors
import java.nio.file.Path
import kotlin.io.path.appendText
import kotlin.system.exitProcess

internal val GSON: Gson = GsonBuilder().serializeNulls().disableHtmlEscaping().create()

/**
 * Runs the cases, scenarios, explanations, imports or documents of one file from an index on and appends one JSON line for each
 * to a report, so that whoever started this knows at which case it died, should it die.
 */
fun main(arguments: Array<String>) {
    if (arguments.size != 3) {
        System.err.println("usage: run.sh VECTORS RAW_REPORT START_INDEX")
        exitProcess(2)
    }
    val vectors = Path.of(arguments[0])
    val report = Path.of(arguments[1])
    val kind = Vectors.kind(vectors)
    Vectors.all(vectors, kind).drop(arguments[2].toInt()).forEach { case ->
        report.appendText(GSON.toJson(mapOf("id" to case["id"].asString) + told(kind, case)) + "\n")
    }
    // Threads of the coroutines' pools may be left.
    exitProcess(0)
}

private fun told(kind: String, case: JsonObject): Map<String, Any?> = when (kind) {
    "scenarios" -> mapOf("steps" to Stage.play(case))
    "documents" -> document(case)
    "imports" -> import(case)
    "explanations" -> explanation(case)
    else -> CaseRunner(case).report()
}

private fun explanation(case: JsonObject): Map<String, Any?> {
    val told = CaseRunner(case).explain()
    return mapOf("explanation" to JsonParser.parseString(told.json), "text" to told.text)
}
