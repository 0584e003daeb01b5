import Foundation
internal import JotgateNative

/// Validates JWTs by one policy: share one instance between all tasks of a process.
///
///     let validator = try Validator(issuer: "https://idp.example.com/", audience: "orders")
///     let token = try await validator.validate(text)
public final class Validator: Sendable {
    let driver: Driver
    private let hooks: Hooks
    private let events: Events

    /// Of a whole policy document in the `format`. A path of `{"file": ...}` in it starts at the working directory.
    /// Throws `JotgateError.policy` for a policy that is wrong.
    public convenience init(policy: String, format: PolicyFormat = .json, host: Host = Host()) throws {
        try self.init(policy.bytes, format, Self.workingDirectory, host)
    }

    /// Of a policy file, whose name ends in .json, .yaml, .yml or .toml. A path of `{"file": ...}` in it starts at its folder.
    /// Throws `JotgateError.policy`, and what Foundation throws for a file that cannot be read.
    public convenience init(policyFile: String, host: Host = Host()) throws {
        let (text, format, folder) = try Documents.ofFile(policyFile)
        try self.init(text, format, folder, host)
    }

    private convenience init(_ text: Data, _ format: PolicyFormat, _ folder: URL, _ host: Host) throws {
        let core = try Documents.read(text, format, folder) { try Self.core($0, host) }
        self.init(core, host)
    }

    init(_ core: Core, _ host: Host) {
        events = Events(host)
        driver = Driver(core: core, host: host, events: events)
        hooks = Hooks(host)
    }

    static func core(_ document: Data, _ host: Host) throws -> Core {
        try Native.call {
            try Core(
                policy: document, seed: UInt64.random(in: .min ... .max), clientLookup: host.clientLookup != nil,
                revocationCheck: host.isRevoked != nil, store: host.store != nil)
        }
    }

    static var workingDirectory: URL { URL(fileURLWithPath: FileManager.default.currentDirectoryPath, isDirectory: true) }

    /// The token, if it may pass. Throws `JotgateError.invalidToken` for one that must not, `JotgateError.keysUnavailable` where
    /// nobody can say, and `CancellationError` where the task is cancelled while keys are fetched, which goes on.
    /// `asOf` is another time to judge it for than now.
    public func validate(_ token: String, asOf: Date? = nil) async throws -> VerifiedToken {
        let text = token.bytes
        let verdict = try await driver.verdict(driver.ruling.core) { core, now in
            core.validate(token: text, asOfMs: asOf.map(Native.millis) ?? now, nowMs: now)
        }
        guard let verified = try await concluded(verdict) else { throw Self.noVerdict }
        return verified
    }

    /// Like `validate`, but waits for no fetch: throws `JotgateError.keysUnavailable` where keys would have to be had first.
    /// Their fetch is started.
    public func validateNow(_ token: String, asOf: Date? = nil) async throws -> VerifiedToken {
        let text = token.bytes
        let verdict = driver.verdictNow(driver.ruling.core) { core, now in
            core.validate(token: text, asOfMs: asOf.map(Native.millis) ?? now, nowMs: now)
        }
        guard let verified = try await concluded(verdict) else { throw Self.noVerdict }
        return verified
    }

    /// The token of a request: it takes the request's route and finds the token in it; nil where the policy lets the request pass
    /// without one. `path` is as the client has sent it, `query` without its question mark. Throws what `validate` throws.
    public func validateRequest(
        method: String, path: String, query: String = "", headers: [(String, String)], asOf: Date? = nil
    ) async throws -> VerifiedToken? {
        let ruling = driver.ruling
        let request = ruling.parts(method, path, query, headers)
        let verdict = try await driver.verdict(ruling.core) { core, now in
            core.validateRequest(request: request, asOfMs: asOf.map(Native.millis) ?? now, nowMs: now)
        }
        return try await concluded(verdict)
    }

    /// The same for header fields of which none comes twice.
    public func validateRequest(
        method: String, path: String, query: String = "", headers: [String: String] = [:], asOf: Date? = nil
    ) async throws -> VerifiedToken? {
        try await validateRequest(method: method, path: path, query: query, headers: headers.map { ($0, $1) }, asOf: asOf)
    }

    /// Asks for more of a token that this validator has let pass, and gives it back. Throws what a route of the policy throws,
    /// and `missing_token` for nil.
    @discardableResult
    public func require(_ token: VerifiedToken?, _ requirement: Requirement) throws -> VerifiedToken {
        let core = driver.ruling.core
        if let refused = try Native.call({ try core.require(token: token?.held, requirement: requirement.native) }) {
            throw refusal(JotgateError(refused, requirement: requirement))
        }
        guard let token else { throw Self.noVerdict }
        return token
    }

    /// Asks for all of these scopes, and one of `anyScopes`. Throws `JotgateError.policy` for what cannot be asked.
    @discardableResult
    public func require(_ token: VerifiedToken?, scopes: [String], anyScopes: [String] = []) throws -> VerifiedToken {
        try require(token, Requirement(scopes: scopes, anyScopes: anyScopes))
    }

    /// The HTTP answer to send for an error, in the manner that the policy's `responses` names. What is not jotgate's own is
    /// answered as an internal error. An endpoint that asks for more in code hands its requirement in, whose scopes the challenge
    /// names; what `require` throws has it already.
    public func answer(to error: any Error, requirement asked: Requirement? = nil) -> Answer {
        let (denial, refusing) = Self.denial(error)
        let requirement = asked ?? refusing
        let core = driver.ruling.core
        guard let answer = try? core.answer(denial: denial, requirement: requirement?.native, nowMs: driver.now) else {
            return Answer(status: 500, headers: [], body: "")
        }
        return Answer(status: Int(answer.status), headers: answer.headers.map { ($0.name, $0.value) }, body: answer.body)
    }

    /// Judges by another policy from now on. Key sets of sources that stay the same stay. Throws `JotgateError.policy` for one
    /// that is wrong; then nothing has changed.
    public func replace(policy: String, format: PolicyFormat = .json) throws {
        try replace(policy.bytes, format, Self.workingDirectory)
    }

    /// The same with a policy file.
    public func replace(policyFile: String) throws {
        let (text, format, folder) = try Documents.ofFile(policyFile)
        try replace(text, format, folder)
    }

    private func replace(_ text: Data, _ format: PolicyFormat, _ folder: URL) throws {
        let now = driver.now
        try Documents.read(text, format, folder) { document in
            try driver.replace { core in try Native.call { try core.replaced(policy: document, nowMs: now) } }
        }
    }

    /// What a verdict means for who has asked; nil where no token is asked for.
    func concluded(_ verdict: Verdict) async throws -> VerifiedToken? {
        do {
            switch await hooks.decided(verdict) {
            case .accepted(let token): return try hooks.shown(token)
            case .skipped: return nil
            case .rejected(let rejection): throw JotgateError(rejection)
            case .unavailable(_, let issuer, let retryAt, let reason):
                throw JotgateError.keysUnavailable(
                    Unavailable(detail: reason, retryAt: Native.date(retryAt), issuerIndex: issuer.map(Int.init)))
            case .keysNeeded:
                throw JotgateError.keysUnavailable(
                    Unavailable(
                        detail: "the keys are being fetched", retryAt: Native.date(driver.now), issuerIndex: nil))
            case .undecided: throw Self.noVerdict
            }
        } catch let error as JotgateError {
            throw refusal(error)
        }
    }

    /// The error, of which listeners have heard.
    private func refusal(_ error: JotgateError) -> JotgateError {
        events.refused(driver.ruling.core, error)
        return error
    }

    static let noVerdict = JotgateError.internalError("the core gave no verdict on a token")

    private static func denial(_ error: any Error) -> (Denial, Requirement?) {
        func place(_ index: Int?) -> UInt32? { index.flatMap { UInt32(exactly: $0) } }
        // A number that names no code is an internal error.
        let code = (error as? JotgateError).flatMap { Native.numbers[$0.code] } ?? Native.numbers["internal_error"] ?? 0
        switch error as? JotgateError {
        case .invalidToken(let rejection):
            let denial = Denial(
                code: code, issuer: place(rejection.issuerIndex), route: place(rejection.routeIndex), retryAtMs: nil)
            return (denial, rejection.requirement)
        case .keysUnavailable(let unavailable):
            let retryAt = Native.millis(unavailable.retryAt)
            return (Denial(code: code, issuer: place(unavailable.issuerIndex), route: nil, retryAtMs: retryAt), nil)
        default:
            let code = Native.numbers["internal_error"] ?? 0
            return (Denial(code: code, issuer: nil, route: nil, retryAtMs: nil), nil)
        }
    }
}
