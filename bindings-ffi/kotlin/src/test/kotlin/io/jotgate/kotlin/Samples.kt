package io.jotgate.kotlin

import io.jotgate.support.Issuer
import java.time.Duration
import java.time.Instant

/** The issuer's metadata would lead nowhere: the key set is at a URL. */
internal const val JWKS = "https://idp.test/jwks"

internal fun payload(vararg members: String): String =
    Issuer.payload(Instant.now().plus(Duration.ofMinutes(10)).epochSecond, *members)

/** A token of Alice's that is good under [withSecret]. */
internal fun alice(vararg members: String): String = Issuer.hs256(payload("\"sub\":\"alice\"", *members))

internal fun withSecret(options: JotgateOptions.() -> Unit = {}): JotgateValidator =
    JotgateValidator(issuer = Issuer.NAME, audience = Issuer.AUDIENCE) {
        secret = Issuer.SECRET
        options()
    }

internal fun fetching(options: JotgateOptions.() -> Unit): JotgateValidator =
    JotgateValidator(issuer = Issuer.NAME, audience = Issuer.AUDIENCE) {
        jwksUri = JWKS
        options()
    }
