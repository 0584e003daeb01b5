import Foundation
import Jotgate

/// Plays a scenario: a validator on a clock that stands where the steps set it, and an issuer that answers as they say. Each
/// validation is a task; a step is over when no task can go on by itself.
final class Stage {
    struct Broken: Error {
        let text: String
    }

    let scenario: [String: Any]
    let start: Double
    let timing: ScenarioTiming
    let issuer = ScenarioIssuer()
    let store: ScenarioStore?
    let events = Locked([String]())
    let log = Locked([String]())
    var validator: Validator
    var begun: [String: Played] = [:]
    var accepted: [String: VerifiedToken] = [:]
    var snapshots: [String: String] = [:]
    private var running: [Played] = []
    private var validations = 0

    init(_ scenario: [String: Any]) throws {
        self.scenario = scenario
        start = number(scenario["start"])
        timing = ScenarioTiming(now: start)
        let steps = scenario["steps"] as? [[String: Any]] ?? []
        store = steps.contains { $0["store"] != nil || $0["store_does"] != nil } ? ScenarioStore() : nil
        validator = try Self.validator(scenario, issuer, store, timing, events, log)
    }

    /// What each step shows.
    func play() async throws -> [[String: Any]] {
        var shown: [[String: Any]] = []
        for step in scenario["steps"] as? [[String: Any]] ?? [] {
            if let at = step["at"] { timing.set(now: start + number(at)) }
            var found = try await act(step)
            issuer.setOpen(false)
            found["fetches"] = issuer.passed
            if let store { found.merge(["loads": store.loads, "saves": store.saves]) { $1 } }
            shown.append(found)
        }
        return shown
    }

    /// Ends all that is held, which nothing else does.
    func leave() {
        issuer.setOpen(true)
        issuer.forget()
        store?.forget()
    }

    /// A validator that knows nothing yet.
    func open() throws {
        timing.forget()
        events.withLock { $0 = [] }
        log.withLock { $0 = [] }
        validator = try Self.validator(scenario, issuer, store, timing, events, log)
    }

    /// A validation of the token of this name, in a task of its own.
    func begin(_ name: String) -> Played {
        validations += 1
        let token = (scenario["tokens"] as? [String: String])?[name] ?? ""
        let played = Played(number: validations, validator: validator, token: token, now: timing.now)
        running.append(played)
        return played
    }

    /// The verdict, which must come without a release, and after it the fetches that are due.
    func ended(_ name: String, _ played: Played) async throws -> [String: Any] {
        try await settle()
        if played.isRunning { timing.losePatience() }
        try await until("the validation waits for a fetch that nobody releases") { !played.isRunning }
        var shown: [String: Any] = ["asked": timing.waits(played.number) + 1]
        switch played.outcome {
        case .success(let token)?:
            accepted[name] = token
            shown["verdict"] = "accepted"
        case .failure(.invalidToken(let rejection))?: shown.merge(["verdict": "rejected", "code": rejection.code]) { $1 }
        case .failure(.keysUnavailable(let unavailable))?:
            let after = unavailable.retryAt.timeIntervalSince1970 - timing.now
            shown.merge(["verdict": "unavailable", "code": "keys_unavailable", "retry_after": after]) { $1 }
        case .failure(let error)?: throw error
        case nil: throw Broken(text: "a validation has no outcome")
        }
        try await settle()
        return shown
    }

    /// Waits until every task stands where only a step moves it.
    func settle() async throws {
        try await until("the tasks never came to rest") { self.isQuiet() }
    }

    /// Whether validations wait is asked before and after it is seen that all work stands: what was woken between has waited
    /// once more, or has ended.
    private func isQuiet() -> Bool {
        running.removeAll { !$0.isRunning }
        let waits = running.map { timing.waits($0.number) }
        guard running.allSatisfy({ timing.isWaiting($0.number) }) else { return false }
        guard timing.working == issuer.standing + (store?.standing ?? 0) else { return false }
        return running.allSatisfy { $0.isRunning && timing.isWaiting($0.number) }
            && waits == running.map { timing.waits($0.number) }
    }

    private func until(_ problem: String, _ holds: () -> Bool) async throws {
        let till = ContinuousClock.now + .seconds(30)
        while !holds() {
            if ContinuousClock.now > till { throw Broken(text: problem) }
            try await Task.sleep(for: .microseconds(100))
        }
    }

    private static func validator(
        _ scenario: [String: Any], _ issuer: ScenarioIssuer, _ store: ScenarioStore?, _ timing: ScenarioTiming,
        _ events: Locked<[String]>, _ log: Locked<[String]>
    ) throws -> Validator {
        var host = Validator.Host(fetcher: issuer)
        host.store = store
        host.timing = timing
        host.clock = { Date(timeIntervalSince1970: timing.now) }
        // The scenarios tell of key sets alone.
        host.onEvent = { event in if event.name != "rejected" { events.withLock { $0.append(event.name) } } }
        // What the log is told of stores is no step's concern.
        let ofStores = ["the store of key sets", "key sets were not saved"]
        host.log = { line in if !ofStores.contains(where: line.hasPrefix) { log.withLock { $0.append(line) } } }
        return try Validator(policy: jsonText(scenario["policy"] ?? NSNull()), host: host)
    }
}

/// A validation, and what came of it.
final class Played: Sendable {
    let number: Int
    private let found = Locked<Result<VerifiedToken, JotgateError>?>(nil)

    init(number: Int, validator: Validator, token: String, now: Double) {
        self.number = number
        Task.detached {
            await ScenarioTiming.$validation.withValue(number) {
                do {
                    let token = try await validator.validate(token)
                    self.found.withLock { $0 = .success(token) }
                } catch {
                    self.found.withLock { $0 = .failure(error as? JotgateError ?? .internalError("\(error)")) }
                }
            }
        }
    }

    var outcome: Result<VerifiedToken, JotgateError>? { found.withLock { $0 } }
    var isRunning: Bool { outcome == nil }
}
