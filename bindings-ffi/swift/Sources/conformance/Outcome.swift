import Foundation
import Jotgate

/// The line of the report.
func reportLine(of one: Case) async -> String {
    if one.members["steps"] != nil { return await played(one) }
    if one.members["kind"] != nil { return imported(one) }
    if one.members["format"] != nil { return await loaded(one) }
    let isExplanation = (one.members["expect"] as? [String: Any])?["checks"] != nil
    return isExplanation ? await explained(one) : await outcome(of: one)
}

/// What each step of a scenario shows.
private func played(_ one: Case) async -> String {
    do {
        let stage = try Stage(one.members)
        defer { stage.leave() }
        return try jsonText(["id": one.id, "steps": await stage.play()])
    } catch {
        return (try? jsonText(["id": one.id].merging(shown(error).mapValues { "\($0)" }) { $1 })) ?? "{}"
    }
}

/// What a policy of a gateway becomes.
private func imported(_ one: Case) -> String {
    do {
        let made = try PolicyImport(of: one.members["kind"] as? String ?? "", one.members["text"] as? String ?? "")
        return "{\"id\":\(try jsonText(one.id)),\"import\":\(made.json)}"
    } catch {
        let path = shown(error)["path"] ?? NSNull()
        return (try? jsonText(["id": one.id, "error": ["path": path]])) ?? "{}"
    }
}

/// What came of a case.
private func outcome(of one: Case) async -> String {
    var line: [String: Any] = ["id": one.id]
    var claims: String?
    do {
        let validator = try one.validator()
        let requirement = one.members["require"] == nil ? nil : try Requirement(document: one.text(of: "require"))
        do {
            var token = try await one.ask(validator)
            if let requirement {
                token = try validator.require(token, requirement)
                line["scopes"] = token?.scopes
            }
            claims = token?.payload
            line["verdict"] = token == nil ? "skipped" : "accepted"
        } catch {
            line.merge(shown(error)) { $1 }
            if requirement != nil, case JotgateError.invalidToken = error {
                line["challenge"] = challenge(validator.answer(to: error, requirement: requirement))
            }
        }
        if let token = one.token, try await !isSameInBatch(one, token, line, claims) {
            line["verdict"] = "\(line["verdict"] ?? "nothing") alone, and another in a batch"
        }
    } catch {
        line.merge(shown(error)) { $1 }
    }
    let text = (try? JSONSerialization.data(withJSONObject: line)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    guard let claims else { return text }
    // As they were signed: no number goes through a type of Swift. Line ends stand between tokens of JSON alone.
    let oneLine = claims.components(separatedBy: CharacterSet(charactersIn: "\r\n")).joined(separator: " ")
    return "\(text.dropLast()),\"claims\":\(oneLine)}"
}

/// Whether each of a batch of the same token comes out as it does alone.
private func isSameInBatch(_ one: Case, _ token: String, _ line: [String: Any], _ claims: String?) async throws -> Bool {
    // What endpoints ask for is no part of a batch.
    if one.members["require"] != nil { return true }
    return try await one.validator().validateMany([token, token]).allSatisfy { result in
        switch result {
        case .success(let token): return token.payload == claims
        case .failure(let error):
            let other = shown(error)
            return claims == nil && ["verdict", "code", "claim"].allSatisfy { "\(other[$0] ?? "")" == "\(line[$0] ?? "")" }
        }
    }
}

/// Why a case comes out as it does.
private func explained(_ one: Case) async -> String {
    var line: [String: Any] = ["id": one.id]
    do {
        let explanation = try await one.explain(one.validator())
        line["explanation"] = try JSONSerialization.jsonObject(with: Data(explanation.json.utf8))
        line["text"] = explanation.text
    } catch {
        line.merge(shown(error)) { $1 }
    }
    return (try? JSONSerialization.data(withJSONObject: line)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
}

/// What comes of a policy file beside other files; its variables are set by whoever started this.
private func loaded(_ one: Case) async -> String {
    var line: [String: Any] = ["id": one.id]
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: folder) }
    do {
        let policy = "policy.\(one.members["format"] as? String ?? "")"
        var files = one.members["files"] as? [String: String] ?? [:]
        files[policy] = one.members["text"] as? String
        for (name, text) in files {
            let file = folder.appendingPathComponent(name)
            try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
        }
        let validator = try Validator(policyFile: folder.appendingPathComponent(policy).path, host: one.host())
        _ = try await validator.validate(one.members["token"] as? String ?? "")
        line["verdict"] = "accepted"
    } catch JotgateError.policy(let problems) {
        line["problems"] = problems.map { problem in
            ["path": problem.path, "line": problem.line ?? NSNull(), "column": problem.column ?? NSNull()] as [String: Any]
        }
    } catch {
        line["verdict"] = shown(error)["verdict"]
    }
    return (try? JSONSerialization.data(withJSONObject: line)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
}

/// What an error is in the report.
private func shown(_ error: any Error) -> [String: Any] {
    switch error {
    case JotgateError.policy(let problems):
        return ["verdict": "policy_error", "code": "policy_error", "path": problems[0].path, "paths": problems.map(\.path)]
    case JotgateError.keysUnavailable: return ["verdict": "unavailable", "code": "keys_unavailable"]
    case JotgateError.invalidToken(let rejection):
        return ["verdict": "rejected", "code": rejection.code, "claim": rejection.claim ?? NSNull()]
    case JotgateError.internalError: return ["verdict": "rejected", "code": "internal_error"]
    default: return ["verdict": "crash", "code": "\(error)"]
    }
}

func challenge(_ answer: Answer) -> Any {
    answer.headers.first { $0.name.lowercased() == "www-authenticate" }?.value ?? NSNull()
}
