import Foundation
import Jotgate

/// Calls that wait until a step lets them go, whatever has become of them since.
final class Gates: Sendable {
    private let closed = Locked([(name: String, caller: CheckedContinuation<Held, Never>)]())

    /// What a call was let go with.
    enum Held: Sendable {
        case released(ScenarioIssuer.Answer?)
        case forgotten
    }

    /// Waits at this gate.
    func wait(_ name: String) async -> Held {
        await withCheckedContinuation { caller in closed.withLock { $0.append((name, caller)) } }
    }

    /// Lets those of this name go; nil is every name.
    func open(_ name: String?, with held: Held) {
        let gone = closed.withLock { closed in
            let isGone = { (call: (name: String, caller: CheckedContinuation<Held, Never>)) in name == nil || call.name == name }
            defer { closed.removeAll(where: isGone) }
            return closed.filter(isGone)
        }
        for call in gone { call.caller.resume(returning: held) }
    }

    var standing: Int { closed.withLock { $0.count } }
}

/// The issuer of a scenario. It answers as the steps say, and only while a step lets it: a validation that a release has woken
/// up may ask at once, but its fetch stands at the gate until the step that takes its verdict.
final class ScenarioIssuer: Fetcher {
    enum Answer: Sendable {
        case response(FetchResponse)
        case down(String)
        case timeout
        case hold
    }

    private struct State {
        var served: [String: Answer] = [:]
        var passed = 0
        var last: FetchRequest?
        var isOpen = false
        var atGate: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Locked(State())
    private let held = Gates()

    func fetch(_ request: FetchRequest) async throws -> FetchResponse {
        await passGate()
        var answer = state.withLock { state in
            state.passed += 1
            state.last = request
            return state.served[request.url]
        }
        if case .hold = answer {
            guard case .released(let released) = await held.wait(request.url) else { throw Self.nobody }
            answer = released
        }
        switch answer {
        case .response(let response): return response
        case .down(let words): throw FetchError.connection(words)
        case .timeout: throw FetchError.timeout
        case .hold, nil: throw Self.nobody
        }
    }

    func serve(_ answers: [String: Any]) {
        let read = answers.mapValues { Self.answer($0) }
        state.withLock { $0.served.merge(read) { $1 } }
    }

    /// Answers the held fetches of a URL with what is served now.
    func release(_ url: String) {
        held.open(url, with: .released(state.withLock { $0.served[url] }))
    }

    /// Ends the fetches of a validator that is no more.
    func forget() { held.open(nil, with: .forgotten) }

    func setOpen(_ isOpen: Bool) {
        let callers = state.withLock { state -> [CheckedContinuation<Void, Never>] in
            state.isOpen = isOpen
            guard isOpen else { return [] }
            defer { state.atGate = [] }
            return state.atGate
        }
        for caller in callers { caller.resume() }
    }

    var passed: Int { state.withLock { $0.passed } }
    var last: FetchRequest? { state.withLock { $0.last } }
    /// How many fetches stand here, at the gate or without an answer.
    var standing: Int { state.withLock { $0.atGate.count } + held.standing }

    private func passGate() async {
        await withCheckedContinuation { caller in
            let isOpen = state.withLock { state in
                if !state.isOpen { state.atGate.append(caller) }
                return state.isOpen
            }
            if isOpen { caller.resume() }
        }
    }

    private static func answer(_ written: Any) -> Answer {
        switch written {
        case "hold" as String: .hold
        case "timeout" as String: .timeout
        case let answer as [String: Any]:
            (answer["down"] as? String).map { .down($0) } ?? .response(response(answer))
        default: .down("nobody is there")
        }
    }

    private static let nobody = FetchError.connection("nobody is there")
}

/// The store of a scenario: what the steps put there, or what was saved since.
final class ScenarioStore: KeySetStore {
    struct Broken: Error {}

    private struct State {
        var text: String?
        var does = ["load": "work", "save": "work"]
        var calls = ["load": 0, "save": 0]
        var landed: [[String]] = []
    }

    private let state = Locked(State())
    private let gates = Gates()

    func load() async throws -> String? {
        try await pass("load")
        return state.withLock { $0.text }
    }

    func save(_ text: String) async throws {
        try await pass("save")
        let kids = try Self.kids(text)
        state.withLock { state in
            state.text = text
            state.landed.append(kids)
        }
    }

    func put(_ text: String?) { state.withLock { $0.text = text } }

    /// What is not named stays as it is.
    func change(_ does: [String: String]) { state.withLock { $0.does.merge(does) { $1 } } }

    func release(_ part: String) { gates.open(part, with: .released(nil)) }

    /// Ends the calls of a validator that is no more.
    func forget() { gates.open(nil, with: .forgotten) }

    var loads: Int { state.withLock { $0.calls["load"] ?? 0 } }
    var saves: Int { state.withLock { $0.calls["save"] ?? 0 } }
    var standing: Int { gates.standing }

    /// The key ids of each text that came since this was last called.
    func landed() -> [[String]] {
        state.withLock { state in
            defer { state.landed = [] }
            return state.landed
        }
    }

    private func pass(_ part: String) async throws {
        let does = state.withLock { state in
            state.calls[part, default: 0] += 1
            return state.does[part]
        }
        if does == "fail" { throw Broken() }
        if does == "hold", case .forgotten = await gates.wait(part) { throw Broken() }
    }

    private static func kids(_ text: String) throws -> [String] {
        let snapshot = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
        let documents = (snapshot?["sources"] as? [[String: Any]] ?? []).compactMap { $0["document"] as? String }
        return try documents.flatMap { document in
            let set = try JSONSerialization.jsonObject(with: Data(document.utf8)) as? [String: Any]
            return (set?["keys"] as? [[String: Any]] ?? []).map { $0["kid"] as? String ?? "" }
        }
    }
}
