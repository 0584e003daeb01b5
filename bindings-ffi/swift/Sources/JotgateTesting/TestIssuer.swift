import Foundation
import Jotgate
internal import JotgateNative

/// An issuer for tests: it mints tokens that are good under the policy, and bad ones for each code, publishes keys, and is itself
/// a `Fetcher` that needs no network. A key is made with it: RSA takes a tenth of a second, so make one issuer for many tests.
public struct TestIssuer: Fetcher {
    private let native: JotgateNative.TestIssuer

    /// With a policy of its own, of `issuer` and `audience`, or under that of the application, which is a document in JSON.
    public init(issuer: String? = nil, audience: String? = nil, policy: String? = nil) throws {
        var options = [String: Any]()
        options["issuer"] = issuer
        options["audience"] = audience
        options["policy"] = try policy.map { try JSONSerialization.jsonObject(with: Data($0.utf8)) }
        let text = try Self.text(options)
        native = try Self.call { try JotgateNative.TestIssuer(options: text) }
    }

    /// The `iss` of its tokens.
    public func name() throws -> String { try answered("name") }

    /// A token that is good under the policy, with these scopes, and these claims in place of what they would be.
    public func token(_ subject: String? = nil, scopes: [String]? = nil, claims: [String: any Sendable] = [:]) throws -> String {
        var said: [String: Any] = ["claims": claims]
        said["subject"] = subject
        said["scopes"] = scopes
        return try answered("token", said)
    }

    /// A token that the policy refuses with this code and no other; nil where the request is bad and not its token.
    public func bad(_ code: String) throws -> String? {
        let made = try JSONSerialization.jsonObject(
            with: Data(answer("bad", ["code": code, "token": [:] as [String: Any]]).utf8))
        return (made as? [String: Any])?["token"] as? String
    }

    /// The policy with the keys of now in place of its own, as JSON text.
    public func policy() throws -> String { try answered("policy") }

    /// The policy with `BASE/jwks` in place of its keys, as JSON text.
    public func policyFetching(_ base: String) throws -> String { try answered("policy_fetching", ["base": base]) }

    /// The key set, as JSON text.
    public func jwks() throws -> String { try answered("jwks") }

    public func fetch(_ request: FetchRequest) async throws -> FetchResponse {
        let served = try JSONDecoder().decode(Served.self, from: Data(answer("serve", ["url": request.url]).utf8))
        if served.fault == "slow" { throw FetchError.timeout }
        guard let status = served.status else { throw FetchError.connection("the issuer of the test is unreachable") }
        let headers = [(name: "content-type", value: served.contentType ?? "")]
        return FetchResponse(status: status, headers: headers, body: Data((served.body ?? "").utf8))
    }

    private struct Served: Decodable {
        let status: Int?
        let body: String?
        let contentType: String?
        let fault: String?

        enum CodingKeys: String, CodingKey {
            case status, body, fault
            case contentType = "content_type"
        }
    }

    private func answer(_ word: String, _ arguments: [String: Any] = [:]) throws -> String {
        let text = try Self.text(arguments)
        return try Self.call { try native.call(word: Data(word.utf8), arguments: text) }
    }

    /// Of a word whose answer is a text.
    private func answered(_ word: String, _ arguments: [String: Any] = [:]) throws -> String {
        try JSONDecoder().decode(String.self, from: Data(answer(word, arguments).utf8))
    }

    private static func text(_ object: [String: Any]) throws -> Data { try JSONSerialization.data(withJSONObject: object) }

    private static func call<T>(_ body: () throws -> T) throws -> T {
        do {
            return try body()
        } catch PolicyMistake.Refused(let path, let text, let hint, _) {
            throw JotgateError.policy([PolicyProblem(path: path, message: text, hint: hint)])
        }
    }
}
