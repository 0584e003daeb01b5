import Foundation
import Hummingbird
import Jotgate
import JotgateHummingbird
import Testing

/// The lines of the README, with an issuer that needs no network. `theReadmeHasTheseLines` compares.
struct ReadmeTests {
    /// In place of that which fetches.
    // swift-format-ignore: AlwaysUseLowerCamelCase
    func Validator(issuer: String, audience: String) throws -> Jotgate.Validator {
        try Jotgate.Validator(
            issuer: issuer, audience: audience, host: .init(fetcher: JotgateHummingbirdTests.issuer.get()))
    }

    @Test func aServiceBehindAPolicy() async throws {
        let validator = try Validator(issuer: "https://idp.example.com/", audience: "orders")
        let router = Router(context: JotgateContext.self)
        router.add(middleware: JotgateMiddleware(validator))
        router.get("orders") { _, context in "orders of \(context.verifiedToken?.subject ?? "")" }
        router.group("orders").add(middleware: try RequireMiddleware(validator, scopes: ["orders:write"]))
            .post { _, _ in "made" }

        let token = try issuer.get().token("alice")
        try await served(router) { send async throws in
            #expect(try await send(.get, "/orders", token).body == "orders of alice")
            #expect(try await send(.post, "/orders", token).status == 403)
        }
    }

    @Test func theReadmeHasTheseLines() throws {
        let here = URL(fileURLWithPath: #filePath)
        let package = here.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let readme = try String(contentsOf: package.appendingPathComponent("README.md"), encoding: .utf8)
        let blocks = readme.components(separatedBy: "```swift\n").dropFirst().map { $0.components(separatedBy: "```")[0] }
        #expect(blocks.count == 1)
        let source = try String(contentsOf: here, encoding: .utf8)
        for block in blocks {
            let indented = block.split(separator: "\n").filter { !$0.hasPrefix("import ") && !$0.hasPrefix("try await ") }
            #expect(source.contains(indented.map { "        \($0)\n" }.joined()), "\(block)")
        }
    }
}
