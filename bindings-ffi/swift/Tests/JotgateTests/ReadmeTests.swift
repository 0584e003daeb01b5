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
        #expect(blocks.count == 3)
        let source = try String(contentsOf: here, encoding: .utf8)
        for block in blocks {
            let indented = block.split(separator: "\n").filter { !$0.hasPrefix("import ") }.map { "        \($0)\n" }.joined()
            #expect(source.contains(indented), "\(block)")
        }
    }
}
