import Foundation
internal import JotgateNative

/// The key sets of a validator, as a whole.
extension Validator {
    /// How the key sets are.
    public func health() throws -> Health {
        let core = driver.ruling.core
        return try Health(json: Native.call { try core.health(nowMs: driver.now) })
    }

    /// Starts a fetch for every key set, past all caches, except for those that wait after a failure. It does not wait for the
    /// answers.
    public func refreshKeys() {
        driver.ruling.core.refreshKeys()
        driver.startWork()
    }

    /// Waits until no work of this validator is under way, so long at most; whether none is. Throws `CancellationError` where the
    /// task is cancelled.
    public func settled(within time: Duration) async throws -> Bool {
        try await driver.settled(within: time)
    }

    /// The fetched key sets as text for `importKeys`. Whoever can change it can make tokens pass: store it like the policy.
    public func exportKeys() throws -> String {
        let core = driver.ruling.core
        return try Native.call { try core.exportKeys() }
    }

    /// Begins with the key sets of `exportKeys`; for how many of the policy's URLs that was of use. Throws `SnapshotError` for
    /// a text that is no snapshot; then nothing has changed.
    @discardableResult
    public func importKeys(_ snapshot: String) throws -> Int {
        let core = driver.ruling.core
        let taken = try Native.call { try core.importKeys(snapshot: snapshot.bytes, nowMs: driver.now) }
        driver.tellEvents()
        return Int(clamping: taken)
    }
}
