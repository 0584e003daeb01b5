import Foundation
internal import JotgateNative

/// Something that happened to the key sets, or to a token that was refused: to count or to log. Kinds may be added: leave those
/// that you do not know alone. Nothing in it comes from a token.
public struct Event: Sendable, Decodable {
    /// When, by the validator's clock.
    public let at: Date
    /// What: `fetch_started`, `fetch_ok`, `fetch_shared`, `fetch_failed`, `keys_changed`, `key_skipped`, `key_lenient`,
    /// `stale_served`, `unknown_kid`, `flood_limited`, `policy_replaced`, or `rejected` for a token or a request that did not
    /// pass.
    public let name: String
    /// The place of the source in `Health.sources`, where it is about one.
    public let source: Int?
    /// Of `rejected`: the code, or `keys_unavailable` when nobody could say.
    public let code: String?
    /// Of `rejected`: the claim that the code is about.
    public let claim: String?
    /// Of `rejected`: the entry of the policy's `issuers`, counted from 0, where it got that far.
    public let issuerIndex: Int?
    /// Of `rejected`: the entry of the policy's `routes`, counted from 0, where the request took one.
    public let routeIndex: Int?
    /// All members, as JSON text; the names are the same in every language of jotgate.
    public private(set) var json = ""

    enum CodingKeys: String, CodingKey {
        case at, source, code, claim
        case name = "event"
        case issuerIndex = "issuer"
        case routeIndex = "route"
    }

    init?(json: String) {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .secondsSince1970
        guard var event = try? decoder.decode(Event.self, from: json.bytes) else { return nil }
        event.json = json
        self = event
    }
}

/// Hands one validator's events to its listener, in the order in which they happened: whoever finds that another thread does so
/// leaves its own to that one. Never under a lock, so a listener may validate, too. Without a listener nothing is taken from
/// the core, which keeps the latest.
final class Events: Sendable {
    private struct State {
        var isTelling = false
        /// What has come since, while a thread tells.
        var next: Core?
        var refused: [Event] = []
    }

    private let clock: @Sendable () -> Date
    private let listener: (@Sendable (Event) -> Void)?
    private let state = Locked(State())

    init(_ host: Validator.Host) {
        (clock, listener) = (host.clock, host.onEvent)
    }

    /// Hands on what the core has to tell.
    func tell(_ core: Core) {
        guard let listener else { return }
        let isFirst = state.withLock { state in
            state.next = core
            defer { state.isTelling = true }
            return !state.isTelling
        }
        guard isFirst else { return }
        while let (core, refused) = taken() {
            while let json = try? core.pollEvent() {
                if let event = Event(json: json) { listener(event) }
            }
            refused.forEach(listener)
        }
    }

    /// Tells that a token was refused, after what the core has to tell about it.
    func refused(_ core: Core, _ error: JotgateError) {
        guard listener != nil else { return }
        var members: [String: Any] = [
            "at": clock().timeIntervalSince1970, "event": "rejected", "code": error.code, "claim": NSNull(), "issuer": NSNull(),
            "route": NSNull(),
        ]
        switch error {
        case .invalidToken(let rejection):
            members["claim"] = rejection.claim ?? NSNull()
            members["issuer"] = rejection.issuerIndex ?? NSNull()
            members["route"] = rejection.routeIndex ?? NSNull()
        case .keysUnavailable(let unavailable): members["issuer"] = unavailable.issuerIndex ?? NSNull()
        case .policy, .internalError: break
        }
        if let json = try? JSON.text(members), let event = Event(json: json) {
            state.withLock { $0.refused.append(event) }
        }
        tell(core)
    }

    /// What there is to tell; nil where there is nothing, and nobody tells any more.
    private func taken() -> (Core, [Event])? {
        state.withLock { state in
            guard let core = state.next else {
                state.isTelling = false
                return nil
            }
            defer { (state.next, state.refused) = (nil, []) }
            return (core, state.refused)
        }
    }
}
