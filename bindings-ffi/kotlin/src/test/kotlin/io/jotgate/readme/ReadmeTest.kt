package io.jotgate.readme

import io.jotgate.Code
import io.jotgate.InvalidTokenException
import io.jotgate.kotlin.Verdict
import io.jotgate.kotlin.code
import io.jotgate.kotlin.testing.jotgateValidator
import io.jotgate.kotlin.testing.verifiedToken
import io.jotgate.ktor.Served
import io.jotgate.ktor.challenge
import io.jotgate.support.Vectors
import io.jotgate.testing.JwtTestIssuer
import java.io.ByteArrayOutputStream
import java.io.PrintStream
import kotlin.io.path.listDirectoryEntries
import kotlin.io.path.readText
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows

/** Each block of the README stands here or beside this, word for word, and is run. */
class ReadmeTest {
    val issuer = JwtTestIssuer.builder().issuer("https://idp.example.com/").audience("https://api.example.com").build()

    @Test
    fun ordersAreShownToTheirOwner(): Unit = runBlocking {
        val validator = issuer.jotgateValidator() // for your service, which takes its validator as an argument
        assertEquals("alice", validator.validate(issuer.token { it.subject("alice") }).subject)
        val problem = assertThrows<InvalidTokenException> { validator.validateRequest(issuer.bad(Code.EXPIRED).request()) }
        assertEquals(Code.EXPIRED, problem.code)
        assertEquals("bob", issuer.verifiedToken { subject("bob") }.subject)
    }

    @Test
    fun everyBlockIsCompiled() {
        val blocks = Regex("^```kotlin\\n(.*?)^```$", setOf(RegexOption.MULTILINE, RegexOption.DOT_MATCHES_ALL))
            .findAll(Vectors.BASE.resolve("README.md").readText()).map { lines(it.groupValues[1]) }.toList()
        val sources = Vectors.BASE.resolve("src/test/kotlin/io/jotgate/readme").listDirectoryEntries().map {
            lines(it.readText())
        }
        assertTrue(blocks.isNotEmpty())
        for (block in blocks) {
            assertTrue(sources.any { it.windowed(block.size).any { some -> some == block } }, block.joinToString("\n"))
        }
    }

    @Test
    fun theTenLinesRun() {
        assertEquals("401: malformed_token\n", printed { main(arrayOf("x.y")) })
        // No name is looked up in tests, so the issuer cannot be reached.
        assertTrue(printed { main(arrayOf(issuer.token())) }.startsWith("503: try again at "))
    }

    @Test
    fun ktorAsksTheProvider(): Unit = Served { orders() }.use { server ->
        assertEquals("Bearer", server.get("/orders").challenge)
        assertEquals(401, server.get("/orders", "x.y", "POST").statusCode())
        assertEquals(404, server.get("/elsewhere").statusCode())
    }

    @Test
    fun theOptionsHold(): Unit = runBlocking {
        val jwksUri = "https://idp.example.com/keys"
        val metadata = """{"issuer":"https://idp.example.com/","jwks_uri":"$jwksUri"}"""
        val validator = Surroundings { url -> if (url == jwksUri) issuer.jwks() else metadata }.options()
        val good = issuer.token { it.scopes("orders:read").claim("client_id", "web") }
        assertTrue(validator.verdict(good) is Verdict.Accepted)
        val codes = listOf(
            issuer.token { it.claim("client_id", "web") },
            issuer.token { it.scopes("orders:read").claim("client_id", "app") },
            issuer.token { it.scopes("orders:read").claim("client_id", "web").claim("jti", "7f3c") },
        ).map { (validator.verdict(it) as Verdict.Rejected).code }
        assertEquals(listOf(Code.INSUFFICIENT_SCOPE, Code.CLIENT_NOT_ALLOWED, Code.REVOKED), codes)
    }

    @Test
    fun verdictsArePrinted() {
        val good = issuer.token { it.subject("alice") }
        assertEquals("alice\nmalformed_token\n", printed { Surroundings { "" }.verdicts(issuer.jotgateValidator(), good) })
    }

    @Test
    fun claimsAreRead(): Unit = runBlocking {
        val text = issuer.token { it.subject("alice").claim("tenant", "blue").claim("level", 3) }
        assertEquals(Customer("alice", "blue", 3), customer(issuer.jotgateValidator(), text))
    }

    private fun printed(block: suspend () -> Unit): String {
        val before = System.out
        val bytes = ByteArrayOutputStream()
        System.setOut(PrintStream(bytes, true))
        try {
            runBlocking { block() }
        } finally {
            System.setOut(before)
        }
        return bytes.toString()
    }

    private fun lines(text: String): List<String> = text.lines().map { it.trim() }.filter { it.isNotEmpty() }
}
