import Foundation
import Jotgate

/// One case of the vectors.
struct Case {
    let id: String
    let members: [String: Any]

    init(_ members: [String: Any]) {
        self.members = members
        id = members["id"] as? String ?? ""
    }

    func validator() throws -> Validator {
        try Validator(policy: text(of: "policy"), host: host())
    }

    /// What the application says and does; its issuer answers as the case says.
    func host() -> Validator.Host {
        var host = Validator.Host(fetcher: Answers(members["responses"] as? [String: [String: Any]] ?? [:]))
        let now = Date(timeIntervalSince1970: number(members["now"]))
        host.clock = { now }
        host.log = { _ in }
        let said = members["host"] as? [String: String] ?? [:]
        if let client = said["client"] { host.clientLookup = { _, _ in try Self.says(client) } }
        if let revoked = said["revoked"] { host.isRevoked = { _ in try Self.says(revoked) } }
        return host
    }

    /// What the case asks: a token, or a request.
    func ask(_ validator: Validator) async throws -> VerifiedToken? {
        if let token { return try await validator.validate(token) }
        let (method, path, query, headers) = request
        return try await validator.validateRequest(method: method, path: path, query: query, headers: headers)
    }

    func explain(_ validator: Validator) async throws -> Explanation {
        if let token { return try await validator.explain(token) }
        let (method, path, query, headers) = request
        return try await validator.explainRequest(method: method, path: path, query: query, headers: headers)
    }

    var token: String? { members["token"] as? String }

    private var request: (String, String, String, [(String, String)]) {
        let request = members["request"] as? [String: Any] ?? [:]
        var headers = pairs(request["headers"])
        let cookies = pairs(request["cookies"]).map { "\($0)=\($1)" }
        if !cookies.isEmpty { headers.append(("Cookie", cookies.joined(separator: "; "))) }
        let query = pairs(request["query"]).map { "\(escaped($0))=\(escaped($1))" }.joined(separator: "&")
        return (request["method"] as? String ?? "", request["path"] as? String ?? "", query, headers)
    }

    /// A member as JSON text.
    func text(of member: String) throws -> String {
        try jsonText(members[member] ?? NSNull())
    }

    private static func says(_ answer: String) throws -> Bool {
        if answer == "fail" { throw FetchError.connection("the host's function fails") }
        return answer == "yes"
    }
}

/// The issuer of a case.
private struct Answers: Fetcher {
    private let answers: [String: FetchResponse]

    init(_ responses: [String: [String: Any]]) {
        answers = responses.mapValues(response)
    }

    func fetch(_ request: FetchRequest) async throws -> FetchResponse {
        guard let answer = answers[request.url] else { throw FetchError.connection("there is no answer for this URL") }
        return answer
    }
}

/// What an issuer answers, as the vectors have it.
func response(_ answer: [String: Any]) -> FetchResponse {
    FetchResponse(
        status: (answer["status"] as? NSNumber)?.intValue ?? 0,
        headers: pairs(answer["headers"]).map { (name: $0, value: $1) },
        body: Data((answer["body"] as? String ?? "").utf8))
}

func number(_ value: Any?) -> Double { (value as? NSNumber)?.doubleValue ?? 0 }

func jsonText(_ value: Any) throws -> String {
    String(decoding: try JSONSerialization.data(withJSONObject: value, options: .fragmentsAllowed), as: UTF8.self)
}

/// Names and values, of which a name may have several.
private func pairs(_ fields: Any?) -> [(String, String)] {
    let fields = fields as? [String: Any] ?? [:]
    return fields.sorted { $0.key < $1.key }.flatMap { name, values in
        (values as? [String] ?? [values as? String ?? ""]).map { (name, $0) }
    }
}

private func escaped(_ text: String) -> String {
    let unreserved = CharacterSet(charactersIn: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~")
    return text.addingPercentEncoding(withAllowedCharacters: unreserved) ?? text
}
