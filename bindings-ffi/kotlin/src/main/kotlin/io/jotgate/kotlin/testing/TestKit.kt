package io.jotgate.kotlin.testing

import io.jotgate.kotlin.JotgateOptions
import io.jotgate.kotlin.JotgateValidator
import io.jotgate.kotlin.VerifiedToken
import io.jotgate.testing.JwtTestIssuer
import io.jotgate.testing.TestToken

/**
 * A validator of the issuer's policy, by its keys and its clock, for code under test that takes its validator as an argument.
 * The test brings `io.jotgate:jotgate-testing`.
 *
 * @param options what the application says beside its policy: look-ups, events
 */
public fun JwtTestIssuer.jotgateValidator(options: JotgateOptions.() -> Unit = {}): JotgateValidator {
    val said = JotgateOptions().apply(options)
    return JotgateValidator(validator { said.sayTo(it) }, said.host())
}

/** What a unit test wants of a token that was accepted: minted here, and validated by the core. */
public fun JwtTestIssuer.verifiedToken(said: TestToken.() -> Unit = {}): VerifiedToken = VerifiedToken(verified { it.said() })
