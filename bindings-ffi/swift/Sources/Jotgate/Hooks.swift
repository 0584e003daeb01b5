import Foundation
internal import JotgateNative

/// What the application adds to a verdict: it may look clients up, refuse revoked tokens, and change what it sees. Whatever
/// goes wrong in one of them refuses the token.
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

    /// The token with the claims that the application wants to see.
    func shown(_ token: AcceptedToken) throws -> VerifiedToken {
        guard let transform = host.transform else { return VerifiedToken(accepted: token) }
        let claims: String
        do {
            claims = try transform(token.payload)
        } catch {
            host.log("transform failed, and the token is refused: \(error)")
            throw JotgateError.internalError("transform failed")
        }
        guard JSON.value(claims) is [String: Any] else { throw JotgateError.internalError("transform gave no object") }
        return VerifiedToken(accepted: token, transformed: claims)
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
