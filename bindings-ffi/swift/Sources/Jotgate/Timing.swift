import Foundation

/// Runs work, and tells when its time is over, and the patience of those who wait for it. The scenarios of the conformance tests
/// have one of their own, whose time is that of the scenario.
package protocol Timing: Sendable {
    /// Runs a piece of work beside everything else.
    func run(_ work: @escaping @Sendable () async -> Void) -> Task<Void, Never>

    /// Calls `overdue` once so much time is over, unless what this gives was called before.
    func limit(_ time: Duration, overdue: @escaping @Sendable () -> Void) -> @Sendable () -> Void

    /// How a wait ends, which lasts so long at most.
    func end(of wait: Wait, within patience: Duration) async -> Wait.End
}

/// By the clock of the system that never goes back.
struct SystemTiming: Timing {
    func run(_ work: @escaping @Sendable () async -> Void) -> Task<Void, Never> {
        // Detached: whoever asked first may be cancelled, and others wait for it.
        Task.detached { await work() }
    }

    func limit(_ time: Duration, overdue: @escaping @Sendable () -> Void) -> @Sendable () -> Void {
        let timer = Task.detached {
            try await Task.sleep(for: time)
            overdue()
        }
        return { timer.cancel() }
    }

    func end(of wait: Wait, within patience: Duration) async -> Wait.End {
        let lift = limit(patience) { wait.finish(.outOfPatience) }
        defer { lift() }
        return await wait.result()
    }
}
