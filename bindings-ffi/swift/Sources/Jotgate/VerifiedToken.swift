import Foundation
internal import JotgateNative

/// A token that may pass. Only a validator makes one.
public struct VerifiedToken: Sendable {
    let accepted: AcceptedToken
    private let transformed: String?
    private let origin: UInt64

    init(accepted: AcceptedToken, transformed: String? = nil, origin: UInt64? = nil) {
        (self.accepted, self.transformed, self.origin) = (accepted, transformed, origin ?? accepted.origin)
    }

    /// The same token, for tests of what is behind the validation: every validator takes it.
    package func forAnyValidator() -> VerifiedToken {
        VerifiedToken(accepted: accepted, transformed: transformed, origin: originOfAnyValidator())
    }

    /// The claims as they were signed, as JSON text without duplicate members.
    public var payload: String { accepted.payload }

    /// The header as JSON text without duplicate members.
    public var header: String { accepted.header }

    /// Which entry of the policy's `issuers` the token comes from, counted from 0.
    public var issuerIndex: Int { Int(accepted.issuer) }

    /// `sub`.
    public var subject: String? { claim("sub") }

    /// `iss`.
    public var issuer: String? { claim("iss") }

    /// `jti`.
    public var id: String? { claim("jti") }

    /// `aud`, as a list.
    public var audience: [String] { claim("aud") ?? claim("aud").map { [$0] } ?? [] }

    /// `exp`.
    public var expiresAt: Date? { accepted.expiresAt.map(Date.init(timeIntervalSince1970:)) }

    /// `nbf`.
    public var notBefore: Date? { accepted.notBefore.map(Date.init(timeIntervalSince1970:)) }

    /// `iat`.
    public var issuedAt: Date? { accepted.issuedAt.map(Date.init(timeIntervalSince1970:)) }

    /// The scopes, from the claims where the policy looks for them.
    public var scopes: [String] {
        (try? JotgateNative.scopes(payload: payload.bytes, scopeClaim: accepted.scopeClaim?.bytes)) ?? []
    }

    /// All claims, as a type of your own, in the way that the application's `transform` shows them where there is one. Throws
    /// what `JSONDecoder` throws.
    public func claims<T: Decodable>(as type: T.Type = T.self) throws -> T {
        try JSONDecoder().decode(type, from: shown)
    }

    /// One claim; nil where there is none, or one of another type.
    public func claim<T: Decodable>(_ name: String, as type: T.Type = T.self) -> T? {
        try? JSONDecoder().decode(Member<T>.self, from: shown, configuration: name).value
    }

    private var shown: Data { (transformed ?? payload).bytes }

    var held: HeldToken {
        HeldToken(
            header: header.bytes, payload: payload.bytes, origin: origin, issuer: accepted.issuer,
            judgedForMs: accepted.judgedForMs, scopeClaim: accepted.scopeClaim?.bytes)
    }
}

/// Shows no claim: a token may hold personal data, and this ends in logs.
extension VerifiedToken: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Which issuer's it is, and nothing else.
    public var description: String { "VerifiedToken(issuerIndex: \(issuerIndex))" }
    /// As `description`.
    public var debugDescription: String { description }
    /// Shows nothing.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}

/// A token that passed every check of the policy, and about which the application has not said its word yet. It is no
/// `VerifiedToken`.
public struct UndecidedToken: Sendable {
    /// The claims as JSON text without duplicate members.
    public let payload: String
    /// The header as JSON text without duplicate members.
    public let header: String

    /// All claims, as a type of your own. Throws what `JSONDecoder` throws.
    public func claims<T: Decodable>(as type: T.Type = T.self) throws -> T {
        try JSONDecoder().decode(type, from: payload.bytes)
    }

    /// One claim; nil where there is none, or one of another type.
    public func claim<T: Decodable>(_ name: String, as type: T.Type = T.self) -> T? {
        try? JSONDecoder().decode(Member<T>.self, from: payload.bytes, configuration: name).value
    }
}

/// One member of an object.
private struct Member<T: Decodable>: DecodableWithConfiguration {
    let value: T

    init(from decoder: any Decoder, configuration name: String) throws {
        value = try decoder.container(keyedBy: Name.self).decode(T.self, forKey: Name(stringValue: name))
    }
}

private struct Name: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) {
        self.stringValue = stringValue
    }

    init?(intValue: Int) { nil }
}
