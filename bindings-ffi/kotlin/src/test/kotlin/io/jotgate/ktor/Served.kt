package io.jotgate.ktor

import io.ktor.server.application.Application
import io.ktor.server.engine.embeddedServer
import io.ktor.server.netty.Netty
import java.net.URI
import java.net.http.HttpClient
import java.net.http.HttpRequest
import java.net.http.HttpResponse
import kotlinx.coroutines.runBlocking

/** An application in a real server on the loopback interface. */
internal class Served(application: Application.() -> Unit) : AutoCloseable {
    private val server = embeddedServer(Netty, host = "127.0.0.1", port = 0, module = application).start()
    private val port = runBlocking { server.engine.resolvedConnectors().first().port }

    fun get(path: String, token: String? = null, method: String = "GET"): HttpResponse<String> {
        val request = HttpRequest.newBuilder(URI("http://127.0.0.1:$port$path"))
            .method(method, HttpRequest.BodyPublishers.noBody())
        token?.let { request.header("Authorization", "Bearer $it") }
        return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString())
    }

    override fun close() {
        server.stop(0, 0)
    }

    private companion object {
        val CLIENT: HttpClient = HttpClient.newHttpClient()
    }
}

internal val HttpResponse<*>.challenge: String? get() = headers().firstValue("WWW-Authenticate").orElse(null)
