import Foundation
internal import JotgateNative

/// One policy of a validator, with what is known of it for as long as it holds. A question takes one and keeps it, so that no
/// other policy has a say in it.
struct Ruling: Sendable {
    let core: Core
    let forwards: Bool
    private let names: Set<String>?
    private let readsQuery: Bool

    init(_ core: Core) {
        self.core = core
        forwards = core.forwards()
        let reads = core.reads()
        names = reads.headers.map(Set.init)
        readsQuery = reads.query
    }

    /// The parts of a request that the policy reads. Names compare without case.
    func parts(_ method: String, _ path: String, _ query: String, _ headers: [(String, String)]) -> RequestParts {
        let fields = headers.filter { names?.contains($0.0.lowercased()) ?? true }
        return whole(method, path, readsQuery ? query : "", fields)
    }

    /// The whole request: what goes on is changed by all of its fields.
    func whole(_ method: String, _ path: String, _ query: String, _ headers: [(String, String)]) -> RequestParts {
        RequestParts(
            method: method.bytes, path: path.bytes, query: query.bytes,
            headers: headers.map { Field(name: $0.0.bytes, value: $0.1.bytes) })
    }
}
