import Foundation
internal import JotgateNative

/// What can be done with a policy document without a validator. The core does it.
public enum Policy {
    /// The text of a policy document in JSON, from JSON, YAML or TOML. What the fields mean is not looked at.
    /// Throws `JotgateError.policy` for a text that cannot be read.
    public static func json(of text: String, format: PolicyFormat) throws -> String {
        try Native.call { try policyJson(policy: text.bytes, format: format.native) }
    }

    /// What a policy document allows and its author may not have meant, the worst first. A path of `{"file": ...}` in it starts
    /// at the working directory. Throws `JotgateError.policy` for a text that is no policy.
    public static func lint(_ text: String, format: PolicyFormat = .json) throws -> [PolicyWarning] {
        let warnings = try Documents.read(text.bytes, format, Validator.workingDirectory) { document in
            try Native.call { try JotgateNative.lint(policy: document) }
        }
        return try JSONDecoder().decode([PolicyWarning].self, from: warnings.bytes)
    }

    /// The JSON Schema (2020-12) of the policy document.
    public static var schema: String { JotgateNative.schema() }

    /// The names of the gateways whose policies `PolicyImport` reads.
    public static var products: [String] { JotgateNative.products() }
}

/// Something that a policy allows and that is seldom meant.
public struct PolicyWarning: Sendable, Decodable {
    /// Which one; stable.
    public let code: String
    /// How bad it is, such as `warning`.
    public let severity: String
    /// The place in the document; stable.
    public let path: String
    /// What is allowed.
    public let message: String
    /// What to do about it.
    public let hint: String?
}

/// A policy document made from another gateway's policy.
public struct PolicyImport: Sendable {
    /// Whether it says all that its source does. One that is not complete says less, or something else: it is for an operator
    /// to finish.
    public let complete: Bool
    /// The document, as JSON text.
    public let policy: String
    /// What became of each parameter.
    public let notes: [Note]
    /// All of it, as JSON text.
    public let json: String

    /// What became of one parameter.
    public struct Note: Sendable, Decodable {
        /// `carried`, `changed` or `cannot`.
        public let kind: String
        /// The parameter's place in the text that was read.
        public let source: String
        /// The place in the document that it went to.
        public let target: String?
        /// What was done, and why.
        public let message: String
    }

    /// Reads the policy of one of `Policy.products`: of `mulesoft` a Flex `PolicyBinding` in YAML or JSON of the API Manager, of
    /// `wso2` the `deployment.toml`. `files` are further files that the text names, such as a trust store, by name. Throws
    /// `JotgateError.policy` for a text that no policy can be read from, and for an unknown product.
    public init(of product: String, _ text: String, files: [String: Data] = [:]) throws {
        let named = files.map { NamedText(name: $0.bytes, content: $1) }
        let imported = try Native.call { try importPolicy(product: product.bytes, policy: text.bytes, files: named) }
        let told = try JSONDecoder().decode(Told.self, from: imported.json.bytes)
        (complete, policy, notes, json) = (told.complete, imported.policy, told.notes, imported.json)
    }

    private struct Told: Decodable {
        let complete: Bool
        let notes: [Note]
    }
}
