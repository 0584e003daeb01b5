import Foundation
import Hummingbird
import JotgateHummingbird
import JotgateTesting

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// One issuer for all tests: to make its key takes a while.
let issuer = Result { try TestIssuer(issuer: "https://idp.example.com/", audience: "orders") }

/// What a server has answered.
struct Answered: Equatable {
    let status: Int
    let challenge: String?
    let body: String
}

/// Sends requests to a server on loopback, which ends with the body.
func served(
    _ router: Router<JotgateContext>, _ body: @Sendable @escaping (_ send: @escaping Send) async throws -> Void
) async throws {
    let (ports, port) = AsyncStream.makeStream(of: Int.self)
    var app = Application(
        router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
        onServerRunning: { channel in port.yield(channel.localAddress?.port ?? 0) })
    app.logger.logLevel = .critical
    let server = app
    let running = Task { try await server.run() }
    defer { running.cancel() }
    for await port in ports {
        try await body { method, path, token in try await answer(of: "http://127.0.0.1:\(port)\(path)", method, token) }
        break
    }
}

typealias Send = @Sendable (_ method: String, _ path: String, _ token: String?) async throws -> Answered

private func answer(of url: String, _ method: String, _ token: String?) async throws -> Answered {
    guard let url = URL(string: url) else { throw URLError(.badURL) }
    var request = URLRequest(url: url)
    request.httpMethod = method
    if let token { request.setValue("Bearer \(token)", forHTTPHeaderField: "Authorization") }
    let (body, response) = try await URLSession.shared.data(for: request)
    guard let response = response as? HTTPURLResponse else { throw URLError(.badServerResponse) }
    return Answered(
        status: response.statusCode, challenge: response.value(forHTTPHeaderField: "WWW-Authenticate"),
        body: String(decoding: body, as: UTF8.self))
}
