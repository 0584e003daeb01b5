import Foundation
internal import JotgateNative

/// Why a token or a request passes the policy or not, check by check. It shows claims: keep it from whoever sent the token.
public struct Explanation: Sendable {
    /// As JSON text.
    public let json: String
    /// As lines.
    public let text: String
    /// As lines in colour.
    public let coloured: String

    init(_ explained: Explained) {
        (json, text, coloured) = (explained.json, explained.text, explained.coloured)
    }

    /// Whether keys have to be had first.
    var isUnavailable: Bool {
        (try? JSONDecoder().decode(Told.self, from: json.bytes))?.verdict == "unavailable"
    }

    private struct Told: Decodable {
        let verdict: String
    }
}

extension Validator {
    /// Why a token passes the policy or not: for operators, not for whoever sent it. Fetches keys as `validate` does where
    /// there are none. It tells of the policy alone, and asks the application nothing.
    public func explain(_ token: String, asOf: Date? = nil) async throws -> Explanation {
        let text = token.bytes
        return try await explained(
            driver.ruling.core,
            explain: { try $0.explain(token: text, asOfMs: asOf.map(Native.millis) ?? $1, nowMs: $1) },
            ask: { $0.validate(token: text, asOfMs: asOf.map(Native.millis) ?? $1, nowMs: $1) })
    }

    /// Why a request passes the policy or not, beginning with its route.
    public func explainRequest(
        method: String, path: String, query: String = "", headers: [(String, String)], asOf: Date? = nil
    ) async throws -> Explanation {
        let ruling = driver.ruling
        let request = ruling.parts(method, path, query, headers)
        return try await explained(
            ruling.core,
            explain: { try $0.explainRequest(request: request, asOfMs: asOf.map(Native.millis) ?? $1, nowMs: $1) },
            ask: { $0.validateRequest(request: request, asOfMs: asOf.map(Native.millis) ?? $1, nowMs: $1) })
    }

    private func explained(
        _ core: Core, explain: (Core, Int64) throws -> Explained, ask: @Sendable (Core, Int64) -> Judged
    ) async throws -> Explanation {
        let explanation = Explanation(try Native.call { try explain(core, driver.now) })
        guard explanation.isUnavailable else { return explanation }
        _ = try await driver.verdict(core, ask)
        return Explanation(try Native.call { try explain(core, driver.now) })
    }
}
