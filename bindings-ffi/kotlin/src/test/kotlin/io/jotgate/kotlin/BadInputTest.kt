package io.jotgate.kotlin

import io.jotgate.Code
import io.jotgate.FetchResponse
import io.jotgate.InvalidTokenException
import io.jotgate.JwtRequest
import io.jotgate.support.Issuer
import java.util.concurrent.atomic.AtomicInteger
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.yield
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** What no caller should do, and some will. */
class BadInputTest {
    @Test
    fun oddTextsAreNoTokens(): Unit = runBlocking {
        val validator = withSecret()
        val good = alice()
        val nearly = listOf(good + "\u0000", good.replaceFirst('e', '\u0165'))
        val odd = listOf("", ".", "\u0000", "\uD800", "\uDC00\uD800", "é", "a.".repeat(100_000)) + nearly
        for (text in odd) {
            thrownBy<InvalidTokenException> { validator.validate(text) }
            val request = JwtRequest("GET", "/\uD800", "\uDC00", mapOf("Authorization" to listOf("Bearer $text", "\uD800")))
            thrownBy<InvalidTokenException> { validator.validateRequest(request) }
        }
        val verdicts = validator.validateMany(odd + good)
        assertEquals(odd.size, verdicts.count { it is Verdict.Rejected })
        val long = thrownBy<InvalidTokenException> { validator.validate("a".repeat(8 shl 20)) }
        assertEquals(Code.TOKEN_TOO_LARGE, long.code)
        assertEquals(emptyList<Verdict>(), validator.validateMany(emptyList()))
    }

    /** Each caller gets the token, or learns that the validator is closed. */
    @Test
    fun oneThatIsClosedMeanwhileCrashesNobody(): Unit = runBlocking {
        repeat(20) {
            val validator = withSecret { revocationCheck { yield().let { false } } }
            val good = alice()
            val callers = List(8) {
                async(Dispatchers.Default) {
                    runCatching { repeat(100) { validator.validate(good) } }.exceptionOrNull()
                }
            }
            launch(Dispatchers.Default) { validator.close() }
            callers.awaitAll().forEach { assertTrue(it == null || it is IllegalStateException, it.toString()) }
        }
    }

    /** Callers come and go while the key set is on its way, and one fetch serves those who stay. */
    @Test
    fun callersThatComeAndGoShareOneFetch(): Unit = runBlocking(Dispatchers.Default) {
        val issuer = Issuer("1")
        val token = issuer.rs256(payload())
        val fetches = AtomicInteger()
        val goOn = CompletableDeferred<Unit>()
        val validator = fetching {
            fetcher {
                fetches.incrementAndGet()
                goOn.await()
                FetchResponse(200, issuer.jwks().toByteArray())
            }
        }
        val stay = List(50) { async { validator.validate(token) } }
        repeat(200) { launch { validator.validate(token) }.cancelAndJoin() }
        goOn.complete(Unit)
        stay.awaitAll()
        assertEquals(1, fetches.get())
    }
}
