import Foundation
internal import JotgateNative

/// How a policy document is written.
public enum PolicyFormat: Sendable {
    /// JSON, without duplicate members.
    case json
    /// YAML 1.2, without anchors and tags.
    case yaml
    /// TOML 1.1, without dates.
    case toml

    var native: Format {
        switch self {
        case .json: .json
        case .yaml: .yaml
        case .toml: .toml
        }
    }
}

/// Documents as texts. The core reads them.
enum Documents {
    /// The text of a policy file and its format, which the name of the file tells.
    static func ofFile(_ path: String) throws -> (text: Data, format: PolicyFormat, folder: URL) {
        let file = URL(fileURLWithPath: path)
        let format: PolicyFormat
        switch file.pathExtension.lowercased() {
        case "json": format = .json
        case "yaml", "yml": format = .yaml
        case "toml": format = .toml
        default:
            let message = "the name of a policy file ends in .json, .yaml, .yml or .toml"
            throw JotgateError.policy([PolicyProblem(path: "", message: message, hint: nil, line: nil, column: nil)])
        }
        return (try Data(contentsOf: file), format, file.deletingLastPathComponent())
    }

    /// What comes of the document in JSON, with what stands in environment variables and files, whose paths start at the folder.
    /// Where it throws, the lines of the text are told in which everything stands that is wrong.
    static func read<T>(_ text: Data, _ format: PolicyFormat, _ folder: URL, _ use: (Data) throws -> T) throws -> T {
        do {
            let json = try Native.call { try policyJson(policy: text, format: format.native) }
            return try use(filled(json.bytes, folder))
        } catch JotgateError.policy(let problems) {
            throw JotgateError.policy(placed(problems, text, format))
        }
    }

    private static func placed(_ problems: [PolicyProblem], _ text: Data, _ format: PolicyFormat) -> [PolicyProblem] {
        // A text that is no UTF-8 has no lines.
        let paths = problems.map(\.path.bytes)
        guard let places = try? places(policy: text, format: format.native, paths: paths) else { return problems }
        return zip(problems, places).map { problem, place in
            if problem.line != nil || place.line == 0 { return problem }
            return PolicyProblem(
                path: problem.path, message: problem.message, hint: problem.hint, line: Int(place.line),
                column: Int(place.column))
        }
    }

    static func filled(_ document: Data, _ folder: URL) throws -> Data {
        let wanted = try Native.call { try references(policy: document) }
        if wanted.isEmpty { return document }
        let texts = wanted.map { given($0, folder) }
        return try Native.call { try fillReferences(policy: document, readTexts: texts) }.bytes
    }

    private static func given(_ reference: Reference, _ folder: URL) -> Given {
        if reference.kind == "env" {
            return ProcessInfo.processInfo.environment[reference.name].map { .read(bytes: $0.bytes) } ?? .missing
        }
        let file = URL(fileURLWithPath: reference.name, relativeTo: folder)
        do {
            let handle = try FileHandle(forReadingFrom: file)
            defer { try? handle.close() }
            return .read(bytes: try handle.read(upToCount: Int(clamping: reference.readBytes)) ?? Data())
        } catch CocoaError.fileReadNoSuchFile, CocoaError.fileNoSuchFile {
            return .missing
        } catch {
            return .unreadable
        }
    }

    /// The problems in the names of the arguments of `Validator.init`, which the core knows.
    static func named<T>(_ given: [String], _ known: [String], _ body: () throws -> T) throws -> T {
        do {
            return try body()
        } catch JotgateError.policy(let problems) {
            let untold = problems.map { Told(path: $0.path.bytes, text: $0.message.bytes, hint: $0.hint?.bytes) }
            let told = try Native.call {
                try JotgateNative.told(
                    names: camelCaseOptions, given: given.map(\.bytes), known: known.map(\.bytes), problems: untold)
            }
            throw JotgateError.policy(told.map(PolicyProblem.init))
        }
    }

    /// The number of the core's names for options in camel case, which JavaScript has, too.
    private static let camelCaseOptions: UInt32 = 2
}
