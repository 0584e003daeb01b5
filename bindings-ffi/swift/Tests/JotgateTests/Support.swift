import Foundation
import Jotgate
import JotgateTesting

/// A server on loopback, which ends with this object.
final class Server: @unchecked Sendable {
    // Each pipe is used by the one test that has made the server.
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()
    private(set) var base = ""

    /// Answers each path so.
    init(_ answers: [String: [String: any Sendable]]) throws {
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", script.appendingPathComponent("server.py").path]
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        let table = try JSONSerialization.data(withJSONObject: answers)
        try input.fileHandleForWriting.write(contentsOf: table + Data("\n".utf8))
        base = "http://127.0.0.1:\(try line())"
    }

    /// One that publishes these keys, when the gate opens where there is one.
    static func keys(of issuer: TestIssuer, gated: Bool = false) throws -> Server {
        let headers = ["content-type": "application/json"]
        return try Server(["/jwks": ["status": 200, "headers": headers, "body": try issuer.jwks(), "gated": gated]])
    }

    /// Lets what is gated go.
    func openGate() throws {
        try input.fileHandleForWriting.write(contentsOf: Data("\n".utf8))
    }

    /// What was asked next; waits for it, on a thread that no task needs.
    func request() async throws -> [String: String] {
        let asked = try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread { continuation.resume(with: Result { try self.line() }) }
        }
        return try JSONDecoder().decode([String: String].self, from: Data(asked.utf8))
    }

    /// Which paths were asked for that `request` has not given.
    @discardableResult
    func stop() throws -> [String] {
        try input.fileHandleForWriting.close()
        process.waitUntilExit()
        let left = try output.fileHandleForReading.readToEnd() ?? Data()
        return try left.split(separator: UInt8(ascii: "\n")).map { line in
            try JSONDecoder().decode([String: String].self, from: line)["path"] ?? ""
        }
    }

    deinit {
        try? input.fileHandleForWriting.close()
    }

    private func line() throws -> String {
        var bytes = Data()
        while let byte = try output.fileHandleForReading.read(upToCount: 1), let value = byte.first, value != UInt8(ascii: "\n") {
            bytes.append(value)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// One issuer for all tests: to make its key takes a while.
let issuer = Result { try TestIssuer() }

/// Warnings of validators whose keys cannot be had.
final class Told: @unchecked Sendable {
    private let lock = NSLock()
    private var lines: [String] = []

    func add(_ line: String) {
        lock.lock()
        defer { lock.unlock() }
        lines.append(line)
    }

    var text: String {
        lock.lock()
        defer { lock.unlock() }
        return lines.joined(separator: "\n")
    }
}

/// What a call throws; nil where it throws nothing of ours.
func thrown<T>(_ body: () async throws -> T) async -> JotgateError? {
    do {
        _ = try await body()
        return nil
    } catch {
        return error as? JotgateError
    }
}
