package io.jotgate.kotlin.conformance

import com.google.gson.JsonElement
import com.google.gson.JsonObject
import com.google.gson.JsonParser
import io.jotgate.Explanation
import io.jotgate.FetchResponse
import io.jotgate.InvalidTokenException
import io.jotgate.JotgateException
import io.jotgate.JwtRequest
import io.jotgate.JwtRequirement
import io.jotgate.KeysUnavailableException
import io.jotgate.PolicyException
import io.jotgate.kotlin.JotgateValidator
import io.jotgate.kotlin.Verdict
import io.jotgate.kotlin.VerifiedToken
import io.jotgate.kotlin.claim
import io.jotgate.kotlin.code
import io.jotgate.kotlin.problems
import io.jotgate.support.TestClock
import io.jotgate.support.Vectors
import java.math.BigDecimal
import java.net.ConnectException
import java.net.URLEncoder
import java.time.Instant
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.yield

/** Runs one case of the vectors through the public API. */
internal class CaseRunner(private val case: JsonObject) {
    /** What came out of a case, in the words of the vectors; `claims` only when it was accepted. */
    private data class Outcome(
        val verdict: String,
        val code: String? = null,
        val claim: String? = null,
        val path: String? = null,
        val paths: List<String>? = null,
        val claims: Map<String, Any?>? = null,
    )

    /** The line of the report, without the id. */
    fun report(): Map<String, Any?> = runBlocking {
        val more = LinkedHashMap<String, Any?>()
        val validated = validated()
        val outcome = if (case.has("require")) required(validated, more) else validated
        buildMap {
            put("verdict", outcome.verdict)
            put("code", outcome.code)
            put("claim", outcome.claim)
            put("path", outcome.path)
            outcome.paths?.let { put("paths", it) }
            outcome.claims?.let { put("claims", it) }
            putAll(more)
        }
    }

    fun explain(): Explanation = runBlocking {
        validator(case).use { validator ->
            when {
                case.has("token") -> validator.explain(case["token"].asString)
                else -> validator.explain(request(case.getAsJsonObject("request")))
            }
        }
    }

    private suspend fun validated(): Outcome {
        if (!case.has("token")) {
            return outcome { it.validateRequest(request(case.getAsJsonObject("request"))) }
        }
        val token = case["token"].asString
        val alone = outcome { it.validate(token) }
        return if (alone.verdict == "policy_error") alone else otherwise(token, alone)
    }

    /** What the token gets alone, unless it gets something else as a value, or in a batch. */
    private suspend fun otherwise(token: String, alone: Outcome): Outcome {
        validator(case).use { validator ->
            for (verdict in validator.validateMany(listOf(token, token)) + validator.verdict(token)) {
                val other = when (verdict) {
                    is Verdict.Accepted -> Outcome("accepted", claims = claims(verdict.token))
                    is Verdict.Rejected -> Outcome("rejected", verdict.code.toString(), verdict.claim)
                    is Verdict.Unavailable -> refused(verdict.problem)
                    is Verdict.Skipped -> Outcome("skipped")
                }
                if (other != alone) return other.copy(verdict = "${other.verdict} as a value")
            }
        }
        return alone
    }

    private suspend fun required(validated: Outcome, more: MutableMap<String, Any?>): Outcome {
        val requirement = try {
            JwtRequirement.fromJson(case["require"].toString())
        } catch (mistake: PolicyException) {
            return refused(mistake)
        }
        return validator(case).use { validator ->
            try {
                val token = validator.require(validator.validate(case["token"].asString), requirement)
                more["scopes"] = token.scopes
                if (token.scopes.all(token::hasScope)) validated else Outcome("accepted without its scopes")
            } catch (problem: JotgateException) {
                more["challenge"] = validator.answerTo(problem, requirement).headers["WWW-Authenticate"]
                refused(problem)
            }
        }
    }

    private suspend fun outcome(ask: suspend (JotgateValidator) -> VerifiedToken?): Outcome = try {
        val token = validator(case).use { ask(it) }
        if (token == null) Outcome("skipped") else Outcome("accepted", claims = claims(token))
    } catch (problem: JotgateException) {
        refused(problem)
    }

    /** All claims, once each of them alone was found to be the same. */
    private fun claims(token: VerifiedToken): Map<String, Any?> {
        val oneByOne = JsonParser.parseString(token.payloadJson).asJsonObject.keySet().associateWith { token[it] }
        return if (oneByOne == token.claims) token.claims else mapOf("one by one" to oneByOne, "at once" to token.claims)
    }

    private fun refused(problem: JotgateException): Outcome {
        val code = problem.code.toString()
        return when (problem) {
            is PolicyException -> Outcome("policy_error", code, path = problem.path(), paths = problem.problems.map { it.path })
            is KeysUnavailableException -> Outcome("unavailable", code)
            else -> Outcome("rejected", code, (problem as? InvalidTokenException)?.claim)
        }
    }
}

/** That of a case: its policy, the answers of its issuer, its clock, and what its host says. */
internal fun validator(case: JsonObject): JotgateValidator = JotgateValidator.fromPolicy(case["policy"].toString()) {
    clock = TestClock(instant(case["now"].asBigDecimal))
    fetcher { request ->
        yield()
        val response = case.getAsJsonObject("responses")?.get(request.url)?.asJsonObject
            ?: throw ConnectException("the case has no answer for this URL")
        FetchResponse(response["status"].asInt, fields(response, "headers"), response["body"].asString.toByteArray())
    }
    val host = case.getAsJsonObject("host") ?: JsonObject()
    if (host.has("client")) clientLookup { _, _ -> said(host["client"]) }
    if (host.has("revoked")) revocationCheck { said(host["revoked"]) }
}

private suspend fun said(answer: JsonElement): Boolean {
    yield()
    check(answer.asString != "fail") { "the host's function fails" }
    return answer.asString == "yes"
}

private fun request(request: JsonObject): JwtRequest {
    val headers = fields(request, "headers").toMutableMap()
    val cookies = pairs(request, "cookies").joinToString("; ") { (name, value) -> "$name=$value" }
    if (cookies.isNotEmpty()) headers["Cookie"] = listOf(cookies)
    val query = pairs(request, "query").joinToString("&") { (name, value) -> "${encoded(name)}=${encoded(value)}" }
    return JwtRequest(request["method"].asString, request["path"].asString, query, headers)
}

internal fun fields(owner: JsonObject, member: String): Map<String, List<String>> =
    Vectors.fields(owner, member).associate { it.key to it.value }

private fun pairs(owner: JsonObject, member: String): List<Pair<String, String>> =
    Vectors.fields(owner, member).flatMap { field -> field.value.map { field.key to it } }

/** Form encoding differs from the encoding of a query in the space alone. */
private fun encoded(text: String): String = URLEncoder.encode(text, Charsets.UTF_8).replace("+", "%20")

internal fun instant(seconds: BigDecimal): Instant = Instant.EPOCH.plusNanos(seconds.movePointRight(9).toLong())
