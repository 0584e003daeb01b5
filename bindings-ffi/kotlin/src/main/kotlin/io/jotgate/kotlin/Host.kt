package io.jotgate.kotlin

import io.jotgate.FetchRequest
import io.jotgate.FetchResponse

/**
 * Gets key sets in the application's own way, in place of the JDK's HTTP client.
 *
 * A call that takes longer than the request's `timeout` is cancelled and counts as a failed fetch, as one that throws does.
 * Operators are told what it threw, so let that hold no secret. A caller of `validate` that is cancelled cancels no fetch: others
 * may wait for it. Never follow redirects: the keys could come from somewhere else.
 */
public fun interface Fetcher {
    /**
     * Does one GET: with the request's `headers`, no longer than its `timeout`, and reads `maxBody` bytes at most.
     *
     * @return the answer, whatever its status
     * @throws Exception there was no answer; a `java.io.IOException` when the connection failed
     */
    public suspend fun fetch(request: FetchRequest): FetchResponse
}

/**
 * A place of the application's that several processes or hosts share, so that one fetch serves them all: a file, a cache, a
 * table. Whoever can change what is in it can make tokens pass: guard it like the policy.
 *
 * A call that takes longer than the timeout of a fetch is cancelled and given up. What the functions throw is logged and
 * nothing else.
 */
public interface KeyStore {
    /** Gives what was saved last, by whichever process; null for nothing. Asked before each fetch. */
    public suspend fun load(): String?

    /** Keeps the text in place of what was there. Called after a fetch, when those who waited for it have gone on. */
    public suspend fun save(text: String)
}

/** Knows which clients may call, where the policy says `client_id.allowed: host`. It runs in the coroutine of the validation. */
public fun interface ClientLookup {
    /**
     * Says whether a client may call; `false` refuses the token with [io.jotgate.Code.CLIENT_NOT_ALLOWED], and an exception
     * refuses it too.
     *
     * @param clientId what the token calls its client
     * @param token what has passed everything else that the policy asks, and is not accepted yet
     */
    public suspend fun isKnown(clientId: String, token: UndecidedToken): Boolean
}

/** Knows which tokens were revoked. It runs in the coroutine of the validation. */
public fun interface RevocationCheck {
    /**
     * Says whether a token was revoked: `true` refuses it with [io.jotgate.Code.REVOKED], an exception with
     * [io.jotgate.Code.INTERNAL_ERROR].
     *
     * @param token what has passed everything else, and is not accepted yet
     */
    public suspend fun isRevoked(token: UndecidedToken): Boolean
}
