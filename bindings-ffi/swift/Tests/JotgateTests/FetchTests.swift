import Foundation
import Jotgate
import JotgateTesting
import Testing

struct FetchTests {
    let issuer: TestIssuer

    init() throws {
        issuer = try JotgateTests.issuer.get()
    }

    /// The policy of an issuer that is on loopback, without its own bounds where none are given.
    func validator(
        _ base: String, _ host: Validator.Host = .init(fetcher: URLSessionFetcher()), keySet: [String: any Sendable] = [:]
    )
        throws -> Validator
    {
        var policy = try #require(JSONSerialization.jsonObject(with: Data(issuer.policyFetching(base).utf8)) as? [String: Any])
        var entries = try #require(policy["issuers"] as? [[String: Any]])
        entries[0]["jwks"] = keySet.merging(["allow_http": true]) { $1 }
        policy["issuers"] = entries
        return try Validator(policy: String(decoding: JSONSerialization.data(withJSONObject: policy), as: UTF8.self), host: host)
    }

    func quiet(_ told: Told = Told()) -> Validator.Host {
        var host = Validator.Host(fetcher: URLSessionFetcher())
        host.log = { told.add($0) }
        return host
    }

    @Test func oneFetchServesAllWhoWait() async throws {
        let server = try Server.keys(of: issuer, gated: true)
        let validator = try validator(server.base)
        let text = try issuer.token("alice")
        let subjects = try await withThrowingTaskGroup(of: String?.self) { group in
            for _ in 0..<16 { group.addTask { try await validator.validate(text).subject } }
            let request = try await server.request()
            #expect(request["path"] == "/jwks")
            #expect(request["agent"]?.hasPrefix("jotgate") == true)
            try server.openGate()
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(subjects == Array(repeating: "alice", count: 16))
        #expect(try server.stop().isEmpty)
        #expect(try validator.health().ready)
    }

    @Test func cancellingACallerCancelsNoFetch() async throws {
        let server = try Server.keys(of: issuer, gated: true)
        let validator = try validator(server.base)
        let text = try issuer.token("alice")
        let caller = Task { try await validator.validate(text).subject }
        _ = try await server.request()
        caller.cancel()
        let outcome = await caller.result
        #expect(throws: CancellationError.self) { try outcome.get() }
        let other = Task { try await validator.validate(text).subject }
        try server.openGate()
        #expect(try await other.value == "alice")
        #expect(try server.stop().isEmpty)
    }

    @Test func whoeverDoesNotWaitStartsTheFetch() async throws {
        let server = try Server.keys(of: issuer, gated: true)
        let validator = try validator(server.base)
        let text = try issuer.token("alice")
        #expect(await thrown { try await validator.validateNow(text) }?.code == "keys_unavailable")
        _ = try await server.request()
        try server.openGate()
        #expect(try await validator.validate(text).subject == "alice")
        #expect(try await validator.validateNow(text).subject == "alice")
        #expect(try server.stop().isEmpty)
    }

    @Test func redirectsAreNotFollowed() async throws {
        let server = try Server(["/jwks": ["status": 302, "headers": ["location": "/other"], "body": ""]])
        let told = Told()
        let validator = try validator(server.base, quiet(told))
        let found = await thrown { try await validator.validate(issuer.token()) }
        let error = try #require(found)
        #expect(error.code == "keys_unavailable")
        #expect(validator.answer(to: error).status == 503)
        #expect(told.text.contains("/other"))
        #expect(Set(try server.stop()) == ["/jwks"])
    }

    // Not a scheme alone: Foundation's client on Linux does not survive that, which the README says.
    @Test(arguments: ["Bearer realm=\"x\"", "Basic realm=\"x\"", "Digest realm=\"x\", nonce=\"1\"", ""])
    func whoeverAsksForCredentialsGetsNone(_ challenge: String) async throws {
        for status in [401, 407] {
            let headers = ["www-authenticate": challenge, "proxy-authenticate": challenge]
            let server = try Server(["/jwks": ["status": status, "headers": headers, "body": ""]])
            let validator = try validator(server.base, quiet())
            #expect(await thrown { try await validator.validate(issuer.token()) }?.code == "keys_unavailable")
            #expect(try validator.health().sources[0].lastError == "status_\(status)")
        }
    }

    @Test func bodiesAreBounded() async throws {
        let server = try Server(["/jwks": ["status": 200, "body": String(repeating: " ", count: 3_000_000)]])
        let told = Told()
        let validator = try validator(server.base, quiet(told))
        #expect(await thrown { try await validator.validate(issuer.token()) }?.code == "keys_unavailable")
        #expect(try validator.health().sources[0].lastError == "too_large")
    }

    @Test func whatIsSentCompressedAllTheSameIsRead() async throws {
        let headers = ["content-encoding": "gzip"]
        let server = try Server(["/jwks": ["status": 200, "headers": headers, "body": try issuer.jwks(), "gzip": true]])
        #expect(try await validator(server.base).validate(issuer.token("alice")).subject == "alice")
    }

    @Test func aServerThatSaysNothingIsWaitedForNoLongerThanAllowed() async throws {
        let server = try Server.keys(of: issuer, gated: true)
        let validator = try validator(server.base, quiet(), keySet: ["timeout": 1])
        #expect(await thrown { try await validator.validate(issuer.token()) }?.code == "keys_unavailable")
        #expect(try validator.health().sources[0].lastError == "timeout")
    }

    @Test func whatIsNotThereIsToldToOperators() async throws {
        let server = try Server([:])
        let base = server.base
        try server.stop()
        let told = Told()
        let validator = try validator(base, quiet(told))
        guard case .keysUnavailable(let unavailable) = await thrown({ try await validator.validate(issuer.token()) }) else {
            throw FetchError.connection("another error")
        }
        #expect(unavailable.retryAt > .distantPast)
        #expect(try validator.health().sources[0].lastErrorCause?.isEmpty == false)
        #expect(!told.text.isEmpty)
    }

    #if canImport(FoundationNetworking)
        @Test func onLinuxNobodyGetsFoundationsClientWithoutAsking() async throws {
            let server = try Server.keys(of: issuer)
            let told = Told()
            var host = Validator.Host()
            host.log = { told.add($0) }
            let validator = try validator(server.base, host)
            let text = try issuer.token("alice")
            #expect(await thrown { try await validator.validate(text) }?.code == "keys_unavailable")
            #expect(told.text.contains("on Linux no fetcher is a default"), "\(told.text)")
            #expect(try server.stop().isEmpty)
        }
    #endif

    @Test func fetchersOfYourOwn() async throws {
        let base = try issuer.name()
        let validator = try validator(String(base.dropLast()), Validator.Host(fetcher: issuer))
        #expect(try await validator.validate(issuer.token("alice")).subject == "alice")
    }

    struct Broken: Fetcher {
        let does: @Sendable () async throws -> FetchResponse

        func fetch(_ request: FetchRequest) async throws -> FetchResponse { try await does() }
    }

    struct Odd: Error {}

    @Test func whateverAFetcherDoesTheWorkEnds() async throws {
        let useless: [@Sendable () async throws -> FetchResponse] = [
            { throw Odd() }, { throw CancellationError() }, { throw FetchError.timeout },
            { throw FetchError.certificate("not trusted") },
            { FetchResponse(status: -1, headers: [], body: Data()) }, { FetchResponse(status: 200, headers: [], body: Data()) },
            // Longer than the work's time, and longer than anybody waits.
            {
                try await Task.sleep(for: .seconds(86_400))
                throw Odd()
            },
            {
                await withUnsafeContinuation { (_: UnsafeContinuation<Void, Never>) in }
                throw Odd()
            },
        ]
        for does in useless {
            var host = quiet()
            host.fetcher = Broken(does: does)
            let validator = try validator("https://issuer.test", host, keySet: ["timeout": 1])
            #expect(await thrown { try await validator.validate(issuer.token()) }?.code == "keys_unavailable")
        }
    }

    @Test func anotherPolicyComesInItsPlace() async throws {
        let server = try Server.keys(of: issuer)
        let validator = try validator(server.base)
        let text = try issuer.token("alice")
        let held = try await validator.validate(text)
        try validator.replace(policy: issuer.policy())
        #expect(try await validator.validate(text).subject == "alice")
        try validator.require(held, Requirement(document: #"{"claims": [{"claim": "sub", "equals": "alice"}]}"#))
        #expect(await thrown { try validator.replace(policy: #"{"version": 1}"#) }?.code == "policy_error")
        #expect(try await validator.validate(text).subject == "alice")
        validator.refreshKeys()
    }
}
