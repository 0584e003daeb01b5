package orders

import io.jotgate.JwtRequirement
import io.jotgate.kotlin.JotgateValidator
import io.jotgate.ktor.Jotgate
import io.jotgate.ktor.require
import io.jotgate.ktor.verifiedToken
import io.ktor.http.HttpStatusCode
import io.ktor.server.application.Application
import io.ktor.server.application.install
import io.ktor.server.engine.embeddedServer
import io.ktor.server.netty.Netty
import io.ktor.server.response.respond
import io.ktor.server.response.respondText
import io.ktor.server.routing.delete
import io.ktor.server.routing.get
import io.ktor.server.routing.post
import io.ktor.server.routing.routing
import java.nio.file.Path

/** Asked for here, and not in the policy, by which any good token may delete. */
private val DELETING = JwtRequirement.scopes("orders:delete")

/** The service behind the policy of [judge], which says what each route asks for; what it does not name nobody reaches. */
fun Application.orders(judge: JotgateValidator) {
    install(Jotgate) { validator = judge }
    routing {
        get("/health") {
            val status = if (judge.health().ready) HttpStatusCode.OK else HttpStatusCode.ServiceUnavailable
            call.respondText(status.description, status = status)
        }
        get("/orders") { call.respondText("orders of ${call.verifiedToken.subject}") }
        post("/orders") { call.respondText("an order of ${call.verifiedToken.subject}", status = HttpStatusCode.Created) }
        require(DELETING) { delete("/orders/{id}") { call.respond(HttpStatusCode.NoContent) } }
    }
}

/** Takes the file of the policy, and the port. */
fun main(arguments: Array<String>) {
    val judge = JotgateValidator.fromFile(Path.of(arguments[0]))
    // The first caller need not wait for the keys.
    judge.refreshKeys()
    embeddedServer(Netty, host = "127.0.0.1", port = arguments[1].toInt()) { orders(judge) }.start(wait = true)
}
