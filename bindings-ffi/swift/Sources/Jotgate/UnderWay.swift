import Foundation
internal import JotgateNative

/// Someone who waits for work. It ends once, and the first reason counts.
package final class Wait: Sendable {
    package enum End: Sendable { case workEnded, outOfPatience, cancelled }

    private struct State {
        var end: End?
        var waiting: CheckedContinuation<End, Never>?
    }

    private let state = Locked(State())

    package func finish(_ end: End) {
        let waiting = state.withLock { state -> CheckedContinuation<End, Never>? in
            guard state.end == nil else { return nil }
            state.end = end
            defer { state.waiting = nil }
            return state.waiting
        }
        waiting?.resume(returning: end)
    }

    package var hasEnded: Bool { state.withLock { $0.end != nil } }

    /// How it ended; to be asked once. Cancelling the task ends the wait, and nothing else.
    package func result() async -> End {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let end = state.withLock { state -> End? in
                    if state.end == nil { state.waiting = continuation }
                    return state.end
                }
                if let end { continuation.resume(returning: end) }
            }
        } onCancel: {
            finish(.cancelled)
        }
    }
}

/// The work that was taken and has not ended, and those who wait for it.
final class UnderWay: Sendable {
    private let waiting = Locked([UInt64: [Wait]]())

    /// The next piece of work. Taken under the lock, so that nobody misses here what another was just given.
    func take(_ poll: () -> Work?) -> Work? {
        waiting.withLock { waiting in
            let work = poll()
            if let work { waiting[work.id] = [] }
            return work
        }
    }

    func isOut(_ id: UInt64) -> Bool { waiting.withLock { $0[id] != nil } }

    /// Wakes those who wait for this piece, and nobody else.
    func end(_ id: UInt64) {
        let woken = waiting.withLock { $0.removeValue(forKey: id) }
        for wait in woken ?? [] { wait.finish(.workEnded) }
    }

    /// A wait for the first of these to end; nil where one has ended already, so that nobody has to wait.
    func firstOf(_ ids: [UInt64]) -> Wait? {
        waiting.withLock { waiting in
            guard ids.allSatisfy({ waiting[$0] != nil }) else { return nil }
            let wait = Wait()
            for id in ids { waiting[id]?.append(wait) }
            return wait
        }
    }

    /// A wait for any that is under way to end; nil when none is.
    func firstToEnd() -> Wait? {
        let ids = waiting.withLock { Array($0.keys) }
        return ids.isEmpty ? nil : firstOf(ids) ?? firstToEnd()
    }
}

extension Work {
    var id: UInt64 {
        switch self {
        case .load(let id, _), .fetch(let id, _, _, _, _), .save(let id, _, _): id
        }
    }

    var timeout: Duration {
        switch self {
        case .load(_, let millis), .fetch(_, let millis, _, _, _), .save(_, let millis, _): .milliseconds(millis)
        }
    }

    var isFetch: Bool {
        if case .fetch = self { true } else { false }
    }
}
