import Foundation

/// Where the processes of a service leave fetched key sets for each other, such as a row of a database or a file on a shared
/// volume: found there, they take the place of a fetch. Whoever can write to it can make tokens pass: guard it like the policy.
///
/// Both functions run beside all validations. What throws, or takes longer than the policy's `jwks.timeout` (10 s), is told to
/// the log and costs nothing but the fetch.
public protocol KeySetStore: Sendable {
    /// The text that was saved last, by whatever process; nil where there is none.
    func load() async throws -> String?

    /// Keeps a text in the place of the one before. There is one save of a validator at a time.
    func save(_ text: String) async throws
}
