import Foundation
import Jotgate
import JotgateTesting
import Testing

/// Stores, snapshots, events and batches; the scenarios of `tests/vectors` say the rest.
struct KeySetTests {
    let issuer: TestIssuer
    let policy: String

    init() throws {
        issuer = try JotgateTests.issuer.get()
        policy = try issuer.policyFetching("https://issuer.test")
    }

    /// A store as processes share one.
    actor Shared: KeySetStore {
        private(set) var text: String?
        private(set) var loads = 0

        func load() -> String? {
            loads += 1
            return text
        }

        func save(_ text: String) { self.text = text }
    }

    struct Nobody: Fetcher {
        func fetch(_ request: FetchRequest) async throws -> FetchResponse { throw FetchError.connection("nobody is there") }
    }

    struct Lost: KeySetStore {
        struct Away: Error {}
        func load() async throws -> String? { throw Away() }
        func save(_ text: String) async throws { throw Away() }
    }

    @Test func processesShareTheirKeySets() async throws {
        let store = Shared()
        var host = Validator.Host(fetcher: issuer)
        host.store = store
        let first = try Validator(policy: policy, host: host)
        let text = try issuer.token("alice")
        #expect(try await first.validate(text).subject == "alice")
        #expect(try await first.settled(within: .seconds(30)))
        #expect(await store.text?.contains("test-1") == true)
        host.fetcher = Nobody()
        #expect(try await Validator(policy: policy, host: host).validate(text).subject == "alice")
        #expect(await store.loads == 2)
    }

    @Test func aStoreThatIsAwayCostsNothing() async throws {
        let told = Told()
        var host = Validator.Host(fetcher: issuer)
        host.store = Lost()
        host.log = { told.add($0) }
        let validator = try Validator(policy: policy, host: host)
        #expect(try await validator.validate(issuer.token("alice")).subject == "alice")
        #expect(try await validator.settled(within: .seconds(30)))
        #expect(told.text.contains("the store of key sets gave nothing: Away()"))
        #expect(told.text.contains("key sets were not saved: Away()"))
    }

    @Test func snapshotsBeginWithKeys() async throws {
        let first = try Validator(policy: policy, host: .init(fetcher: issuer))
        let text = try issuer.token("alice")
        _ = try await first.validate(text)
        let second = try Validator(policy: policy, host: .init(fetcher: Nobody()))
        #expect(try second.importKeys(first.exportKeys()) == 1)
        #expect(try await second.validate(text).subject == "alice")
        #expect(throws: SnapshotError.self) { try second.importKeys("no snapshot") }
    }

    @Test func listenersHearInOrder() async throws {
        let told = Told()
        var host = Validator.Host(fetcher: issuer)
        host.onEvent = { event in
            // Whether the kit's key set has one of these is no concern here.
            if event.name == "key_skipped" { return }
            told.add("\(event.name) \(event.code ?? "-") \(event.source.map(String.init) ?? "-")")
        }
        let validator = try Validator(policy: policy, host: host)
        #expect(await thrown { try await validator.validate("no token") }?.code == "malformed_token")
        _ = try await validator.validate(issuer.token())
        try validator.replace(policy: issuer.policy())
        #expect(try await validator.settled(within: .seconds(30)))
        let expected = """
            rejected malformed_token -
            fetch_started - 0
            fetch_ok - 0
            keys_changed - 0
            policy_replaced - -
            """
        #expect(told.text == expected)
    }

    @Test func manyTokensAreJudgedAtOnce() async throws {
        let validator = try Validator(policy: policy, host: .init(fetcher: issuer))
        let tokens = try [issuer.token("alice"), "no token", issuer.token("bob"), #require(try issuer.bad("expired"))]
        let results = try await validator.validateMany(tokens)
        let found = results.map { result in
            switch result {
            case .success(let token): token.subject ?? ""
            case .failure(let error): error.code
            }
        }
        #expect(found == ["alice", "malformed_token", "bob", "expired"])
        #expect(try validator.health().sources[0].fetches == 1)
        #expect(try await validator.validateMany([]).isEmpty)
    }

    @Test func theApplicationChangesWhatItSees() async throws {
        var host = Validator.Host()
        host.transform = { _ in #"{"sub": "somebody", "roles": ["a"]}"# }
        let changing = try Validator(policy: issuer.policy(), host: host)
        let token = try await changing.validate(issuer.token("alice", scopes: ["a"]))
        #expect(token.subject == "somebody")
        #expect(token.claim("roles", as: [String].self) == ["a"])
        // What was signed stays.
        #expect(token.payload.contains("alice"))
        #expect(token.scopes == ["a"])
        try changing.require(token, Requirement(document: #"{"claims": [{"claim": "sub", "equals": "alice"}]}"#))
        for broken: @Sendable (String) throws -> String in [{ _ in "[]" }, { _ in throw FetchError.timeout }] {
            host.transform = broken
            host.log = { _ in }
            let refusing = try Validator(policy: issuer.policy(), host: host)
            #expect(await thrown { try await refusing.validate(issuer.token()) }?.code == "internal_error")
        }
    }

    @Test func requestsChangeBeforeTheyGoOn() async throws {
        var policy = try #require(JSONSerialization.jsonObject(with: Data(issuer.policy().utf8)) as? [String: Any])
        policy["forward"] = ["claims_to_headers": ["sub": "X-Subject"], "strip_token": true]
        let validator = try Validator(policy: String(decoding: JSONSerialization.data(withJSONObject: policy), as: UTF8.self))
        #expect(validator.forwards)
        let headers = [("Authorization", "Bearer \(try issuer.token("alice"))"), ("X-Subject", "mallory")]
        let token = try await validator.validateRequest(method: "GET", path: "/", headers: headers)
        let forward = try validator.forward(token, method: "GET", path: "/", headers: headers)
        #expect(forward.set.map { "\($0.name.lowercased()): \($0.value)" } == ["x-subject: alice"])
        #expect(Set(forward.remove.map { $0.lowercased() }).isSuperset(of: ["authorization", "x-subject"]))
        #expect(forward.query == nil)
        #expect(try !Validator(policy: issuer.policy()).forwards)
    }
}
