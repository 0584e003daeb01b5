import Foundation
internal import JotgateNative

/// How the policy's `forward` changes a request before it goes on to the application.
public struct Forward: Sendable {
    /// The header fields to take out, whatever their case; first.
    public let remove: [String]
    /// The header fields to set; then.
    public let set: [(name: String, value: String)]
    /// The query to go on with, without its question mark; nil when it stays.
    public let query: String?
}

extension Validator {
    /// Whether the policy has a `forward`: whoever hands requests on must then apply it.
    public var forwards: Bool { driver.ruling.forwards }

    /// How the policy's `forward` changes this request before it goes on. `token` is what validating it gave, nil included. The
    /// request is as for `validateRequest`, with all of its fields.
    public func forward(
        _ token: VerifiedToken?, method: String, path: String, query: String = "", headers: [(String, String)]
    ) throws -> Forward {
        let ruling = driver.ruling
        let request = ruling.whole(method, path, query, headers)
        let forwarding = try Native.call { try ruling.core.forward(request: request, payload: token?.payload.bytes) }
        return Forward(
            remove: forwarding.remove, set: forwarding.set.map { ($0.name, $0.value) }, query: forwarding.query)
    }
}
