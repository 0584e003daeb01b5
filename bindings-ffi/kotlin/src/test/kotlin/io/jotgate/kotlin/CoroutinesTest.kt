package io.jotgate.kotlin

import io.jotgate.Code
import io.jotgate.FetchRequest
import io.jotgate.FetchResponse
import io.jotgate.InternalErrorException
import io.jotgate.InvalidTokenException
import io.jotgate.KeysUnavailableException
import io.jotgate.support.Issuer
import io.jotgate.support.KeyServer
import java.io.IOException
import java.util.concurrent.atomic.AtomicInteger
import kotlin.coroutines.Continuation
import kotlin.coroutines.EmptyCoroutineContext
import kotlin.coroutines.intrinsics.startCoroutineUninterceptedOrReturn
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineName
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withContext
import kotlinx.coroutines.withTimeout
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** Waiting without threads: who waits for what, and what cancellation ends. */
class CoroutinesTest {
    /** A fetch that begins, and ends when the test says so. */
    private inner class Gate : Fetcher {
        val begun = CompletableDeferred<FetchRequest>()
        val answer = CompletableDeferred<FetchResponse>()
        val calls = AtomicInteger()

        override suspend fun fetch(request: FetchRequest): FetchResponse {
            calls.incrementAndGet()
            begun.complete(request)
            return answer.await()
        }

        fun open() = answer.complete(FetchResponse(200, issuer.jwks().toByteArray()))
    }

    @Test
    fun oneFetchServesAllWhoWait(): Unit = runBlocking {
        val gate = Gate()
        val validator = fetching { fetcher(gate) }
        val waiting = List(100) { async(start = CoroutineStart.UNDISPATCHED) { validator.validate(token) } }
        assertEquals(JWKS, gate.begun.await().url)
        assertFalse(waiting.any { it.isCompleted })
        gate.open()
        assertEquals(setOf("alice"), waiting.awaitAll().map { it.subject }.toSet())
        assertEquals(1, gate.calls.get())
    }

    @Test
    fun nothingSuspendsWhereTheKeysAreAtHand() {
        val validator = withSecret { revocationCheck { false } }
        val good = alice()
        val validation: suspend () -> VerifiedToken = { validator.validate(good) }
        val ended = validation.startCoroutineUninterceptedOrReturn(Continuation(EmptyCoroutineContext) {})
        assertEquals("alice", (ended as? VerifiedToken)?.subject)
    }

    @Test
    fun aCallerThatIsCancelledEndsNoFetch(): Unit = runBlocking {
        val gate = Gate()
        val validator = fetching { fetcher(gate) }
        val first = launch(start = CoroutineStart.UNDISPATCHED) { validator.validate(token) }
        gate.begun.await()
        val second = async(start = CoroutineStart.UNDISPATCHED) { validator.validate(token) }
        first.cancelAndJoin()
        gate.open()
        assertEquals("alice", second.await().subject)
        assertEquals(1, gate.calls.get())
    }

    @Test
    fun aCallerThatLosesItsOwnPatienceEndsNoFetch(): Unit = runBlocking {
        val gate = Gate()
        val validator = fetching { fetcher(gate) }
        assertTrue(runCatching { withTimeout(1.milliseconds) { validator.validate(token) } }.isFailure)
        gate.begun.await()
        gate.open()
        assertEquals("alice", validator.validate(token).subject)
        assertEquals(1, gate.calls.get())
    }

    @Test
    fun aFetchThatTakesTooLongIsCancelled(): Unit = runBlocking {
        val cancelled = CompletableDeferred<Unit>()
        val validator = fetching {
            jwksTimeout = 1.seconds
            fetcher {
                try {
                    awaitCancellation()
                } finally {
                    cancelled.complete(Unit)
                }
            }
        }
        assertEquals(Code.KEYS_UNAVAILABLE, thrownBy<KeysUnavailableException> { validator.validate(token) }.code)
        cancelled.await()
    }

    @Test
    fun aClosedValidatorCancelsItsFetches(): Unit = runBlocking {
        val begun = CompletableDeferred<Unit>()
        val cancelled = CompletableDeferred<Unit>()
        val validator = fetching {
            fetcher {
                begun.complete(Unit)
                try {
                    awaitCancellation()
                } finally {
                    cancelled.complete(Unit)
                }
            }
        }
        val waiting = async(start = CoroutineStart.UNDISPATCHED) { thrownBy<IllegalStateException> { validator.validate(token) } }
        begun.await()
        validator.close()
        waiting.await()
        cancelled.await()
    }

    @Test
    fun whatAFetcherThrowsIsTold(): Unit = runBlocking {
        val refused = thrownBy<KeysUnavailableException> { fetching { fetcher { throw IOException("no way") } }.validate(token) }
        assertTrue(refused.message.orEmpty().contains("no way"))
        val broken = thrownBy<KeysUnavailableException> { fetching { fetcher { throw StackOverflowError() } }.validate(token) }
        assertEquals(Code.KEYS_UNAVAILABLE, broken.code)
    }

    @Test
    fun theJdksClientFetches(): Unit = runBlocking {
        KeyServer(KeyServer.serving(issuer.jwks())).use { server ->
            val validator = JotgateValidator(Issuer.NAME, Issuer.AUDIENCE) { jwksUri = server.url() }
            assertEquals("alice", withContext(Dispatchers.Default) { validator.validate(token) }.subject)
            assertEquals(1, server.requests())
        }
        KeyServer(KeyServer.serving(302, "text/html", "")).use { server ->
            val validator = JotgateValidator(Issuer.NAME, Issuer.AUDIENCE) { jwksUri = server.url() }
            thrownBy<KeysUnavailableException> { validator.validate(token) }
            assertEquals(1, server.requests())
        }
    }

    @Test
    fun questionsAreAskedInTheCoroutineOfTheValidation(): Unit = runBlocking {
        val validator = withSecret {
            clientIdsByLookup()
            clientLookup { clientId, undecided ->
                check(currentCoroutineContext()[CoroutineName]?.name == "caller")
                withContext(Dispatchers.IO) { clientId == undecided.claim<String>("client_id") }
            }
            revocationCheck { undecided -> currentCoroutineContext()[CoroutineName]?.name == undecided.tokenId }
        }
        val known = alice("\"client_id\":\"web\"")
        withContext(CoroutineName("caller")) {
            assertEquals("alice", validator.validate(known).subject)
            val revoked = alice("\"client_id\":\"web\"", "\"jti\":\"caller\"")
            assertEquals(Code.REVOKED, thrownBy<InvalidTokenException> { validator.validate(revoked) }.code)
            val verdicts = validator.validateMany(listOf(known, revoked))
            assertEquals(listOf(Code.REVOKED), verdicts.filterIsInstance<Verdict.Rejected>().map { it.code })
        }
        // Elsewhere the look-up fails, which must not pass for a yes.
        val failed = thrownBy<InvalidTokenException> { validator.validate(known) }
        assertEquals(Code.CLIENT_NOT_ALLOWED, failed.code)
        assertTrue(failed.cause is IllegalStateException)
    }

    @Test
    fun aQuestionThatRunsOutOfTimeRefusesTheToken(): Unit = runBlocking {
        val validator = withSecret { revocationCheck { withTimeout(1.milliseconds) { awaitCancellation() } } }
        thrownBy<InternalErrorException> { validator.validate(alice()) }
    }

    @Test
    fun cancellationEndsAQuestion(): Unit = runBlocking {
        val asked = CompletableDeferred<Unit>()
        val ended = CompletableDeferred<Unit>()
        val validator = withSecret {
            revocationCheck {
                asked.complete(Unit)
                try {
                    awaitCancellation()
                } finally {
                    ended.complete(Unit)
                }
            }
        }
        val job = CoroutineScope(Dispatchers.Default).launch { validator.validate(alice()) }
        asked.await()
        job.cancelAndJoin()
        ended.await()
    }

    @Test
    fun javaAsksTheSameQuestions() {
        val validator = withSecret { revocationCheck { withContext(Dispatchers.IO) { it.tokenId == "7f3c" } } }
        assertEquals("alice", validator.java.validate(alice()).subject())
        assertEquals(Code.REVOKED, thrownBy<InvalidTokenException> { validator.java.validate(alice("\"jti\":\"7f3c\"")) }.code)
    }

    @Test
    fun processesShareAFetchByAStore(): Unit = runBlocking {
        val kept = CompletableDeferred<String>()
        val shared = object : KeyStore {
            override suspend fun load(): String? = if (kept.isCompleted) kept.await() else null

            override suspend fun save(text: String) {
                kept.complete(text)
            }
        }
        val gate = Gate().apply { open() }
        fetching {
            fetcher(gate)
            store = shared
        }.validate(token)
        kept.await()
        val second = fetching {
            fetcher { error("the store has it") }
            store = shared
        }
        assertEquals("alice", second.validate(token).subject)
        assertEquals(1, gate.calls.get())
        val third = fetching { fetcher { error("the snapshot has it") } }
        assertEquals(1, third.importKeys(second.exportKeys()))
        assertEquals("alice", third.validate(token).subject)
    }

    private companion object {
        // Making keys takes longer than all the tests.
        val issuer = Issuer("1")
        val token: String = issuer.rs256(payload("\"sub\":\"alice\""))
    }
}
