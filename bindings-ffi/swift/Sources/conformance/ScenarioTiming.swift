import Foundation
import Jotgate

/// Timers that the clock of a scenario moves, and what is seen through them of the validations and of the work.
final class ScenarioTiming: Timing {
    /// The validation that the task of a stage is about.
    @TaskLocal static var validation: Int?

    private struct Limit {
        let at: Double
        let overdue: @Sendable () -> Void
    }

    private struct State {
        var now: Double
        var working = 0
        var limits: [Int: Limit] = [:]
        var limitsMade = 0
        var waiting: [Int: (at: Double, wait: Wait)] = [:]
        var waits: [Int: Int] = [:]
    }

    private let state: Locked<State>

    init(now: Double) {
        state = Locked(State(now: now))
    }

    var now: Double { state.withLock { $0.now } }

    func set(now: Double) { state.withLock { $0.now = now } }

    func run(_ work: @escaping @Sendable () async -> Void) -> Task<Void, Never> {
        state.withLock { $0.working += 1 }
        return Task.detached {
            await work()
            self.state.withLock { $0.working -= 1 }
        }
    }

    func limit(_ time: Duration, overdue: @escaping @Sendable () -> Void) -> @Sendable () -> Void {
        let number = state.withLock { state in
            state.limitsMade += 1
            state.limits[state.limitsMade] = Limit(at: state.now + seconds(time), overdue: overdue)
            return state.limitsMade
        }
        return { self.state.withLock { _ = $0.limits.removeValue(forKey: number) } }
    }

    func end(of wait: Wait, within patience: Duration) async -> Wait.End {
        state.withLock { state in
            let validation = Self.validation ?? 0
            state.waits[validation, default: 0] += 1
            state.waiting[validation] = (state.now + seconds(patience), wait)
        }
        return await wait.result()
    }

    /// Ends the time of work where it is over.
    func overrun() {
        let over = state.withLock { state in
            let over = state.limits.filter { $0.value.at <= state.now }
            for number in over.keys { state.limits[number] = nil }
            return over.sorted { $0.key < $1.key }.map(\.value)
        }
        for limit in over { limit.overdue() }
    }

    /// Ends the patience of those who have waited for long enough.
    func losePatience() {
        let over = state.withLock { state in state.waiting.values.filter { $0.at <= state.now } }
        for (_, wait) in over { wait.finish(.outOfPatience) }
    }

    /// Forgets the times of a validator that is no more.
    func forget() {
        state.withLock { state in
            state.limits = [:]
            state.waiting = [:]
        }
    }

    /// How many pieces of work run.
    var working: Int { state.withLock { $0.working } }

    /// How often a validation has waited.
    func waits(_ validation: Int) -> Int { state.withLock { $0.waits[validation] ?? 0 } }

    /// Whether a validation waits, and was not woken yet.
    func isWaiting(_ validation: Int) -> Bool {
        state.withLock { $0.waiting[validation].map { !$0.wait.hasEnded } ?? false }
    }
}

private func seconds(_ duration: Duration) -> Double {
    Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
}
