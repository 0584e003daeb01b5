import Foundation
import Jotgate

/// What each kind of step does.
extension Stage {
    func act(_ step: [String: Any]) async throws -> [String: Any] {
        if let shown = try await actOnValidations(step) { return shown }
        if let shown = try await actOnKeySets(step) { return shown }
        if let shown = try await actOnStore(step) { return shown }
        throw Broken(text: "the step is none that is known: \(step.keys.sorted())")
    }

    private func actOnValidations(_ step: [String: Any]) async throws -> [String: Any]? {
        if let answers = step["serve"] as? [String: Any] {
            issuer.serve(answers)
        } else if let token = step["validate"] as? String {
            issuer.setOpen(true)
            return try await ended(token, begin(token))
        } else if let of = step["begin"] as? [String: String], let name = of["name"], let token = of["token"] {
            issuer.setOpen(true)
            begun[name] = begin(token)
            try await settle()
        } else if let name = step["end"] as? String, let played = begun.removeValue(forKey: name) {
            issuer.setOpen(true)
            return try await ended(name, played)
        } else if let name = step["waiting"] as? String, let played = begun[name] {
            return ["waiting": played.isRunning, "asked": timing.waits(played.number)]
        } else if let url = step["release"] as? String {
            // What follows from it stands at the gate.
            issuer.release(url)
            try await settle()
        } else if step["overrun"] != nil {
            issuer.setOpen(true)
            timing.overrun()
            try await settle()
        } else if step["poll"] != nil {
            return try await poll()
        } else if step["requested"] != nil, let last = issuer.last {
            return ["requested": requested(last)]
        } else if let asked = step["require"] as? [String: Any], let of = asked["of"] as? String {
            return try require(of, asked["asks"] ?? NSNull())
        } else {
            return nil
        }
        return [:]
    }

    private func actOnKeySets(_ step: [String: Any]) async throws -> [String: Any]? {
        if step["refresh"] != nil || step["refresh_keys"] != nil {
            issuer.setOpen(true)
            validator.refreshKeys()
            try await settle()
        } else if let name = step["export"] as? String {
            snapshots[name] = try validator.exportKeys()
        } else if let from = step["import"] as? [String: Any] {
            let text = from["text"] as? String ?? (from["kept"] as? String).flatMap { snapshots[$0] } ?? ""
            do {
                return ["imported": try validator.importKeys(text)]
            } catch is SnapshotError {
                return ["imported": "refused"]
            }
        } else if step["restart"] != nil {
            issuer.forget()
            store?.forget()
            try await settle()
            try open()
        } else if let document = step["replace"] {
            do {
                try validator.replace(policy: jsonText(document))
                return ["replaced": true]
            } catch JotgateError.policy(let problems) {
                return ["replaced": false, "code": "policy_error", "path": problems[0].path]
            }
        } else if let of = step["health"] as? [String: Any], let source = of["source"] as? Int {
            let health = try JSONSerialization.jsonObject(with: Data(validator.health().json.utf8)) as? [String: Any]
            return ["health": (health?["sources"] as? [Any])?[source] ?? NSNull()]
        } else if step["events"] != nil {
            return ["events": drained(events)]
        } else if step["warnings"] != nil {
            return ["warnings": drained(log)]
        } else {
            return nil
        }
        return [:]
    }

    private func actOnStore(_ step: [String: Any]) async throws -> [String: Any]? {
        guard let store else { return nil }
        if let text = step["store"] {
            store.put(text as? String)
        } else if let does = step["store_does"] as? [String: String] {
            store.change(does)
        } else if let part = step["store_release"] as? String {
            issuer.setOpen(true)
            store.release(part)
            try await settle()
        } else if step["saved"] != nil {
            return ["saved": store.landed()]
        } else {
            return nil
        }
        return [:]
    }

    /// What is due is taken after each verdict, whatever it says.
    private func poll() async throws -> [String: Any] {
        let before = issuer.passed
        issuer.setOpen(true)
        do {
            _ = try await validator.validate("")
        } catch JotgateError.invalidToken {
            // It is no token.
        }
        try await settle()
        return ["polled": issuer.passed - before]
    }

    private func requested(_ last: FetchRequest) -> [String: Any] {
        let fields = Dictionary(last.headers.map { ($0.name, $0.value) }) { $1 }
        let timeout = last.timeout.components
        return [
            "url": last.url, "timeout": Double(timeout.seconds) + Double(timeout.attoseconds) / 1e18, "max_body": last.maxBody,
            "accept": fields["accept"] ?? NSNull(), "if_none_match": fields["if-none-match"] ?? NSNull(),
            "cache_control": fields["cache-control"] ?? NSNull(),
        ]
    }

    private func require(_ of: String, _ asks: Any) throws -> [String: Any] {
        let requirement = try Requirement(document: jsonText(asks))
        do {
            try validator.require(accepted[of], requirement)
            return ["verdict": "accepted"]
        } catch let error as JotgateError {
            var claim: String?
            if case .invalidToken(let rejection) = error { claim = rejection.claim }
            return [
                "verdict": "rejected", "code": error.code, "claim": claim ?? NSNull(),
                "challenge": challenge(validator.answer(to: error, requirement: requirement)),
            ]
        }
    }

    private func drained(_ lines: Locked<[String]>) -> [String] {
        lines.withLock { lines in
            defer { lines = [] }
            return lines
        }
    }
}
