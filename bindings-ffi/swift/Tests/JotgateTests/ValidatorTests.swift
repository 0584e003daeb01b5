import Foundation
import Jotgate
import JotgateTesting
import Testing

struct ValidatorTests {
    let issuer: TestIssuer
    let validator: Validator

    init() throws {
        issuer = try JotgateTests.issuer.get()
        validator = try Validator(policy: issuer.policy())
    }

    struct Claims: Decodable, Equatable {
        let sub: String
        let tenant: [String: String]
    }

    @Test func aTokenSaysWhatItHolds() async throws {
        let text = try issuer.token("alice", scopes: ["a", "b"], claims: ["tenant": ["name": "blue"], "jti": "7"])
        let token = try await validator.validate(text)
        #expect([token.subject, token.issuer, token.id] == ["alice", "https://issuer.test/", "7"])
        #expect(token.audience == ["test-api"])
        #expect(token.scopes == ["a", "b"])
        #expect(try #require(token.expiresAt) > Date())
        #expect(try token.claims(as: Claims.self) == Claims(sub: "alice", tenant: ["name": "blue"]))
        #expect(token.claim("tenant", as: [String: String].self) == ["name": "blue"])
        #expect(token.claim("none", as: String.self) == nil)
        #expect(token.header.contains("RS256"))
        #expect(!"\(token) \(String(reflecting: token)) \(String(describing: Optional(token)))".contains("alice"))
    }

    @Test(arguments: ["expired", "not_yet_valid", "audience_mismatch", "unknown_issuer", "invalid_signature", "malformed_token"])
    func badTokensAreRefusedWithTheirCode(_ code: String) async throws {
        let bad = try #require(try issuer.bad(code))
        let found = await thrown { try await validator.validate(bad) }
        let error = try #require(found)
        guard case .invalidToken(let rejection) = error else { throw error }
        #expect([error.code, rejection.code] == [code, code])
        #expect(!error.description.contains(bad))
        let answer = validator.answer(to: error)
        #expect(answer.status == 401)
        #expect(answer.headers.contains { $0.name.lowercased() == "www-authenticate" })
    }

    @Test func whatIsNoTokenIsRefused() async throws {
        for text in ["", "x", "a.b.c", "\u{e4}.b.c", "a\0", String(repeating: "a", count: 100_000)] {
            let code = await thrown { try await validator.validate(text) }?.code
            #expect(["malformed_token", "token_too_large"].contains(code))
        }
    }

    @Test func aTokenIsJudgedForAnotherTime() async throws {
        let text = try issuer.token()
        let later = Date().addingTimeInterval(1e6)
        #expect(await thrown { try await validator.validate(text, asOf: later) }?.code == "expired")
        #expect(await thrown { try await validator.validate(text, asOf: .distantFuture) }?.code == "expired")
    }

    @Test func mistakesHaveTheNamesOfArguments() async throws {
        let error = await thrown {
            try Validator(issuer: "https://a.example/", audience: "a", leeway: .seconds(3600), keySet: .init(ttl: .seconds(-1)))
        }
        guard case .policy(let problems) = error else { throw error ?? .internalError("nothing") }
        #expect(problems.map(\.path).sorted() == ["keySet.ttl", "leeway"])
        let secret = Validator.Secret.bytes(Data("too short".utf8))
        let short = await thrown { try Validator(issuer: ["a", "b"], audience: "a", secret: secret) }
        guard case .policy(let found) = short else { throw error ?? .internalError("nothing") }
        #expect(found.map(\.path) == ["secret"])
    }

    @Test func mistakesInAFileHaveLines() async throws {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).yaml")
        try Data("version: 1\nissuers:\n  - issuer: https://a.example/\n    audience: a\n    leeway: 1h\n".utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let error = await thrown { try Validator(policyFile: file.path) }
        guard case .policy(let problems) = error else { throw error ?? .internalError("nothing") }
        #expect(problems.map(\.path) == ["issuers[0].leeway"])
        #expect(problems.map(\.line) == [5])
        #expect(await thrown { try Validator(policyFile: "policy.txt") }?.code == "policy_error")
        #expect(throws: (any Error).self) { try Validator(policyFile: "none.yaml") }
    }

    @Test func endpointsAskForMore() async throws {
        let token = try await validator.validate(issuer.token("alice", scopes: ["orders:read"]))
        try validator.require(token, scopes: ["orders:read"])
        let error = await thrown { try validator.require(token, scopes: ["orders:write"]) }
        #expect(error?.code == "insufficient_scope")
        let answer = validator.answer(to: try #require(error))
        #expect(answer.status == 403)
        #expect(answer.headers.contains { $0.value.contains("scope=\"orders:write\"") })
        let claims = try Requirement(document: #"{"claims": [{"claim": "sub", "equals": "bob"}]}"#)
        #expect(await thrown { try validator.require(token, claims) }?.code == "claim_rejected")
        #expect(await thrown { try validator.require(nil, scopes: ["a"]) }?.code == "missing_token")
        #expect(await thrown { try Requirement(scopes: [""]) }?.code == "policy_error")
        #expect(validator.answer(to: CancellationError()).status == 500)
    }

    @Test func operatorsSeeWhy() async throws {
        let bad = try #require(try issuer.bad("expired"))
        let explanation = try await validator.explain(bad)
        #expect(explanation.json.contains("\"expired\""))
        #expect(explanation.text.hasPrefix("rejected"))
        #expect(explanation.coloured.contains("\u{1b}"))
        let fetching = try Validator(policy: issuer.policyFetching("https://issuer.test"), host: .init(fetcher: issuer))
        #expect(try await fetching.explain(issuer.token()).text.hasPrefix("accepted"))
        let fields = [("Authorization", "Bearer \(try issuer.token())")]
        #expect(try await validator.explainRequest(method: "GET", path: "/", headers: fields).text.hasPrefix("accepted"))
    }

    @Test func requestsTakeTheirRoute() async throws {
        var policy = try #require(JSONSerialization.jsonObject(with: Data(issuer.policy().utf8)) as? [String: Any])
        policy["routes"] = [["path": "/health", "skip": true], ["path": "/orders"]]
        policy["unmatched"] = "deny"
        let routed = try Validator(policy: String(decoding: JSONSerialization.data(withJSONObject: policy), as: UTF8.self))
        let fields = ["Authorization": "Bearer \(try issuer.token("alice"))"]
        #expect(try await routed.validateRequest(method: "GET", path: "/orders", headers: fields)?.subject == "alice")
        #expect(try await routed.validateRequest(method: "GET", path: "/health") == nil)
        #expect(await thrown { try await routed.validateRequest(method: "GET", path: "/orders") }?.code == "missing_token")
        let error = await thrown { try await routed.validateRequest(method: "GET", path: "/other", headers: fields) }
        #expect(error.map { routed.answer(to: $0).status } == 403)
    }

    @Test func theApplicationHasTheLastWord() async throws {
        var host = Validator.Host()
        host.isRevoked = { $0.claim("sub") == "mallory" }
        host.log = { _ in }
        let asking = try Validator(policy: issuer.policy(), host: host)
        #expect(try await asking.validate(issuer.token("alice")).subject == "alice")
        #expect(await thrown { try await asking.validate(issuer.token("mallory")) }?.code == "revoked")
        host.isRevoked = { _ in throw FetchError.timeout }
        let failing = try Validator(policy: issuer.policy(), host: host)
        let found = await thrown { try await failing.validate(issuer.token("alice")) }
        let error = try #require(found)
        #expect(error.code == "internal_error")
        #expect(failing.answer(to: error).status == 500)
    }

    @Test func everyOptionIsOneOfTheCore() async throws {
        let full = try Validator(
            issuer: ["https://a.example/"], audience: ["a", "b"], jwks: issuer.jwks(), algorithms: ["RS256"], typ: "at+jwt",
            requiredClaims: ["exp", "sub"], leeway: .seconds(10), maxAge: .seconds(60), maxLifetime: .seconds(60),
            rejectFutureIat: true, confirmation: "ignore", clientId: .only(["web"]), scopes: .init(all: ["a"], any: ["b", "c"]),
            tryAllKeys: true, responses: "wso2", limits: .init(tokenBytes: 4096, jsonDepth: 8))
        #expect(await thrown { try await full.validate(issuer.token()) }?.code == "unknown_issuer")
        let keySet = Validator.KeySet(
            ttl: .seconds(60), maxStale: .seconds(60), timeout: .milliseconds(1500), cooldown: .seconds(10), maxBody: 10_000,
            maxKeys: 5, allowHttp: true)
        let url = "https://a.example/jwks"
        let fetching = try Validator(
            issuer: "https://a.example/", audience: "a", jwksUri: url, profile: "rfc9068", keySet: keySet)
        #expect(try fetching.health().sources.map(\.url) == [url])
        let secret = Validator.Secret.text("a secret of at least 32 bytes for this test")
        #expect(throws: Never.self) { try Validator(issuer: "a", audience: "a", discovery: false, secret: secret) }
    }
}
