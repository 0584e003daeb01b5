import Foundation
internal import JotgateNative

/// What an endpoint asks of a token that the policy has let pass. Make it once, where the endpoint is defined. The checks are
/// those of the policy's routes.
public struct Requirement: Sendable {
    let native: JotgateNative.Requirement

    /// All of `scopes`, and one of `anyScopes`: they are looked for where the policy looks for scopes. Throws
    /// `JotgateError.policy` for what cannot be asked.
    public init(scopes: [String] = [], anyScopes: [String] = []) throws {
        let listed = ["all": scopes, "any": anyScopes].filter { !$0.value.isEmpty }
        try self.init(document: JSON.text(listed.isEmpty ? [:] : ["scopes": listed]))
    }

    /// What a route of a policy says, as JSON text with `scopes` (`all`, `any`) and `claims`.
    public init(document: String) throws {
        native = try Native.call { try JotgateNative.Requirement(document: document.bytes) }
    }
}

/// A complete HTTP answer to a request that may not pass.
public struct Answer: Sendable {
    /// The status.
    public let status: Int
    /// The header fields.
    public let headers: [(name: String, value: String)]
    /// The body.
    public let body: String
}
