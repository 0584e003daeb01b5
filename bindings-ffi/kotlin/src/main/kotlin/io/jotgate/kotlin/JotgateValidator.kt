package io.jotgate.kotlin

import io.jotgate.Explanation
import io.jotgate.Forward
import io.jotgate.HttpAnswer
import io.jotgate.JotgateException
import io.jotgate.JwtJudgement
import io.jotgate.JwtRequest
import io.jotgate.JwtRequirement
import io.jotgate.JwtValidator
import io.jotgate.KeyHealth
import io.jotgate.KeysUnavailableException
import io.jotgate.PolicyDocument
import io.jotgate.RequestParts
import java.nio.file.Path
import java.time.Instant
import java.util.Optional
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.ensureActive
import kotlinx.coroutines.future.await
import kotlinx.coroutines.runInterruptible

/**
 * Makes a validator for one issuer.
 *
 * ```
 * val validator = JotgateValidator(issuer = "https://idp.example.com/", audience = "https://api.example.com")
 * val token = validator.validate(text)
 * ```
 *
 * @throws io.jotgate.PolicyException the options are refused
 */
public fun JotgateValidator(issuer: String, audience: String, options: JotgateOptions.() -> Unit = {}): JotgateValidator =
    JotgateValidator {
        this.issuer = issuer
        this.audience = audience
        options()
    }

/**
 * Makes a validator.
 *
 * @throws io.jotgate.PolicyException the policy is refused
 * @throws IllegalStateException options exclude each other
 */
public fun JotgateValidator(options: JotgateOptions.() -> Unit): JotgateValidator = JotgateOptions().apply(options).build()

internal fun JotgateOptions.build(): JotgateValidator = JotgateValidator(sayTo(JwtValidator.builder()).build(), host())

/**
 * Validates tokens against one policy, and keeps the key sets that the policy names fresh.
 *
 * Make one and share it among all coroutines. It has no thread of its own, and a validation whose keys are at hand does no I/O
 * and does not suspend. Key sets are fetched when they are first needed; callers that need the same one wait for one fetch, and
 * one that is cancelled ends it for nobody. Closing is optional.
 *
 * An `asOf` is the time to judge a token for, with the keys of now: for audits. Null is the time that it is.
 *
 * @property java the same validator for code that is written for the Java library, such as its metrics. Its functions may block
 */
public class JotgateValidator internal constructor(public val java: JwtValidator, private val host: HostFunctions) :
    AutoCloseable {
    private val judge = java.judge()

    /**
     * Validates a token: the compact form, without the word `Bearer`. Suspends while a key set is fetched that it needs.
     *
     * @throws io.jotgate.InvalidTokenException the token must not pass; its [code] says why
     * @throws KeysUnavailableException nobody can say, for now: answer 503
     * @throws io.jotgate.InternalErrorException a bug; the token must not pass
     * @throws IllegalStateException the validator is closed
     */
    public suspend fun validate(token: String, asOf: Instant? = null): VerifiedToken =
        checkNotNull(decided(judge.token(token, asOf).await())) { "a token is never skipped" }

    /** [validate] with its outcome as a value. */
    public suspend fun verdict(token: String, asOf: Instant? = null): Verdict = verdictOf { validate(token, asOf) }

    /**
     * Validates many tokens: the [verdict] of each, in their order. They are judged by as many threads as there are processors,
     * away from the calling one; each key set is fetched once for all. After that the application's own checks are asked, one
     * token after the other.
     */
    public suspend fun validateMany(tokens: List<String>, asOf: Instant? = null): List<Verdict> {
        val judgements = runInterruptible(Dispatchers.IO) { judge.tokens(tokens, asOf) }
        return judgements.map { verdictOf { decided(it) } }
    }

    /**
     * Finds the token in a request, where the policy looks for it, and validates it.
     *
     * @return null when a route of the policy lets the request through without a token
     * @throws io.jotgate.MissingTokenException there is none, and one is needed; all else is as for [validate]
     */
    public suspend fun validateRequest(
        request: JwtRequest,
        asOf: Instant? = null,
    ): VerifiedToken? = validateRequest(asOf) { request }

    /** [validateRequest] of what `request` makes for the parts that the policy reads; it may leave the others out. */
    public suspend fun validateRequest(asOf: Instant? = null, request: (RequestParts) -> JwtRequest): VerifiedToken? =
        decided(judge.request(request, asOf).await())

    /** [validateRequest] with its outcome as a value. */
    public suspend fun verdict(request: JwtRequest, asOf: Instant? = null): Verdict = verdictOf { validateRequest(request, asOf) }

    /**
     * Says why a token may pass, or why not. Keys that are missing are fetched first; the application's own checks are not
     * asked.
     */
    public suspend fun explain(token: String, asOf: Instant? = null): Explanation = judge.explanation(token, asOf).await()

    /** Says why a request may pass, or why not. */
    public suspend fun explain(request: JwtRequest, asOf: Instant? = null): Explanation = judge.explanation(request, asOf).await()

    /**
     * Asks a token that was accepted, or the null of [validateRequest], for what an endpoint needs beside what the policy asks.
     *
     * @return the token
     * @throws io.jotgate.InvalidTokenException it is not what is asked for, or there is none
     */
    public fun require(token: VerifiedToken?, requirement: JwtRequirement): VerifiedToken {
        java.require(Optional.ofNullable(token?.java), requirement)
        return checkNotNull(token) { "a request without a token is never what is asked for" }
    }

    /**
     * The HTTP answer to a request that may not pass: status, challenge and body as the policy's `responses` say.
     *
     * @param problem what was thrown; anything but an exception of this library is answered as an internal error
     * @param requirement what the endpoint asks for itself: where a scope lacks, the challenge names its scopes too
     */
    public fun answerTo(problem: Throwable, requirement: JwtRequirement? = null): HttpAnswer =
        if (requirement == null) java.answerTo(problem) else java.answerTo(problem, requirement)

    /** Whether the policy has a `forward`: whoever hands requests on must then apply it. */
    public val forwards: Boolean get() = java.forwards()

    /** How the policy's `forward` changes a request before it goes on to the application. */
    public fun forward(
        request: JwtRequest,
        token: VerifiedToken?,
    ): Forward = java.forward(request, Optional.ofNullable(token?.java))

    /** The parts of requests that the policy reads. */
    public val reads: RequestParts get() = java.reads()

    /**
     * Judges by another policy from now on. It is checked first: a wrong one changes nothing. Key sets of sources that stay the
     * same go on.
     *
     * @param policy JSON text
     * @throws io.jotgate.PolicyException the document is refused
     */
    public fun replace(policy: String): Unit = java.replace(policy)

    /** [replace] with a typed document. */
    public fun replace(document: PolicyDocument): Unit = java.replace(document)

    /** [replace] with the options of one issuer, or a policy; all else of them is left aside. */
    public fun replace(options: JotgateOptions.() -> Unit): Unit =
        java.replace(JotgateOptions().apply(options).sayTo(JwtValidator.builder()))

    /** How the key sets are, for health checks and metrics. Starts no fetch. */
    public fun health(): KeyHealth = java.health()

    /**
     * Starts a fetch for every key set, past all caches: when keys were revoked, and for warming up. Does not wait for the
     * answers.
     */
    public fun refreshKeys(): Unit = java.refreshKeys()

    /** The fetched key sets as text, for [importKeys] of a later process. Store it like the policy. */
    public fun exportKeys(): String = java.exportKeys()

    /**
     * Begins with the key sets that [exportKeys] wrote.
     *
     * @return for how many sources that was of use
     * @throws IllegalArgumentException the text is of no use; nothing has changed
     */
    public fun importKeys(snapshot: String): Int = java.importKeys(snapshot)

    /**
     * Refuses every validation from now on, and cancels the application's fetches. Those that wait for keys throw
     * [IllegalStateException].
     */
    override fun close() {
        java.close()
        host.close()
    }

    /** Answers until the policy has no question left, in the coroutine of whoever asks. */
    private suspend fun decided(judgement: JwtJudgement): VerifiedToken? = judgement.use {
        while (judgement.asks() != null) {
            try {
                judgement.answer(host.answer(judgement))
            } catch (problem: Exception) {
                if (problem is CancellationException) currentCoroutineContext().ensureActive()
                judgement.fail(problem)
            }
        }
        judgement.result().map(::VerifiedToken).orElse(null)
    }

    private inline fun verdictOf(validated: () -> VerifiedToken?): Verdict =
        try {
            validated()?.let(Verdict::Accepted) ?: Verdict.Skipped
        } catch (unavailable: KeysUnavailableException) {
            Verdict.Unavailable(unavailable)
        } catch (refusal: JotgateException) {
            Verdict.Rejected(refusal)
        }

    public companion object {
        /** Makes a validator from a policy document, which is JSON text. */
        public fun fromPolicy(policy: String, options: JotgateOptions.() -> Unit = {}): JotgateValidator = JotgateValidator {
            policy(policy)
            options()
        }

        /** Makes a validator from a policy file whose name ends in `.json`, `.yaml`, `.yml` or `.toml`. */
        public fun fromFile(file: Path, options: JotgateOptions.() -> Unit = {}): JotgateValidator = JotgateValidator {
            policy(file)
            options()
        }
    }
}
