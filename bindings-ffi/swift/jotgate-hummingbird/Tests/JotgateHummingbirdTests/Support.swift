import HTTPTypes
import Hummingbird
import HummingbirdTesting
import JotgateHummingbird
import JotgateTesting

/// One issuer for all tests: to make its key takes a while.
let issuer = Result { try TestIssuer(issuer: "https://idp.example.com/", audience: "orders") }

/// What a server has answered.
struct Answered: Equatable {
    let status: Int
    let challenge: String?
    let body: String
}

typealias Send = (_ method: HTTPRequest.Method, _ path: String, _ token: String?) async throws -> Answered

/// Sends requests to a server on loopback, which ends with the body.
func served(_ router: Router<JotgateContext>, _ body: @Sendable @escaping (_ send: Send) async throws -> Void) async throws {
    var app = Application(router: router)
    app.logger.logLevel = .critical
    try await app.test(.live) { client in
        try await body { method, path, token in
            let headers: HTTPFields = token.map { [.authorization: "Bearer \($0)"] } ?? [:]
            return try await client.execute(uri: path, method: method, headers: headers) { response in
                Answered(
                    status: response.status.code, challenge: response.headers[.wwwAuthenticate],
                    body: String(buffer: response.body))
            }
        }
    }
}
