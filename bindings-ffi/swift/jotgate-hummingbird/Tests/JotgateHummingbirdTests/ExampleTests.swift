import AsyncHTTPClient
import Foundation
import Hummingbird
import HummingbirdTesting
import Jotgate
import JotgateTesting
import Testing

/// The service of `Examples/orders`, as a process, with its policy and an issuer on loopback.
struct ExampleTests {
    static let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    @Test func theServiceDoesWhatItsPolicySays() async throws {
        let yaml = try String(contentsOf: Self.package.appendingPathComponent("Examples/orders/policy.yaml"), encoding: .utf8)
        let issuer = try TestIssuer(policy: Policy.json(of: yaml, format: .yaml))
        let router = Router()
        router.get("jwks") { _, _ in try issuer.jwks() }
        try await Application(router: router).test(.live) { client in
            let policy = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).json")
            defer { try? FileManager.default.removeItem(at: policy) }
            try Data(issuer.policyFetching("http://localhost:\(client.port ?? 0)").utf8).write(to: policy)
            let (service, base) = try await started(policy.path)
            defer { service.terminate() }

            #expect(try await status("GET", "\(base)/orders") == 401)
            let weak = try issuer.token("alice")
            #expect(try await status("GET", "\(base)/orders", weak) == 200)
            #expect(try await status("POST", "\(base)/orders", weak) == 403)
            #expect(try await status("POST", "\(base)/orders", issuer.token("alice", scopes: ["orders:write"])) == 200)
            #expect(try await status("GET", "\(base)/ready") == 200)
        }
    }

    /// The process, and where it serves.
    func started(_ policy: String) async throws -> (Process, String) {
        let process = Process()
        let output = Pipe()
        process.executableURL = Self.package.appendingPathComponent(".build/debug/orders")
        process.arguments = [policy, "0"]
        process.standardOutput = output
        try process.run()
        // On a thread that no task needs.
        let port = await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: Self.port(output.fileHandleForReading)) }
        }
        return (process, "http://127.0.0.1:\(try #require(port))")
    }

    /// What the service says of its port; nil where it ends without that.
    static func port(_ output: FileHandle) -> Int? {
        var said = ""
        while true {
            let more = output.availableData
            if more.isEmpty { return nil }
            said += String(decoding: more, as: UTF8.self)
            // Whole lines alone.
            for line in said.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
                if line.hasPrefix("orders: port ") { return Int(line.dropFirst("orders: port ".count)) }
            }
        }
    }

    func status(_ method: String, _ url: String, _ token: String? = nil) async throws -> Int {
        var request = HTTPClientRequest(url: url)
        request.method = .init(rawValue: method)
        if let token { request.headers.add(name: "authorization", value: "Bearer \(token)") }
        return Int(try await HTTPClient.shared.execute(request, timeout: .seconds(60)).status.code)
    }
}
