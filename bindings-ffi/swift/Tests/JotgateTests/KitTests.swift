import Foundation
import Jotgate
import JotgateTesting
import Testing

/// The test kit, on issuers of its own: they change.
struct KitTests {
    let issuer: TestIssuer

    init() throws {
        issuer = try TestIssuer(algorithm: "ES256", kid: "first", claims: ["tenant": "blue"])
    }

    @Test func tokensHaveWhatIsAskedFor() async throws {
        let validator = try Validator(policy: issuer.policy())
        let token = try await validator.validate(issuer.token("alice"))
        #expect(token.claim("tenant") == "blue")
        #expect(token.header.contains("ES256") && token.header.contains("first"))
        let old = try issuer.token(now: Date(timeIntervalSinceNow: -1e6))
        #expect(await thrown { try await validator.validate(old) }?.code == "expired")
    }

    @Test func thePolicyThatShipsIsTaken() async throws {
        let shipped = """
            {"version": 1, "issuers": [{"issuer": "https://idp.example.com/", "audience": "orders", "scopes": {"all": ["a"]}}]}
            """
        let issuer = try TestIssuer(policy: shipped)
        let token = try await Validator(policy: issuer.policy()).validate(issuer.token("alice"))
        #expect(token.issuer == "https://idp.example.com/")
        #expect(token.scopes == ["a"])
        #expect(throws: JotgateError.self) { try TestIssuer(policy: "no policy") }
    }

    @Test func everyValidatorTakesItsVerifiedTokens() async throws {
        let other = try Validator(
            issuer: "https://other.example/", audience: "other", secret: .hex(String(repeating: "ab", count: 32)))
        let token = try await issuer.verified("alice", scopes: ["a"])
        #expect(try other.require(token, scopes: ["a"]).subject == "alice")
        let validated = try await Validator(policy: issuer.policy()).validate(issuer.token(scopes: ["a"]))
        #expect(await thrown { try other.require(validated, scopes: ["a"]) } != nil)
    }

    @Test func keysChangeAndBreak() async throws {
        let policy = try issuer.policyFetching("https://issuer.test")
        var host = Validator.Host(fetcher: issuer)
        host.log = { _ in }
        let before = try issuer.token("alice")
        #expect(try issuer.rotate(kid: "second") == "second")
        #expect(try issuer.jwks().contains("first"))
        #expect(try await Validator(policy: policy, host: host).validate(before).subject == "alice")
        try issuer.retireKeys()
        #expect(await thrown { try await Validator(policy: policy, host: host).validate(before) }?.code == "unknown_key")
        for fault: TestIssuer.Fault in [.html, .empty, .error, .gone, .slow, .unreachable] {
            try issuer.breakKeys(fault)
            let error = await thrown { try await Validator(policy: policy, host: host).validate(issuer.token()) }
            #expect(error?.code == "keys_unavailable", "\(fault)")
        }
        try issuer.breakKeys(.wrongKey)
        #expect(
            await thrown { try await Validator(policy: policy, host: host).validate(issuer.token()) }?.code == "invalid_signature"
        )
        try issuer.mend()
        #expect(try await Validator(policy: policy, host: host).validate(issuer.token("bob")).subject == "bob")
    }
}
