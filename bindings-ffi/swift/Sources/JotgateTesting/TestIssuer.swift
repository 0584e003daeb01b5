import Foundation
import Jotgate
internal import JotgateNative

/// An issuer for tests: it mints tokens that are good under the policy, and bad ones for each code, publishes keys, changes and
/// breaks them, and is itself a `Fetcher` that needs no network. A key is made with it: RSA takes a tenth of a second, so make
/// one issuer for many tests.
public struct TestIssuer: Fetcher {
    private let native: JotgateNative.TestIssuer

    /// With a policy of its own, of `issuer` and `audience`, or under that of the application, which is a document in JSON.
    ///
    /// - Parameters:
    ///   - issuer: which of the policy's issuers it is. Default: the first; without a policy `https://issuer.test/`.
    ///   - audience: that of its own policy. Default: `test-api`.
    ///   - policy: the application's, as JSON text.
    ///   - algorithm: what its tokens are signed with. Default: the first that the policy lists, or else RS256.
    ///   - kid: the id of its first key. Default: `test-1`.
    ///   - claims: what all its tokens have.
    ///
    /// Throws `JotgateError.policy`, which says why, where it cannot be made.
    public init(
        issuer: String? = nil, audience: String? = nil, policy: String? = nil, algorithm: String? = nil, kid: String? = nil,
        claims: [String: any Sendable]? = nil
    ) throws {
        var options: [String: Any] = [:]
        options["issuer"] = issuer
        options["audience"] = audience
        options["policy"] = policy
        options["algorithm"] = algorithm
        options["kid"] = kid
        options["claims"] = claims
        let text = try Self.text(options)
        native = try Self.call { try JotgateNative.TestIssuer(options: text) }
    }

    /// The `iss` of its tokens.
    public func name() throws -> String { try answered("name") }

    /// A token that is good under the policy, with these scopes, and these claims in place of what they would be. `now` is when
    /// it is made: the time of the system by default.
    public func token(
        _ subject: String? = nil, scopes: [String]? = nil, claims: [String: any Sendable] = [:], now: Date? = nil
    ) throws -> String {
        var said: [String: Any] = ["claims": claims]
        said["subject"] = subject
        said["scopes"] = scopes
        said["now"] = now?.timeIntervalSince1970
        return try answered("token", said)
    }

    /// A token as a validator gives it, for unit tests of what is behind the validation: minted here, and validated by the
    /// core. The `require` of every validator takes it. Throws what `Validator.validate` throws, where the token is not good.
    public func verified(
        _ subject: String? = nil, scopes: [String]? = nil, claims: [String: any Sendable] = [:]
    ) async throws -> VerifiedToken {
        var host = Validator.Host(fetcher: self)
        host.clientLookup = { _, _ in true }
        let token = try await Validator(policy: policy(), host: host).validate(token(subject, scopes: scopes, claims: claims))
        return token.forAnyValidator()
    }

    /// A token that the policy refuses with this code and no other; nil where the request is bad and not its token.
    public func bad(_ code: String) throws -> String? {
        let answer = try answer("bad", ["code": code, "token": [:] as [String: Any]])
        return (try JSONSerialization.jsonObject(with: Data(answer.utf8)) as? [String: Any])?["token"] as? String
    }

    /// The policy with the keys of now in place of its own, as JSON text.
    public func policy() throws -> String { try answered("policy") }

    /// The policy with `BASE/jwks` in place of its keys, as JSON text.
    public func policyFetching(_ base: String) throws -> String { try answered("policy_fetching", ["base": base]) }

    /// The key set, as JSON text.
    public func jwks() throws -> String { try answered("jwks") }

    /// Signs with a new key from now on, and gives its id. Without `overlap` the old one leaves the key set.
    @discardableResult
    public func rotate(overlap: Bool = true, kid: String? = nil) throws -> String {
        var said: [String: Any] = ["overlap": overlap]
        said["kid"] = kid
        return try answered("rotate", said)
    }

    /// Takes the keys that do not sign any more out of the key set: the end of an overlap.
    public func retireKeys() throws { _ = try answer("retire_keys") }

    /// How what it publishes is broken.
    public enum Fault: String, Sendable {
        /// A page in place of the key set.
        case html
        /// No keys.
        case empty
        /// Keys of the same ids that have signed nothing.
        case wrongKey = "wrong_key"
        /// Status 500.
        case error
        /// Status 404.
        case gone
        /// No answer in time.
        case slow
        /// No connection.
        case unreachable
    }

    /// Breaks what is fetched, until `mend`.
    public func breakKeys(_ fault: Fault) throws { _ = try answer("break_keys", ["fault": fault.rawValue]) }

    /// Answers as it should again.
    public func mend() throws { _ = try answer("mend") }

    /// Answers as an issuer does, without a network.
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
