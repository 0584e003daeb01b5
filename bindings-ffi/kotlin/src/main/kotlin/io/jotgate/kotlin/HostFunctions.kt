package io.jotgate.kotlin

import io.jotgate.JwtJudgement
import java.util.concurrent.CompletableFuture
import java.util.concurrent.ExecutionException
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CoroutineName
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking

/**
 * The application's suspend functions, as the Java library calls them: fetches and the store each on a thread of their own,
 * which is there for them alone and waits for the coroutine; the questions about a token in the coroutine of whoever validates.
 */
internal class HostFunctions {
    // Work belongs to nobody who waits for it, so no caller's scope may end it.
    private val scope = CoroutineScope(SupervisorJob() + Dispatchers.IO + CoroutineName("jotgate"))

    var lookup: ClientLookup? = null
    var revocation: RevocationCheck? = null

    fun fetcher(fetcher: Fetcher): io.jotgate.Fetcher = io.jotgate.Fetcher { request -> ended { fetcher.fetch(request) } }

    fun store(store: KeyStore): io.jotgate.KeyStore = object : io.jotgate.KeyStore {
        override fun load(): String? = ended { store.load() }

        override fun save(text: String) = ended { store.save(text) }
    }

    /** For code in Java that validates by the same validator. */
    fun blockingLookup(): io.jotgate.ClientLookup = io.jotgate.ClientLookup { clientId, jwt ->
        runBlocking { checkNotNull(lookup).isKnown(clientId, UndecidedToken(jwt)) }
    }

    /** As [blockingLookup]. */
    fun blockingRevocation(): io.jotgate.RevocationCheck = io.jotgate.RevocationCheck { jwt ->
        runBlocking { checkNotNull(revocation).isRevoked(UndecidedToken(jwt)) }
    }

    /** What the application says to the question of a judgement. */
    suspend fun answer(judgement: JwtJudgement): Boolean = when (checkNotNull(judgement.asks())) {
        JwtJudgement.Asks.CLIENT ->
            checkNotNull(lookup) { NOT_ASKED }.isKnown(judgement.clientId(), UndecidedToken(judgement.jwt()))
        JwtJudgement.Asks.REVOKED -> checkNotNull(revocation) { NOT_ASKED }.isRevoked(UndecidedToken(judgement.jwt()))
    }

    fun close() = scope.cancel("the validator is closed")

    /**
     * What a function gives, once it has really ended. The library interrupts this thread when its time is over; then the
     * function is cancelled, and what it still brings is reported as late as it comes.
     */
    private fun <T> ended(function: suspend () -> T): T {
        val end = CompletableFuture<T>()
        val job = scope.launch {
            try {
                end.complete(function())
            } catch (problem: Throwable) {
                // Errors too: whatever the function does, its call must end, or its waiters would not.
                end.completeExceptionally(
                    if (problem is CancellationException) IllegalStateException("cancelled", problem) else problem,
                )
            }
        }
        // One that is cancelled before it begins runs nothing of the above.
        job.invokeOnCompletion { end.completeExceptionally(IllegalStateException("cancelled", it)) }
        while (true) {
            try {
                return end.get()
            } catch (interrupted: InterruptedException) {
                job.cancel("its time is over", interrupted)
            } catch (failed: ExecutionException) {
                throw failed.cause ?: failed
            }
        }
    }

    private companion object {
        const val NOT_ASKED = "the validator was made without this function"
    }
}
