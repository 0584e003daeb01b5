package io.jotgate.readme

import io.jotgate.InvalidTokenException
import io.jotgate.KeysUnavailableException
import io.jotgate.kotlin.JotgateValidator
import io.jotgate.kotlin.code
import io.jotgate.kotlin.retryAt

suspend fun main(arguments: Array<String>) {
    val validator = JotgateValidator(issuer = "https://idp.example.com/", audience = "https://api.example.com")
    try {
        val token = validator.validate(arguments[0])
        println("hello ${token.subject}, until ${token.expiresAt}")
    } catch (problem: InvalidTokenException) {
        println("401: ${problem.code}")
    } catch (problem: KeysUnavailableException) {
        println("503: try again at ${problem.retryAt}: ${problem.message}")
    }
}
