import io.jotgate.InvalidTokenException
import io.jotgate.JwtRequest
import io.jotgate.kotlin.JotgateValidator
import io.jotgate.kotlin.code
import java.util.Base64
import javax.crypto.Mac
import javax.crypto.spec.SecretKeySpec

private const val SECRET = "a secret of at least 32 bytes, which nobody knows"
private const val POLICY = """
    { "version": 1,
      "issuers": [ { "issuer": "https://idp.example.com/", "audience": "orders", "keys": { "secret": { "text": "$SECRET" } } } ],
      "routes": [ { "path": "/health", "skip": true } ] }
"""

/** Uses the JAR with nothing of the source tree in reach. */
suspend fun main() {
    JotgateValidator.fromPolicy(POLICY).use { validator ->
        val token = validator.validate(signed(4_000_000_000))
        val code = try {
            error("an expired token was accepted: ${validator.validate(signed(1))}")
        } catch (problem: InvalidTokenException) {
            problem.code
        }
        val skipped = validator.validateRequest(JwtRequest("GET", "/health", "", emptyMap()))
        println("${token.subject}, $code, ${if (skipped == null) "skipped" else "not skipped"}")
    }
}

private fun signed(expiry: Long): String {
    val claims = """{"iss":"https://idp.example.com/","aud":"orders","sub":"alice","exp":$expiry}"""
    val input = listOf("""{"alg":"HS256"}""", claims).joinToString(".") { base64url(it.toByteArray()) }
    val mac = Mac.getInstance("HmacSHA256").apply { init(SecretKeySpec(SECRET.toByteArray(), "HmacSHA256")) }
    return "$input.${base64url(mac.doFinal(input.toByteArray()))}"
}

private fun base64url(bytes: ByteArray): String = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes)
