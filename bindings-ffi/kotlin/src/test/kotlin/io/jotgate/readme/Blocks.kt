package io.jotgate.readme

import io.jotgate.FetchResponse
import io.jotgate.kotlin.JotgateValidator
import io.jotgate.kotlin.Verdict
import io.jotgate.kotlin.decode
import io.jotgate.ktor.jotgate
import io.jotgate.ktor.requireScopes
import io.jotgate.ktor.verifiedToken
import io.ktor.server.application.Application
import io.ktor.server.application.install
import io.ktor.server.auth.Authentication
import io.ktor.server.auth.authenticate
import io.ktor.server.response.respondText
import io.ktor.server.routing.get
import io.ktor.server.routing.post
import io.ktor.server.routing.routing
import kotlin.time.Duration.Companion.seconds
import kotlinx.coroutines.yield
import kotlinx.serialization.Serializable

// What the blocks of the README stand in.

fun Application.orders() {
    install(Authentication) {
        jotgate("orders") {
            issuer = "https://idp.example.com/"
            audience = "https://api.example.com"
        }
    }
    routing {
        authenticate("orders") {
            get("/orders") { call.respondText("orders of ${call.verifiedToken.subject}") }
            requireScopes("orders:write") {
                post("/orders") { call.respondText("an order of ${call.verifiedToken.subject}") }
            }
        }
    }
}

@Serializable
data class Customer(val sub: String, val tenant: String, val level: Int = 0)

suspend fun customer(validator: JotgateValidator, text: String): Customer {
    val token = validator.validate(text)
    val tenant: String? = token.claim<String>("tenant")
    println("${token.subject} of $tenant may ${token.scopes}")
    return token.decode<Customer>()
}

internal class Surroundings(private val keys: (String) -> String) {
    private suspend fun keysOf(url: String): ByteArray {
        yield()
        return keys(url).toByteArray()
    }

    private suspend fun knownClients(): Set<String> {
        yield()
        return setOf("web")
    }

    private suspend fun isRevoked(id: String?): Boolean {
        yield()
        return id == "7f3c"
    }

    fun options(): JotgateValidator {
        val withOptions = JotgateValidator(issuer = "https://idp.example.com/", audience = "https://api.example.com") {
            acceptLeeway = 30.seconds
            requiredScopes("orders:read")
            fetcher { request -> FetchResponse(200, keysOf(request.url)) }
            clientIdsByLookup()
            clientLookup { clientId, _ -> clientId in knownClients() }
            revocationCheck { token -> isRevoked(token.tokenId) }
            onEvent { event -> println(event.kind) }
        }
        return withOptions
    }

    suspend fun verdicts(validator: JotgateValidator, good: String) {
        for (verdict in validator.validateMany(listOf(good, "no token"))) {
            when (verdict) {
                is Verdict.Accepted -> println(verdict.token.subject)
                is Verdict.Rejected -> println(verdict.code)
                is Verdict.Unavailable -> println("nobody can say before ${verdict.retryAt}")
                is Verdict.Skipped -> println("no token is needed")
            }
        }
    }
}
