import Foundation
import Jotgate
import JotgateTesting
import Testing

/// What is done with documents without a validator; the imports and documents of `tests/vectors` say the rest.
struct DocumentTests {
    @Test func policiesAreLinted() throws {
        let policy = """
            version: 1
            issuers:
              - issuer: any
                audience: any
                keys: { accept_unsigned: true }
            """
        let warnings = try Policy.lint(policy, format: .yaml)
        #expect(warnings.contains { $0.path == "issuers[0].keys.accept_unsigned" })
        #expect(throws: JotgateError.self) { try Policy.lint("version: 1", format: .yaml) }
        #expect(try Policy.json(of: "version = 1", format: .toml) == #"{"version":1}"#)
        #expect(Policy.schema.contains("2020-12"))
    }

    @Test func policiesOfGatewaysAreRead() throws {
        #expect(Policy.products.contains("wso2"))
        let text = """
            [[apim.jwt.issuer]]
            name = "https://idp.example.com/"
            [apim.jwt.issuer.jwks]
            url = "https://idp.example.com/jwks"
            """
        let imported = try PolicyImport(of: "wso2", text)
        #expect(imported.policy.contains("https://idp.example.com/jwks"))
        #expect(imported.notes.allSatisfy { ["carried", "changed", "cannot"].contains($0.kind) })
        #expect(imported.complete == !imported.notes.contains { $0.kind == "cannot" })
        #expect(throws: JotgateError.self) { try PolicyImport(of: "nobody", text) }
    }

    @Test func everyOptionHasItsPlaceInTheDocument() async throws {
        let issuer = try JotgateTests.issuer.get()
        let mapped = try Validator(
            issuer: issuer.name(), audience: "test-api", jwks: issuer.jwks(), clientId: .only(["web"], expression: "claims.app"),
            claimMapping: ["roles": "groups"], defaultClaimMapping: false)
        let token = try await mapped.validate(issuer.token(claims: ["app": "web", "roles": ["a"]]))
        #expect(token.claim("groups", as: [String].self) == ["a"])
        let other = try issuer.token(claims: ["app": "other"])
        #expect(await thrown { try await mapped.validate(other) }?.code == "client_not_allowed")
        var host = Validator.Host()
        host.clientLookup = { id, _ in id == "web" }
        let asking = try Validator(
            issuer: issuer.name(), audience: "test-api", jwks: issuer.jwks(), clientId: .byLookup(claims: ["app"]), host: host)
        #expect(try await asking.validate(issuer.token(claims: ["app": "web"])).claim("app") == "web")
        #expect(await thrown { try await asking.validate(other) }?.code == "client_not_allowed")
        _ = try Validator(issuer: "a", audience: "a", acceptUnsigned: true, clientId: .byLookup, host: host)
    }

    @Test func mistakesInOptionsAreAboutThem() async throws {
        let both = await thrown { try Validator(issuer: "a", audience: "a", secret: .hex("00"), acceptUnsigned: true) }
        guard case .policy(let problems) = both else { throw both ?? .internalError("nothing") }
        #expect(problems.allSatisfy { ["secret", "acceptUnsigned"].contains($0.path) }, "\(problems)")
        let none = await thrown { try Validator(issuer: ["a", "b"], audience: "a") }
        guard case .policy(let found) = none else { throw none ?? .internalError("nothing") }
        #expect(found.map(\.path) == ["discovery"])
        #expect(found[0].hint?.contains("jwksUri") == true)
    }
}
