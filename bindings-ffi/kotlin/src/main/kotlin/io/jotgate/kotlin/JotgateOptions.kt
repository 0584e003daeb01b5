package io.jotgate.kotlin

import io.jotgate.ClaimsTransform
import io.jotgate.Event
import io.jotgate.JwtValidatorBuilder
import io.jotgate.Policies
import io.jotgate.PolicyDocument
import java.net.http.HttpClient
import java.nio.file.Path
import java.time.Clock
import kotlin.properties.ReadWriteProperty
import kotlin.reflect.KProperty
import kotlin.time.Duration
import kotlin.time.toJavaDuration

/** Marks what a block of options is written in. */
@DslMarker
public annotation class JotgateDsl

/**
 * The options of a [JotgateValidator]: one issuer, or a policy, and how to fetch and tell the time. They have the names of Java's
 * `JwtValidatorBuilder`, which says of each what it means; the library checks them when the validator is made.
 *
 * A property that is not set keeps the policy's own default, and reads as null. What can be several is a function: `issuer("…",
 * "…")`.
 */
@JotgateDsl
public open class JotgateOptions internal constructor() {
    private val said = mutableListOf<JwtValidatorBuilder.() -> Unit>()
    private val ofHost = HostFunctions()

    /** The issuer's name: `iss` must be it, byte for byte. Required, here or as [issuer]. */
    public var issuer: String? by option { issuer(it) }

    /** The audience: `aud` must hold it. Required, here or as [audience]. */
    public var audience: String? by option { audience(it) }

    /** Whether the issuer's metadata says where its key set lies. Default: it does where no other source of keys is given. */
    public var discovery: Boolean? by option { discovery(it) }

    /** The URL of the issuer's metadata, where it does not follow from the issuer's name. */
    public var discoveryUri: String? by option { discovery(it) }

    /** Where the issuer publishes its key set: `https`, or `http` on this machine. */
    public var jwksUri: String? by option { jwksUri(it) }

    /** A key set as JSON text. */
    public var jwks: String? by option { jwks(it) }

    /** One public key as PEM text. */
    public var pem: String? by option { pem(it) }

    /** An HMAC secret: at least 32 random bytes. */
    public var secret: ByteArray? by option { secret(it) }

    /** The standard that the issuer's access tokens follow: `rfc9068`. Default: none. */
    public var profile: String? by option { profile(it) }

    /** How far the issuer's clock may differ. Default: 5 seconds; at most 300. */
    public var acceptLeeway: Duration? by option { acceptLeeway(it.toJavaDuration()) }

    /** How long ago a token may have been issued. Default: not checked. */
    public var maxAge: Duration? by option { maxAge(it.toJavaDuration()) }

    /** The longest time from `iat` to `exp`. Default: not checked. */
    public var maxLifetime: Duration? by option { maxLifetime(it.toJavaDuration()) }

    /** How long a fetched key set is fresh when its answer does not say, and the most that the answer may say. */
    public var jwksTtl: Duration? by option { jwksTtl(it.toJavaDuration()) }

    /** How long a fetched key set may be used while the issuer cannot be reached. */
    public var jwksMaxStale: Duration? by option { jwksMaxStale(it.toJavaDuration()) }

    /** The longest time that one fetch may take, the body included. */
    public var jwksTimeout: Duration? by option { jwksTimeout(it.toJavaDuration()) }

    /** The time within which unknown key ids cause no more than two fetches. */
    public var jwksCooldown: Duration? by option { jwksCooldown(it.toJavaDuration()) }

    /** The longest key set to read, in bytes. */
    public var jwksMaxBody: Int? by option { jwksMaxBody(it) }

    /** The longest token to look at, in bytes. */
    public var maxTokenBytes: Int? by option { maxTokenBytes(it) }

    /** The manner of answers: `rfc6750`, `mulesoft`, `mulesoft-2020` or `wso2`. */
    public var responses: String? by option { responses(it) }

    /** Fetches key sets by this client, for proxies and trust stores of its own. It must not follow redirects. */
    public var httpClient: HttpClient? by option { httpClient(it) }

    /** Tells the time. Default: the system's clock. */
    public var clock: Clock? by option { clock(it) }

    /** Shares fetched key sets with other processes and hosts. Default: each fetches its own. */
    public var store: KeyStore? by option { store(ofHost.store(it)) }

    /** The issuer's names: `iss` must be one of them. */
    public fun issuer(vararg names: String): Unit = say { issuer(*names) }

    /** The audiences: `aud` must hold one of them. */
    public fun audience(vararg audiences: String): Unit = say { audience(*audiences) }

    /** Where the issuer publishes its key sets. */
    public fun jwksUri(vararg uris: String): Unit = say { jwksUri(*uris) }

    /** The algorithms that may be used. Default: every asymmetric one that fits a key. */
    public fun algorithms(vararg algorithms: String): Unit = say { algorithms(*algorithms) }

    /** The header's `typ` must be one of these. Default: any but those of other things than access tokens. */
    public fun type(vararg types: String): Unit = say { type(*types) }

    /** Takes tokens that are bound to a key as bearer tokens. Default: they are refused. */
    public fun ignoreConfirmation(): Unit = say { ignoreConfirmation() }

    /** The claims that must be there. Default: `exp`, so name it too. */
    public fun requiredClaims(vararg names: String): Unit = say { requiredClaims(*names) }

    /** Refuses tokens whose `iat` lies ahead. Default: they pass. */
    public fun rejectFutureIssuedAt(): Unit = say { rejectFutureIssuedAt() }

    /** The client ids that may call. Default: not checked. */
    public fun clientIds(vararg allowed: String): Unit = say { clientIds(*allowed) }

    /** Leaves it to [clientLookup] which clients may call. */
    public fun clientIdsByLookup(): Unit = say { clientIdsByLookup() }

    /** The scopes that a token must all have. Default: not checked. */
    public fun requiredScopes(vararg scopes: String): Unit = say { requiredScopes(*scopes) }

    /** Tries every key, up to four, for a token that names none. Default: such a token needs a single fitting key. */
    public fun tryAllKeys(): Unit = say { tryAllKeys() }

    /** The whole policy as JSON text, in place of the options of one issuer. */
    public fun policy(json: String): Unit = say { policy(json) }

    /** The whole policy as a text of this format. */
    public fun policy(text: String, format: Policies.Format): Unit = say { policy(text, format) }

    /** The whole policy in a file whose name ends in `.json`, `.yaml`, `.yml` or `.toml`. */
    public fun policy(file: Path): Unit = say { policy(file) }

    /** The whole policy, typed. */
    public fun policy(document: PolicyDocument): Unit = say { policy(document) }

    /** Fetches key sets in the application's own way. */
    public fun fetcher(fetcher: Fetcher): Unit = say { fetcher(ofHost.fetcher(fetcher)) }

    /** Asks the application whether it knows a token's client, where the policy says `client_id.allowed: host`. */
    public fun clientLookup(lookup: ClientLookup) {
        ofHost.lookup = lookup
        say { clientLookup(ofHost.blockingLookup()) }
    }

    /** Asks the application whether a token that passes everything else was revoked. */
    public fun revocationCheck(check: RevocationCheck) {
        ofHost.revocation = check
        say { revocationCheck(ofHost.blockingRevocation()) }
    }

    /** Changes what the application sees of the claims. It decides nothing; an exception refuses the token. */
    public fun transform(transform: ClaimsTransform): Unit = say { transform(transform) }

    /**
     * Tells of fetches, of keys that come and go, and of refusals; given several times, it tells all. Called where tokens are
     * validated and keys are fetched, so it should return soon: `flow.tryEmit(it)` does.
     */
    public fun onEvent(onEvent: (Event) -> Unit): Unit = say { onEvent(onEvent) }

    /** Says something to the builder of the Java library that has no name here. */
    public fun java(say: JwtValidatorBuilder.() -> Unit): Unit = say(say)

    internal fun sayTo(builder: JwtValidatorBuilder): JwtValidatorBuilder = builder.also { said.forEach { say -> it.say() } }

    internal fun host(): HostFunctions = ofHost

    /** Whether nothing was said. */
    internal val isEmpty: Boolean get() = said.isEmpty()

    private fun say(what: JwtValidatorBuilder.() -> Unit) {
        said += what
    }

    private fun <T : Any> option(say: JwtValidatorBuilder.(T) -> Unit) = object : ReadWriteProperty<JotgateOptions, T?> {
        private var last: T? = null

        override fun getValue(thisRef: JotgateOptions, property: KProperty<*>): T? = last

        override fun setValue(thisRef: JotgateOptions, property: KProperty<*>, value: T?) {
            val given = requireNotNull(value) { "${property.name} has no null: leave it out for the default" }
            last = given
            thisRef.say { say(given) }
        }
    }
}
