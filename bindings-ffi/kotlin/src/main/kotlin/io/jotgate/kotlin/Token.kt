package io.jotgate.kotlin

import io.jotgate.UndecidedJwt
import io.jotgate.VerifiedJwt
import java.time.Instant

/**
 * A token whose signature verified and that passed every check of the policy; the only way to its claims.
 *
 * The named properties are the registered claims (RFC 7519 section 4.1) as they were signed, null where one is absent; of
 * another type none can be, since such tokens are refused.
 *
 * @property java the same token for code that is written for the Java library
 */
public class VerifiedToken internal constructor(public val java: VerifiedJwt) {
    /** `iss`: who issued the token. */
    public val issuer: String? get() = java.issuer()

    /** `sub`: whom the token is about. */
    public val subject: String? get() = java.subject()

    /** `jti`: the token's own id. */
    public val tokenId: String? get() = java.tokenId()

    /** `aud`: for whom the token is meant; a single value comes as a list of one, an absent one as an empty list. */
    public val audience: List<String> get() = java.audience()

    /** `exp`: when the token expires. */
    public val expiresAt: Instant? get() = java.expiresAt()

    /** `nbf`: when the token becomes valid. */
    public val notBefore: Instant? get() = java.notBefore()

    /** `iat`: when the token was issued. */
    public val issuedAt: Instant? get() = java.issuedAt()

    /** The token's scopes (RFC 6749 section 3.3), in its order: those of the claim in which the policy looks for scopes. */
    public val scopes: List<String> get() = java.scopes()

    /** Whether the token has this scope. To refuse one that lacks it, use [JotgateValidator.require]. */
    public fun hasScope(scope: String): Boolean = java.hasScope(scope)

    /**
     * All claims, in the token's order: String, Boolean, Long, BigInteger (integers that no Long holds), Double, List, Map, or
     * null. With a `transform`, what that has made of them.
     */
    public val claims: Map<String, Any?> get() = java.claims()

    /** All claims as they were signed, whatever a `transform` has made of them. */
    public val signedClaims: Map<String, Any?> get() = java.signedClaims()

    /** The protected header, in the form of [claims]. */
    public val header: Map<String, Any?> get() = java.header()

    /** The payload as it was signed, for a JSON library; [decode] reads it. */
    public val payloadJson: String get() = java.payloadJson()

    /** The protected header as it was signed, for a JSON library. */
    public val headerJson: String get() = java.headerJson()

    /** Which entry of the policy's `issuers` accepted the token, counted from 0. */
    public val issuerIndex: Int get() = java.issuerIndex()

    /** The claim of this name, as [claims] holds it; null when it is absent. No other claim is looked at. */
    public operator fun get(name: String): Any? = java.claim(name)

    /**
     * The claim of this name; null when it is absent or `null`. Types are those of [claims], and `Int`, of which too large a
     * number is none.
     *
     * @throws IllegalArgumentException the claim is of another type, which must not pass for an absent one
     */
    public inline fun <reified T : Any> claim(name: String): T? = typed(name, this[name], T::class)

    /** Shows no claim: a token may hold personal data, and this text ends in logs. */
    override fun toString(): String = "VerifiedToken[issuers[$issuerIndex]]"
}

/**
 * A token that passed every check of the policy, and about which the application has not said its word yet: what a
 * [ClientLookup] and a [RevocationCheck] see. It is no [VerifiedToken], and nothing that takes one takes it.
 *
 * @property java the same for code that is written for the Java library
 */
public class UndecidedToken internal constructor(public val java: UndecidedJwt) {
    /** `iss`: who issued the token; null when it is absent, as for the other properties. */
    public val issuer: String? get() = java.issuer()

    /** `sub`: whom the token is about. */
    public val subject: String? get() = java.subject()

    /** `jti`: the token's own id. */
    public val tokenId: String? get() = java.tokenId()

    /** `aud`: for whom the token is meant; a single value comes as a list of one, an absent one as an empty list. */
    public val audience: List<String> get() = java.audience()

    /** All claims, in the form of [VerifiedToken.claims]. */
    public val claims: Map<String, Any?> get() = java.claims()

    /** The protected header, in the form of the claims. */
    public val header: Map<String, Any?> get() = java.header()

    /** Which entry of the policy's `issuers` the token comes from, counted from 0. */
    public val issuerIndex: Int get() = java.issuerIndex()

    /** The claim of this name, as [claims] holds it; null when it is absent. */
    public operator fun get(name: String): Any? = java.claim(name)

    /** The claim of this name, as [VerifiedToken.claim] gives it. */
    public inline fun <reified T : Any> claim(name: String): T? = typed(name, this[name], T::class)

    /** Shows no claim: a token may hold personal data, and this text ends in logs. */
    override fun toString(): String = "UndecidedToken[issuers[$issuerIndex]]"
}
