package io.jotgate.ktor

import com.google.gson.JsonObject
import com.google.gson.JsonParser
import io.jotgate.kotlin.JotgateValidator
import io.jotgate.kotlin.conformance.GSON
import io.jotgate.kotlin.conformance.validator
import io.ktor.http.ContentType
import io.ktor.server.application.Application
import io.ktor.server.application.ApplicationCall
import io.ktor.server.application.ApplicationCallPipeline
import io.ktor.server.application.install
import io.ktor.server.auth.Authentication
import io.ktor.server.auth.authenticate
import io.ktor.server.engine.embeddedServer
import io.ktor.server.netty.Netty
import io.ktor.server.request.header
import io.ktor.server.request.queryString
import io.ktor.server.response.header
import io.ktor.server.response.respondText
import io.ktor.server.routing.Route
import io.ktor.server.routing.get
import io.ktor.server.routing.header
import io.ktor.server.routing.post
import io.ktor.server.routing.route
import io.ktor.server.routing.routing
import java.nio.file.Path
import kotlin.io.path.readText
import kotlin.system.exitProcess
import kotlinx.coroutines.runBlocking

/**
 * Serves what `tests/conformance/exchanges.py` asks for (`exchanges FILE`), or the application with routes of `targets.py`
 * behind the provider (`routes FILE`) or behind the plugin (`plugin-routes FILE`). Prints the port, and ends when standard
 * input does.
 */
fun main(arguments: Array<String>) {
    val exchanges = JsonParser.parseString(Path.of(arguments[1]).readText()).asJsonObject.getAsJsonArray("exchanges")
        .map { it.asJsonObject }
    val server = embeddedServer(Netty, host = "127.0.0.1", port = 0) {
        when (arguments[0]) {
            "exchanges" -> behindProvider(exchanges) { everything() }
            "routes" -> behindProvider(exchanges) { mounted(it["mount"].asString) }
            "plugin-routes" -> behindPlugin(exchanges)
            else -> error("expected exchanges, routes or plugin-routes")
        }
    }.start()
    println(GSON.toJson(mapOf("port" to runBlocking { server.engine.resolvedConnectors().first().port })))
    while (System.`in`.read() >= 0) {
        // Nothing is said there.
    }
    exitProcess(0)
}

private val JsonObject.id: String get() = this["id"].asString

/** What is served of each exchange, behind a provider of its own. */
private fun Application.behindProvider(exchanges: List<JsonObject>, serve: Route.(JsonObject) -> Unit) {
    install(Authentication) {
        exchanges.forEach { exchange -> if (!forwards(exchange)) jotgate(exchange.id) { validator = validator(exchange) } }
    }
    routing {
        exchanges.forEach { exchange ->
            if (!forwards(exchange)) header("X-Exchange", exchange.id) { authenticate(exchange.id) { serve(exchange) } }
        }
    }
}

/** Those are refused by whoever cannot apply them, which the tests show; `middlewares.json` says that they are not asked for. */
private fun forwards(exchange: JsonObject) = exchange.getAsJsonObject("policy").has("forward")

/** Ktor has one plugin of a kind, so what it does is done here for the policy of the exchange. */
private fun Application.behindPlugin(exchanges: List<JsonObject>) {
    val validators: Map<String, JotgateValidator> = exchanges.associate { it.id to validator(it) }
    intercept(ApplicationCallPipeline.Plugins) {
        validators[context.request.header("X-Exchange")]?.let { guard(it) }
    }
    routing {
        exchanges.forEach { header("X-Exchange", it.id) { mounted(it["mount"].asString) } }
    }
}

private fun Route.everything() {
    route("{...}") {
        handle {
            val fields = call.request.headers.names().associateWith { call.request.headers.getAll(it)?.joinToString(", ") }
            val seen = mapOf(
                "claims" to call.verifiedTokenOrNull?.claims,
                "fields" to fields,
                "query" to call.request.queryString(),
            )
            call.respondText(GSON.toJson(seen), ContentType.Application.Json)
        }
    }
}

private fun Route.mounted(mount: String) {
    if (mount.isEmpty()) application() else route(mount) { application() }
}

private fun Route.application() {
    get("/orders") { call.ran("orders.list") }
    post("/orders") { call.ran("orders.create") }
    get("/orders/{id}") { call.ran("orders.one") }
    route("/admin/{...}") { handle { call.ran("admin") } }
    for (name in listOf("health", "catalog", "open")) {
        get("/$name") { call.ran(name) }
    }
}

private suspend fun ApplicationCall.ran(handler: String) {
    response.header("X-Handler", handler)
    response.header("X-Subject", verifiedTokenOrNull?.subject ?: "none")
    respondText(handler)
}
