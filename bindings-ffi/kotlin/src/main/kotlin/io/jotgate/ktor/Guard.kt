package io.jotgate.ktor

import io.jotgate.HttpAnswer
import io.jotgate.JwtRequest
import io.jotgate.RequestParts
import io.jotgate.kotlin.JotgateValidator
import io.jotgate.kotlin.VerifiedToken
import io.ktor.http.ContentType
import io.ktor.http.HttpMethod
import io.ktor.http.HttpStatusCode
import io.ktor.http.content.OutgoingContent
import io.ktor.http.content.TextContent
import io.ktor.server.application.ApplicationCall
import io.ktor.server.request.httpMethod
import io.ktor.server.request.uri
import io.ktor.server.response.respond
import io.ktor.util.AttributeKey

/** A call that the policy let pass: by which validator, and with which token, null where a route asks for none. */
internal class Passed(val validator: JotgateValidator, val token: VerifiedToken?)

internal val PASSED: AttributeKey<Passed> = AttributeKey("io.jotgate.passed")

/**
 * The token of a call that the policy let pass, for handlers whose calls all need one.
 *
 * @throws IllegalStateException the call did not come through jotgate, or a route of the policy let it pass without a token
 */
public val ApplicationCall.verifiedToken: VerifiedToken
    get() = checkNotNull(verifiedTokenOrNull) { "a route of the policy let this call pass without a token" }

/**
 * The token of a call that the policy let pass; null when a route of the policy let it pass without one.
 *
 * @throws IllegalStateException the call did not come through jotgate
 */
public val ApplicationCall.verifiedTokenOrNull: VerifiedToken?
    get() = checkNotNull(attributes.getOrNull(PASSED)) {
        "neither the plugin Jotgate nor its provider stands before this handler"
    }.token

/** Lets the call pass by the policy, or throws why not. */
internal suspend fun JotgateValidator.judge(call: ApplicationCall): VerifiedToken? {
    // Another policy may have come in the place of the one that was looked at.
    refuseForwards(this)
    val token = validateRequest { call.asked(it) }
    call.attributes.put(PASSED, Passed(this, token))
    return token
}

/** Sends the core's answer as it is; one to HEAD without its body. */
internal suspend fun ApplicationCall.refuse(answer: HttpAnswer) {
    val (types, others) = answer.headers.entries.partition { it.key.equals("Content-Type", ignoreCase = true) }
    others.forEach { (name, value) -> response.headers.append(name, value) }
    val type = types.firstOrNull()?.let { ContentType.parse(it.value) } ?: ContentType.Application.Json
    val status = HttpStatusCode.fromValue(answer.status)
    respond(if (request.local.method == HttpMethod.Head) WithoutBody(type, status) else TextContent(answer.body, type, status))
}

/** What of the call the policy reads, as Ktor's router reads it: behind plugins that change method or path. */
private fun ApplicationCall.asked(reads: RequestParts): JwtRequest {
    val target = request.uri
    val headers = LinkedHashMap<String, List<String>>()
    request.headers.forEach { name, values -> if (reads.hasHeader(name)) headers[name] = values }
    return JwtRequest(request.httpMethod.value, target.substringBefore('?'), target.substringAfter('?', ""), headers)
}

private class WithoutBody(override val contentType: ContentType, override val status: HttpStatusCode) :
    OutgoingContent.NoContent()
