package io.jotgate.kotlin

import io.jotgate.Code
import io.jotgate.Event
import io.jotgate.InsufficientScopeException
import io.jotgate.InternalErrorException
import io.jotgate.InvalidTokenException
import io.jotgate.JwtRequest
import io.jotgate.JwtRequirement
import io.jotgate.MissingTokenException
import io.jotgate.PolicyException
import io.jotgate.support.Issuer
import io.jotgate.support.TestClock
import java.time.Duration
import java.time.Instant
import java.util.concurrent.ConcurrentLinkedQueue
import kotlin.time.Duration.Companion.seconds
import kotlinx.coroutines.runBlocking
import kotlinx.serialization.Serializable
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertSame
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

class ValidatorTest {
    @Serializable
    private data class Claims(val sub: String, val level: Int, val roles: List<String> = emptyList())

    @Test
    fun claimsAreTyped(): Unit = runBlocking {
        val token = withSecret().use {
            it.validate(alice("\"level\":7", "\"big\":5000000000", "\"tags\":[\"a\"]", "\"scope\":\"read write\""))
        }
        assertEquals("alice", token.subject)
        assertEquals(Issuer.NAME, token.issuer)
        assertEquals(listOf(Issuer.AUDIENCE), token.audience)
        assertNull(token.tokenId)
        assertEquals(listOf("read", "write"), token.scopes)
        assertTrue(token.hasScope("write"))
        assertEquals(7, token.claim<Int>("level"))
        assertEquals(7L, token.claim<Long>("level"))
        assertEquals(listOf("a"), token.claim<List<String>>("tags"))
        assertEquals(7L, token["level"])
        assertNull(token.claim<String>("absent"))
        assertThrows(IllegalArgumentException::class.java) { token.claim<String>("level") }
        assertThrows(IllegalArgumentException::class.java) { token.claim<Int>("big") }
        assertEquals("VerifiedToken[issuers[0]]", token.toString())
    }

    @Test
    fun claimsAreDecoded(): Unit = runBlocking {
        val token = withSecret().use { it.validate(alice("\"level\":7")) }
        assertEquals(Claims("alice", 7), token.decode<Claims>())
        assertEquals(Claims("alice", 7), token.decode(Claims.serializer()))
    }

    @Test
    fun refusalsHaveCodes(): Unit = runBlocking {
        val clock = TestClock(Instant.now())
        val validator = withSecret { this.clock = clock }
        clock.advance(Duration.ofHours(1))
        val refusal = thrownBy<InvalidTokenException> { validator.validate(alice()) }
        assertEquals(Code.EXPIRED, refusal.code)
        assertEquals("exp", refusal.claim)
        assertEquals("alice", validator.validate(alice(), asOf = clock.instant().minus(Duration.ofHours(1))).subject)
    }

    @Test
    fun verdictsAreValues(): Unit = runBlocking {
        val validator = withSecret()
        val verdicts = validator.validateMany(listOf(alice(), "no token")) + validator.verdict(alice())
        assertEquals("alice", (verdicts[0] as Verdict.Accepted).token.subject)
        assertEquals(Code.MALFORMED_TOKEN, (verdicts[1] as Verdict.Rejected).code)
        assertTrue(verdicts[2] is Verdict.Accepted)
        val unavailable = fetching { fetcher { error("nobody is there") } }.verdict(Issuer("1").rs256(payload()))
        assertEquals(Code.KEYS_UNAVAILABLE, (unavailable as Verdict.Unavailable).problem.code)
        assertTrue(unavailable.retryAt.isAfter(Instant.EPOCH))
    }

    @Test
    fun routesAndRequirementsAreAsked(): Unit = runBlocking {
        val validator = JotgateValidator.fromPolicy(Issuer.policyWithRoutes("{ \"path\": \"/health\", \"skip\": true }"))
        assertNull(validator.validateRequest(JwtRequest("GET", "/health", "", emptyMap())))
        assertSame(Verdict.Skipped, validator.verdict(JwtRequest("GET", "/health", "", emptyMap())))
        assertThrows(MissingTokenException::class.java) {
            runBlocking { validator.validateRequest(JwtRequest("GET", "/orders", "", emptyMap())) }
        }
        val request = JwtRequest("GET", "/orders", "", mapOf("Authorization" to listOf("Bearer " + alice("\"scope\":\"read\""))))
        val token = validator.validateRequest(request)
        assertEquals("alice", validator.require(token, JwtRequirement.scopes("read")).subject)
        val writing = JwtRequirement.scopes("write")
        val refusal = thrownBy<InsufficientScopeException> { validator.require(token, writing) }
        val answer = validator.answerTo(refusal, writing)
        assertEquals(403, answer.status)
        assertTrue(answer["www-authenticate"].orEmpty().endsWith("scope=\"write\""))
        thrownBy<MissingTokenException> { validator.require(null, writing) }
    }

    @Test
    fun mistakesHaveTheNamesThatWereWritten() {
        val mistake = assertThrows(PolicyException::class.java) { withSecret { acceptLeeway = 3000.seconds } }
        assertEquals("acceptLeeway", mistake.path())
        assertEquals(Code.POLICY_ERROR, mistake.code)
        assertEquals(1, mistake.problems.size)
        assertThrows(IllegalStateException::class.java) { withSecret { policy("{}") } }
        val none = assertThrows(IllegalArgumentException::class.java) { withSecret { acceptLeeway = null } }
        assertTrue(none.message.orEmpty().contains("acceptLeeway"))
    }

    @Test
    fun optionsReachThePolicy(): Unit = runBlocking {
        val validator = withSecret {
            issuer("https://other.test/", Issuer.NAME)
            requiredClaims("exp", "sub")
            requiredScopes("read")
            clientIds("web")
        }
        assertEquals(Code.MISSING_CLAIM, thrownBy<InvalidTokenException> { validator.validate(Issuer.hs256(payload())) }.code)
        assertEquals(
            Code.CLIENT_NOT_ALLOWED,
            thrownBy<InvalidTokenException> {
                validator.validate(alice("\"client_id\":\"app\""))
            }.code,
        )
        assertEquals(
            Code.INSUFFICIENT_SCOPE,
            thrownBy<InvalidTokenException> { validator.validate(alice("\"client_id\":\"web\"")) }.code,
        )
        assertEquals("alice", validator.validate(alice("\"client_id\":\"web\"", "\"scope\":\"read\"")).subject)
    }

    @Test
    fun anotherPolicyHoldsFromThenOn(): Unit = runBlocking {
        val events = ConcurrentLinkedQueue<Event>()
        val validator = withSecret { onEvent(events::add) }
        validator.validate(alice())
        validator.replace {
            issuer = Issuer.NAME
            audience = "https://elsewhere.test"
            secret = Issuer.SECRET
        }
        assertEquals(Code.AUDIENCE_MISMATCH, thrownBy<InvalidTokenException> { validator.validate(alice()) }.code)
        assertThrows(PolicyException::class.java) { validator.replace("{}") }
        assertEquals(listOf(Event.Kind.POLICY_REPLACED, Event.Kind.REJECTED), events.map { it.kind })
        assertTrue(validator.health().ready)
        assertFalse(validator.forwards)
        assertEquals("rejected", validator.explain(alice()).verdict)
    }

    @Test
    fun aTransformShowsOtherClaims(): Unit = runBlocking {
        val token = withSecret { transform { it + ("user" to it["sub"]) } }.validate(alice())
        assertEquals("alice", token["user"])
        assertNull(token.signedClaims["user"])
        thrownBy<InternalErrorException> { withSecret { transform { error("broken") } }.validate(alice()) }
    }

    @Test
    fun aClosedValidatorRefuses(): Unit = runBlocking {
        val validator = withSecret()
        validator.close()
        validator.close()
        thrownBy<IllegalStateException> { validator.validate(alice()) }
    }
}

internal inline fun <reified T : Throwable> thrownBy(block: () -> Any?): T {
    val given = try {
        block()
    } catch (problem: Throwable) {
        return problem as? T ?: throw problem
    }
    throw AssertionError("expected ${T::class.simpleName}, got $given")
}
