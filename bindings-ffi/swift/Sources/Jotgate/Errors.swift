import Foundation

/// What jotgate throws on purpose.
///
/// Answer what `Validator.answer(to:)` gives: 401, 403 or 400 to `invalidToken`, and 503 to `keysUnavailable`. No error carries
/// any part of a token, a claim's value or a key.
public enum JotgateError: Error, Sendable {
    /// The token must not pass.
    case invalidToken(Rejection)
    /// The issuer's keys are not at hand, so the token can be neither accepted nor refused.
    case keysUnavailable(Unavailable)
    /// A policy is wrong, or what an endpoint asks for: everything that is wrong with it, at most 20 things.
    case policy([PolicyProblem])
    /// A mistake in jotgate, or in a function of the application that it calls. The token is refused: answer 500.
    case internalError(String)

    /// The stable code, the same in every language that jotgate speaks.
    public var code: String {
        switch self {
        case .invalidToken(let rejection): rejection.code
        case .keysUnavailable: "keys_unavailable"
        case .policy: "policy_error"
        case .internalError: "internal_error"
        }
    }
}

/// Why a token must not pass.
public struct Rejection: Error, Sendable {
    /// The stable code, such as `expired`.
    public let code: String
    /// A text for operators, which may change between versions.
    public let detail: String?
    /// The name of the claim that it is about.
    public let claim: String?
    /// The entry of the policy's `issuers`, counted from 0; nil when the token did not get that far.
    public let issuerIndex: Int?
    /// The entry of the policy's `routes`, counted from 0; nil where there is none.
    public let routeIndex: Int?
    /// What the endpoint asked for in code, where it was that which the token is not: the challenge names its scopes.
    public internal(set) var requirement: Requirement?
}

/// Why nobody can say anything about a token.
public struct Unavailable: Error, Sendable {
    /// What became of the last fetch, for operators alone.
    public let detail: String
    /// When to come back.
    public let retryAt: Date
    /// The entry of the policy's `issuers` whose keys are missing, counted from 0.
    public let issuerIndex: Int?
}

/// One thing that is wrong with a policy: where, what, and what to do about it.
public struct PolicyProblem: Sendable, Equatable {
    /// The place in the policy document (`issuers[0].audience`), or the argument of `Validator.init` (`audience`).
    public let path: String
    /// What is wrong and what was expected.
    public let message: String
    /// What to do about it.
    public let hint: String?
    /// The line in the document's text, counted from 1; nil where there is no text.
    public let line: Int?
    /// The column in that line, counted from 1.
    public let column: Int?

    /// Made by validators, and by what makes policies of other things.
    public init(path: String, message: String, hint: String? = nil, line: Int? = nil, column: Int? = nil) {
        (self.path, self.message, self.hint, self.line, self.column) = (path, message, hint, line, column)
    }
}

/// A text that is no snapshot of key sets: `Validator.importKeys` has changed nothing.
public struct SnapshotError: Error, Sendable, CustomStringConvertible {
    /// What is wrong with it.
    public let description: String
}

extension JotgateError: CustomStringConvertible, LocalizedError {
    /// The code and what is said of it, without any part of a token.
    public var description: String {
        switch self {
        case .invalidToken(let rejection):
            let text = [rejection.code, rejection.detail].compactMap { $0 }.joined(separator: ": ")
            return rejection.claim.map { "\(text) (\($0))" } ?? text
        case .keysUnavailable(let unavailable): return "\(code): \(unavailable.detail)"
        case .policy(let problems): return problems.map(\.description).joined(separator: "\n")
        case .internalError(let text): return "\(code): \(text)"
        }
    }

    /// As `description`.
    public var errorDescription: String? { description }
}

extension PolicyProblem: CustomStringConvertible {
    /// The place, the message and the hint.
    public var description: String {
        let place = line.map { "line \($0), column \(column ?? 0)" } ?? ""
        let places = [path, place].filter { !$0.isEmpty }.joined(separator: ", ")
        let text = places.isEmpty ? message : "\(places): \(message)"
        return hint.map { "\(text) (\($0))" } ?? text
    }
}
