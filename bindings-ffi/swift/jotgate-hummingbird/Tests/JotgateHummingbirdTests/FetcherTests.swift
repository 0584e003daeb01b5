import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Jotgate
import JotgateAsyncHTTPClient
import Testing

/// The fetcher on AsyncHTTPClient, before a server of Hummingbird.
struct FetcherTests {
    let fetcher = AsyncHTTPClientFetcher()

    /// What it brings of a server that answers so.
    func fetched(_ response: Response, maxBody: Int = 1000) async throws -> FetchResponse {
        let router = Router()
        router.get("jwks") { _, _ in response }
        var app = Application(router: router)
        app.logger.logLevel = .critical
        return try await app.test(.live) { client in
            try await fetcher.fetch(request("http://localhost:\(client.port ?? 0)/jwks", maxBody: maxBody))
        }
    }

    func request(_ url: String, timeout: Duration = .seconds(60), maxBody: Int = 1000) -> FetchRequest {
        FetchRequest(url: url, headers: [("accept", "application/json")], timeout: timeout, maxBody: maxBody)
    }

    /// Why nothing came.
    func failure(_ body: () async throws -> FetchResponse) async -> String? {
        do {
            _ = try await body()
            return nil
        } catch {
            return "\(error)"
        }
    }

    @Test func whateverComesIsHandedOver() async throws {
        let body = ResponseBody(byteBuffer: ByteBuffer(string: "{}"))
        let found = try await fetched(Response(status: .ok, headers: [.eTag: "\"1\""], body: body))
        #expect(found.status == 200)
        #expect(String(decoding: found.body, as: UTF8.self) == "{}")
        #expect(found.headers.contains { $0.name.lowercased() == "etag" && $0.value == "\"1\"" })
        // Foundation's client on Linux does not survive this one.
        #expect(try await fetched(Response(status: .unauthorized, headers: [.wwwAuthenticate: "Negotiate"])).status == 401)
        #expect(try await fetched(Response(status: .found, headers: [.location: "/other"])).status == 302)
    }

    @Test func bodiesAreBounded() async throws {
        let body = ResponseBody(byteBuffer: ByteBuffer(repeating: 32, count: 100_000))
        #expect(await failure { try await fetched(Response(status: .ok, body: body)) } == "tooLarge")
        #expect(try await fetched(Response(status: .ok, body: body), maxBody: 100_000).body.count == 100_000)
    }

    @Test func aServerThatSaysNothingIsWaitedForNoLongerThanAllowed() async throws {
        let (waiting, gate) = AsyncStream.makeStream(of: Void.self)
        let router = Router()
        router.get("jwks") { _, _ in
            for await _ in waiting {}
            return "late"
        }
        var app = Application(router: router)
        app.logger.logLevel = .critical
        try await app.test(.live) { client in
            defer { gate.finish() }
            let asked = request("http://localhost:\(client.port ?? 0)/jwks", timeout: .seconds(1))
            #expect(await failure { try await fetcher.fetch(asked) } == "timeout")
        }
    }

    @Test func whatIsNotThereIsToldInWords() async throws {
        // A port that nobody has: it was a server's, which is gone.
        let router = Router()
        let port = try await Application(router: router).test(.live) { client in client.port ?? 0 }
        let words = await failure { try await fetcher.fetch(request("http://localhost:\(port)/jwks")) }
        #expect(words?.hasPrefix("connection(\"") == true && words != "connection(\"\")")
    }
}
