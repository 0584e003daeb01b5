import Foundation
import Jotgate
import JotgateTesting
import Testing

/// The lines of the README, with an issuer that needs no network. `theReadmeHasTheseLines` compares.
struct ReadmeTests {
    static let issuer = Result { try TestIssuer(issuer: "https://idp.example.com/", audience: "orders") }

    struct Order: Decodable {
        let tenant: String
    }

    /// In place of that which fetches.
    // swift-format-ignore: AlwaysUseLowerCamelCase
    func Validator(issuer: String, audience: String) throws -> Jotgate.Validator {
        try Jotgate.Validator(issuer: issuer, audience: audience, host: .init(fetcher: Self.issuer.get()))
    }

    @Test func tokens() async throws {
        let text = try Self.issuer.get().token("alice", scopes: ["orders:read"], claims: ["tenant": "blue"])
        var printed: [String] = []
        func print(_ words: Any...) { printed += words.map { "\($0)" } }

        let validator = try Validator(issuer: "https://idp.example.com/", audience: "orders")
        do {
            let token = try await validator.validate(text)
            print(token.subject ?? "", token.scopes, try token.claims(as: Order.self).tenant)
            try validator.require(token, scopes: ["orders:write"])
        } catch {
            let answer = validator.answer(to: error)
            print(answer.status, answer.headers)
        }

        #expect(printed.prefix(4) == ["alice", "[\"orders:read\"]", "blue", "403"])

        let token = try await validator.validateRequest(
            method: "GET", path: "/orders", headers: ["Authorization": "Bearer \(text)"])

        #expect(token?.subject == "alice")
    }

    @Test func policies() async throws {
        var printed: [Bool] = []
        func print(_ word: Bool) { printed.append(word) }
        let host = try Jotgate.Validator.Host(fetcher: Self.issuer.get())

        let orders = try Jotgate.Validator(
            policy: """
                version: 1
                issuers:
                  - issuer: https://idp.example.com/
                    audience: orders
                unmatched: token
                routes:
                  - path: /health
                    skip: true
                """, format: .yaml, host: host)
        print(try await orders.validateRequest(method: "GET", path: "/health") == nil)

        #expect(printed == [true])
    }

    actor Revoked {
        func contains(_ id: String) -> Bool { id == "7" }
    }

    typealias Shared = KeySetTests.Shared

    @Test func whatYouAdd() async throws {
        let fetcher = try Self.issuer.get()
        let revoked = Revoked()

        var host = Jotgate.Validator.Host(fetcher: fetcher)
        host.isRevoked = { token in await revoked.contains(token.claim("jti") ?? "") }
        host.transform = { claims in claims.replacingOccurrences(of: "http://idp.example.com/tenant", with: "tenant") }
        host.store = Shared()
        host.onEvent = { event in print(event.name) }
        let asking = try Jotgate.Validator(issuer: "https://idp.example.com/", audience: "orders", host: host)

        let text = try fetcher.token("alice", claims: ["http://idp.example.com/tenant": "blue", "jti": "8"])
        #expect(try await asking.validate(text).claim("tenant") == "blue")
        let other = try fetcher.token("alice", claims: ["jti": "7"])
        #expect(await thrown { try await asking.validate(other) }?.code == "revoked")
    }
}

struct ReadmeOfTheKitTests {
    @Test func testsOfYourOwn() async throws {
        let issuer = try TestIssuer(issuer: "https://idp.example.com/", audience: "orders")
        let host = Validator.Host(fetcher: issuer)
        let validator = try Validator(issuer: "https://idp.example.com/", audience: "orders", host: host)
        let token = try await validator.validate(issuer.token("alice", scopes: ["orders:read"]))

        #expect(token.scopes == ["orders:read"])
    }

    @Test func theReadmeHasTheseLines() throws {
        let here = URL(fileURLWithPath: #filePath)
        let package = here.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let readme = try String(contentsOf: package.appendingPathComponent("README.md"), encoding: .utf8)
        let blocks = readme.components(separatedBy: "```swift\n").dropFirst().map { $0.components(separatedBy: "```")[0] }
        #expect(blocks.count == 5)
        let source = try String(contentsOf: here, encoding: .utf8)
            // The type, where the struct of these tests has a function of its name.
            .replacingOccurrences(of: "Jotgate.Validator", with: "Validator")
        for block in blocks {
            let indented = block.split(separator: "\n").filter { !$0.hasPrefix("import ") }.map { "        \($0)\n" }.joined()
            #expect(source.contains(indented), "\(block)")
        }
    }
}
