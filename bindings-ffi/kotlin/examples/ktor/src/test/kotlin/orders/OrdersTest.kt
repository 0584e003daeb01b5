package orders

import io.jotgate.Code
import io.jotgate.kotlin.testing.jotgateValidator
import io.jotgate.testing.JwtTestIssuer
import io.ktor.server.engine.embeddedServer
import io.ktor.server.netty.Netty
import java.net.URI
import java.net.http.HttpClient
import java.net.http.HttpRequest
import java.net.http.HttpResponse
import java.nio.file.Path
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.AfterAll
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test

/** The policy that ships, before a real server; its keys alone are those of the test. */
class OrdersTest {
    @Test
    fun ordersAreShownToTheirOwner() {
        val alice = issuer.bearer { it.subject("alice").scopes("orders:read") }
        assertEquals(200 to "orders of alice", answer("GET", "/orders", alice))
        assertEquals(403, answer("POST", "/orders", alice).first)
        val bob = issuer.bearer { it.subject("bob").scopes("orders:write") }
        assertEquals(201 to "an order of bob", answer("POST", "/orders", bob))
    }

    @Test
    fun deletingNeedsMore() {
        val writer = issuer.bearer { it.scopes("orders:read", "orders:write") }
        val keeper = issuer.bearer { it.scopes("orders:delete") }
        assertEquals(403, answer("DELETE", "/orders/1", writer).first)
        assertEquals(204, answer("DELETE", "/orders/1", keeper).first)
    }

    @Test
    fun badTokensAreRefused() {
        for (code in listOf(Code.EXPIRED, Code.AUDIENCE_MISMATCH, Code.UNKNOWN_KEY, Code.INVALID_SIGNATURE)) {
            val bad = issuer.bad(code) { it.`in`("GET", "/orders").scopes("orders:read") }
            assertEquals(401, answer("GET", "/orders", "Bearer ${bad.token()}").first)
        }
        assertEquals(401, answer("GET", "/orders", null).first)
    }

    @Test
    fun theRestIsAsThePolicySays() {
        assertEquals(200 to "OK", answer("GET", "/health", null))
        assertEquals(403, answer("GET", "/elsewhere", issuer.bearer()).first)
    }

    private fun answer(method: String, path: String, authorization: String?): Pair<Int, String> {
        val request = HttpRequest.newBuilder(URI("http://127.0.0.1:$port$path"))
            .method(method, HttpRequest.BodyPublishers.noBody())
        authorization?.let { request.header("Authorization", it) }
        val answer = client.send(request.build(), HttpResponse.BodyHandlers.ofString())
        return answer.statusCode() to answer.body()
    }

    private companion object {
        val issuer: JwtTestIssuer = JwtTestIssuer.ofPolicy(Path.of("policy.yaml"))
        val server = embeddedServer(Netty, host = "127.0.0.1", port = 0) { orders(issuer.jotgateValidator()) }.start()
        val port = runBlocking { server.engine.resolvedConnectors().first().port }
        val client: HttpClient = HttpClient.newHttpClient()

        @AfterAll
        @JvmStatic
        fun stop() = server.stop(0, 0)
    }
}
