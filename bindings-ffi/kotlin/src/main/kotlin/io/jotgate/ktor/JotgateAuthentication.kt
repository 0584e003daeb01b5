package io.jotgate.ktor

import io.jotgate.JotgateException
import io.jotgate.MissingTokenException
import io.jotgate.kotlin.JotgateValidator
import io.ktor.server.auth.AuthenticationConfig
import io.ktor.server.auth.AuthenticationContext
import io.ktor.server.auth.AuthenticationFailedCause
import io.ktor.server.auth.AuthenticationProvider

/**
 * Makes a provider whose calls the policy judges. The principal is a [io.jotgate.kotlin.VerifiedToken]; refusals are answered
 * as the core writes them: 401, 403, and 503 where the issuer's keys cannot be had.
 *
 * ```
 * install(Authentication) {
 *     jotgate("orders") {
 *         issuer = "https://idp.example.com/"
 *         audience = "https://api.example.com"
 *     }
 * }
 * routing { authenticate("orders") { get("/orders") { call.respondText("for ${call.verifiedToken.subject}") } } }
 * ```
 *
 * Where a route of the policy lets a call through without a token there is no principal. With `authenticate(optional = true)`
 * Ktor lets calls without a token pass whatever the policy says, and no others.
 *
 * @param name of the provider; null for the default one
 * @throws io.jotgate.PolicyException the options are refused
 */
public fun AuthenticationConfig.jotgate(name: String? = null, options: JotgateKtorOptions.() -> Unit) {
    register(JotgateAuthenticationProvider(name, JotgateKtorOptions().apply(options).made()))
}

/** The provider that [jotgate] makes. */
public class JotgateAuthenticationProvider internal constructor(name: String?, private val validator: JotgateValidator) :
    AuthenticationProvider(object : Config(name) {}) {

    override suspend fun onAuthenticate(context: AuthenticationContext) {
        try {
            validator.judge(context.call)?.let { context.principal(name, it) }
        } catch (problem: JotgateException) {
            // Seen where the application has made the authentication optional, and nowhere else.
            if (problem is MissingTokenException) context.call.attributes.put(PASSED, Passed(validator, null))
            val answer = validator.answerTo(problem)
            context.challenge(this, cause(problem)) { challenge, call ->
                call.refuse(answer)
                challenge.complete()
            }
        }
    }

    /**
     * What is no missing token is called invalid, also where nobody can say: an optional authentication lets nothing of it
     * pass.
     */
    private fun cause(problem: JotgateException) = when (problem) {
        is MissingTokenException -> AuthenticationFailedCause.NoCredentials
        else -> AuthenticationFailedCause.InvalidCredentials
    }
}
