package io.jotgate.ktor

import io.jotgate.kotlin.VerifiedToken
import io.jotgate.kotlin.alice
import io.jotgate.kotlin.fetching
import io.jotgate.kotlin.payload
import io.jotgate.kotlin.withSecret
import io.jotgate.support.Issuer
import io.ktor.http.HttpMethod
import io.ktor.server.application.Application
import io.ktor.server.application.ApplicationCallPipeline
import io.ktor.server.application.install
import io.ktor.server.auth.Authentication
import io.ktor.server.auth.authenticate
import io.ktor.server.auth.basic
import io.ktor.server.auth.principal
import io.ktor.server.request.httpMethod
import io.ktor.server.response.respondText
import io.ktor.server.routing.get
import io.ktor.server.routing.post
import io.ktor.server.routing.route
import io.ktor.server.routing.routing
import java.net.ConnectException
import java.net.http.HttpResponse
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

class KtorTest {
    private fun HttpResponse<String>.has(status: Int, body: String? = null): HttpResponse<String> = also {
        assertEquals(status, statusCode(), body())
        body?.let { assertEquals(it, body()) }
    }

    private fun Application.orders() {
        install(Authentication) {
            jotgate("orders") {
                issuer = Issuer.NAME
                audience = Issuer.AUDIENCE
                secret = Issuer.SECRET
            }
        }
        routing {
            authenticate("orders") {
                get("/orders") { call.respondText("orders of ${call.principal<VerifiedToken>()?.subject}") }
                requireScopes("orders:write") {
                    post("/orders") { call.respondText("an order of ${call.verifiedToken.subject}") }
                    requireScopes("admin") { get("/all") { call.respondText("all orders") } }
                }
            }
            authenticate("orders", optional = true) {
                get("/catalog") { call.respondText("for ${call.verifiedTokenOrNull?.subject}") }
                requireScopes("admin") { get("/drafts") { call.respondText("drafts") } }
            }
            requireScopes("admin") { get("/forgotten") { call.respondText("nobody stands before this") } }
            get("/health") { call.respondText("well") }
        }
    }

    @Test
    fun theProviderAsksThePolicy(): Unit = Served { orders() }.use { server ->
        server.get("/orders", alice()).has(200, "orders of alice")
        server.get("/health").has(200, "well")
        val without = server.get("/orders").has(401)
        assertEquals("Bearer", without.challenge)
        val bad = server.get("/orders", "x.y.z").has(401)
        assertTrue(bad.challenge.orEmpty().startsWith("Bearer error=\"invalid_token\""))
        assertEquals("application/problem+json", bad.headers().firstValue("Content-Type").orElse(""))
        assertTrue(bad.body().contains("malformed_token"))
    }

    @Test
    fun routesAskForScopes(): Unit = Served { orders() }.use { server ->
        val refused = server.get("/orders", alice("\"scope\":\"orders:read\""), "POST").has(403)
        assertTrue(refused.challenge.orEmpty().contains("insufficient_scope"))
        assertTrue(refused.challenge.orEmpty().endsWith("scope=\"orders:write\""))
        server.get("/orders", alice("\"scope\":\"orders:write\""), "POST").has(200, "an order of alice")
        // A route within another asks for what both ask.
        server.get("/all", alice("\"scope\":\"admin\"")).has(403)
        server.get("/all", alice("\"scope\":\"orders:write\"")).has(403)
        server.get("/all", alice("\"scope\":\"orders:write admin\"")).has(200, "all orders")
        server.get("/all").has(401)
    }

    @Test
    fun anOptionalTokenMustBeGood(): Unit = Served { orders() }.use { server ->
        server.get("/catalog").has(200, "for null")
        server.get("/catalog", alice()).has(200, "for alice")
        server.get("/catalog", "x.y.z").has(401)
        server.get("/drafts").has(401)
        server.get("/drafts", alice("\"scope\":\"admin\"")).has(200)
    }

    @Test
    fun aRequirementWithoutAnybodyInFrontRunsNothing(): Unit = Served { orders() }.use { server ->
        server.get("/forgotten", alice("\"scope\":\"admin\"")).has(500)
    }

    @Test
    fun keysThatCannotBeHadAreNoRefusal() {
        val token = Issuer("1").rs256(payload())
        Served {
            install(Authentication) { jotgate { validator = fetching { fetcher { throw ConnectException("nobody is there") } } } }
            routing {
                authenticate { get("/orders") { call.respondText("orders") } }
                authenticate(optional = true) { get("/catalog") { call.respondText("catalog") } }
            }
        }.use { server ->
            val answer = server.get("/orders", token).has(503)
            assertTrue(answer.headers().firstValue("Retry-After").isPresent)
            assertNull(answer.challenge)
            server.get("/catalog", token).has(503)
        }
    }

    @Test
    fun thePluginJudgesBeforeTheRouting(): Unit = Served {
        install(Jotgate) {
            policy(
                Issuer.policyWithRoutes(
                    "{ \"path\": \"/health\", \"skip\": true }, { \"path\": \"/admin\", \"scopes\": { \"all\": [\"admin\"] } }",
                ),
            )
        }
        routing {
            get("/orders") { call.respondText("orders of ${call.verifiedToken.subject}") }
            route("/admin") { requireScopes("audit") { get { call.respondText("admin") } } }
            get("/health") { call.respondText("for ${call.verifiedTokenOrNull}") }
        }
    }.use { server ->
        server.get("/orders", alice()).has(200, "orders of alice")
        server.get("/health").has(200, "for null")
        server.get("/orders").has(401)
        server.get("/nowhere").has(401)
        server.get("/nowhere", alice()).has(404)
        assertTrue(server.get("/admin", alice()).has(403).challenge.orEmpty().endsWith("scope=\"admin\""))
        server.get("/admin", alice("\"scope\":\"admin\"")).has(403)
        server.get("/admin", alice("\"scope\":\"admin audit\"")).has(200)
        assertEquals("", server.get("/orders", method = "HEAD").has(401).body())
    }

    @Test
    fun whatWasAnsweredBeforeThePluginIsLeftAlone(): Unit = Served {
        intercept(ApplicationCallPipeline.Plugins) {
            if (context.request.httpMethod == HttpMethod.Options) context.respondText("preflight")
        }
        install(Jotgate) { validator = withSecret() }
        routing { get("/orders") { call.respondText("orders") } }
    }.use { server ->
        server.get("/orders", method = "OPTIONS").has(200, "preflight")
        server.get("/orders").has(401)
    }

    @Test
    fun anotherProviderMayFollow(): Unit = Served {
        install(Authentication) {
            jotgate("orders") { validator = withSecret() }
            basic("people") { validate { null } }
        }
        routing { authenticate("orders", "people") { get("/orders") { call.respondText("orders") } } }
    }.use { server ->
        server.get("/orders", alice()).has(200)
        server.get("/orders").has(401)
    }

    @Test
    fun aPolicyThatIsReplacedHoldsAtOnce() {
        val shared = withSecret()
        Served {
            install(Jotgate) { validator = shared }
            routing { get("/orders") { call.respondText("orders") } }
        }.use { server ->
            server.get("/orders", alice()).has(200)
            shared.replace {
                issuer = Issuer.NAME
                audience = "https://elsewhere.test"
                secret = Issuer.SECRET
            }
            server.get("/orders", alice()).has(401)
            // Nobody could apply it here, so nothing passes.
            shared.replace(Issuer.policyWithForward())
            server.get("/orders", alice()).has(500)
            shared.close()
            server.get("/orders", alice()).has(500)
        }
    }

    @Test
    fun whatCannotBeDoneIsSaidAtOnce() {
        assertThrows(IllegalStateException::class.java) {
            JotgateKtorOptions().apply { policy(Issuer.policyWithForward()) }.made()
        }
        assertThrows(IllegalStateException::class.java) {
            JotgateKtorOptions().apply {
                validator = withSecret()
                issuer = Issuer.NAME
            }.made()
        }
    }
}
