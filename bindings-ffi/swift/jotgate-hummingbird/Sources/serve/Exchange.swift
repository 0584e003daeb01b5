import Foundation
import Jotgate

/// An exchange of the vectors, or a policy for odd targets, as far as a server needs it.
struct Exchange: Sendable {
    let id: String
    let mount: String
    private let policy: String
    private let responses: [String: FetchResponse]
    private let now: Double

    init(_ members: [String: Any]) throws {
        id = members["id"] as? String ?? ""
        mount = members["mount"] as? String ?? ""
        policy = String(
            decoding: try JSONSerialization.data(withJSONObject: members["policy"] ?? [:] as [String: Any]), as: UTF8.self)
        now = (members["now"] as? NSNumber)?.doubleValue ?? 0
        responses = (members["responses"] as? [String: [String: Any]] ?? [:]).mapValues { answer in
            let headers = answer["headers"] as? [String: String] ?? [:]
            return FetchResponse(
                status: (answer["status"] as? NSNumber)?.intValue ?? 0, headers: headers.map { (name: $0, value: $1) },
                body: Data((answer["body"] as? String ?? "").utf8))
        }
    }

    func validator() throws -> Validator {
        var host = Validator.Host(fetcher: Answers(responses: responses))
        let now = Date(timeIntervalSince1970: now)
        host.clock = { now }
        // Issuers that are down are what many exchanges are about.
        host.log = { _ in }
        return try Validator(policy: policy, host: host)
    }
}

func read(_ path: String) throws -> [Exchange] {
    let file = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: path))) as? [String: Any]
    return try (file?["exchanges"] as? [[String: Any]] ?? []).map(Exchange.init)
}

/// The issuer of an exchange.
private struct Answers: Fetcher {
    let responses: [String: FetchResponse]

    func fetch(_ request: FetchRequest) async throws -> FetchResponse {
        guard let answer = responses[request.url] else { throw FetchError.connection("there is no answer for this URL") }
        return answer
    }
}
