import Foundation
internal import JotgateNative

extension Validator {
    /// What the application itself says and does, beside the policy.
    public struct Host: Sendable {
        /// Gets key sets and metadata. Default: `URLSessionFetcher()`.
        public var fetcher: any Fetcher = URLSessionFetcher()
        /// What time it is. Default: that of the system.
        public var clock: @Sendable () -> Date = { Date() }
        /// Asked whether there is a client of this id, where the policy leaves clients to the application. False refuses the
        /// token with `client_not_allowed`, and what throws with `internal_error`.
        public var clientLookup: (@Sendable (String, UndecidedToken) async throws -> Bool)?
        /// Asked about every token that passed all else. True refuses it with `revoked`, and what throws with `internal_error`.
        public var isRevoked: (@Sendable (UndecidedToken) async throws -> Bool)?
        /// Gets what operators should know, without anything of a token. Default: the standard error stream.
        public var log: @Sendable (String) -> Void = { FileHandle.standardError.write(Data("jotgate: \($0)\n".utf8)) }

        public init() {}

        /// With a fetcher of your own.
        public init(fetcher: any Fetcher) {
            self.fetcher = fetcher
        }
    }
}

/// What the application adds to a verdict.
struct Hooks: Sendable {
    private let host: Validator.Host

    init(_ host: Validator.Host) {
        self.host = host
    }

    /// The verdict after the application has answered all questions.
    func decided(_ verdict: Verdict) async -> Verdict {
        var verdict = verdict
        while case .undecided(_, let question, let token) = verdict {
            verdict = token.answer(answer: await answered(question, token))
        }
        return verdict
    }

    private func answered(_ question: Question, _ token: JotgateNative.UndecidedToken) async -> HostAnswer {
        do {
            let texts = try token.texts()
            let undecided = UndecidedToken(payload: texts.payload, header: texts.header)
            switch (question, host.clientLookup, host.isRevoked) {
            case (.client(let id, _), let lookup?, _): return try await lookup(id, undecided) ? .yes : .no
            case (.revoked, _, let isRevoked?): return try await isRevoked(undecided) ? .yes : .no
            default: return .failed
            }
        } catch {
            host.log("a function of the application failed, and the token is refused: \(error)")
            return .failed
        }
    }
}
