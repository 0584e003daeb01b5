import Foundation
import Jotgate

/// The line of the report.
func outcome(of one: Case) async -> String {
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
    } catch {
        line.merge(shown(error)) { $1 }
    }
    let text = (try? JSONSerialization.data(withJSONObject: line)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    guard let claims else { return text }
    // As they were signed: no number goes through a type of Swift. Line ends stand between tokens of JSON alone.
    let oneLine = claims.components(separatedBy: CharacterSet(charactersIn: "\r\n")).joined(separator: " ")
    return "\(text.dropLast()),\"claims\":\(oneLine)}"
}

/// Why a case comes out as it does.
func explained(_ one: Case) async -> String {
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
func loaded(_ one: Case) async -> String {
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

private func challenge(_ answer: Answer) -> Any {
    answer.headers.first { $0.name.lowercased() == "www-authenticate" }?.value ?? NSNull()
}
