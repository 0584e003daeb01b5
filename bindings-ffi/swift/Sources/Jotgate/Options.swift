import Foundation

/// One text or several: arguments that take either.
public protocol Texts: Sendable {
    /// As a document has it.
    var texts: [String] { get }
}

extension String: Texts {
    public var texts: [String] { [self] }
}

extension [String]: Texts {
    public var texts: [String] { self }
}

extension Validator {
    /// Whether the issuer's metadata says where its keys are (OpenID Connect Discovery, RFC 8414), and where it is.
    public enum Discovery: Sendable, ExpressibleByBooleanLiteral {
        case enabled(Bool)
        /// The URL of the metadata.
        case url(String)

        public init(booleanLiteral value: Bool) {
            self = .enabled(value)
        }
    }

    /// An HMAC secret of at least 32 bytes.
    public enum Secret: Sendable {
        /// The bytes of the text in UTF-8.
        case text(String)
        case bytes(Data)
    }

    /// Which clients may pass.
    public enum ClientIDs: Sendable {
        case only([String])
        /// `clientLookup` knows.
        case byLookup
    }

    /// Scopes that every token must have: all of some, and one of others; `claims` where they stand elsewhere than usual.
    public struct Scopes: Sendable {
        public var all: [String]?
        public var any: [String]?
        public var claims: [String]?

        public init(all: [String]? = nil, any: [String]? = nil, claims: [String]? = nil) {
            (self.all, self.any, self.claims) = (all, any, claims)
        }
    }

    /// How fetched key sets are kept: durations, sizes in bytes, and whether `http` is fetched beyond loopback. What is left out
    /// is the core's default.
    public struct KeySet: Sendable {
        public var ttl: Duration?
        public var maxStale: Duration?
        public var timeout: Duration?
        public var cooldown: Duration?
        public var maxBody: Int?
        public var maxKeys: Int?
        public var allowHttp: Bool?

        public init(
            ttl: Duration? = nil, maxStale: Duration? = nil, timeout: Duration? = nil, cooldown: Duration? = nil,
            maxBody: Int? = nil, maxKeys: Int? = nil, allowHttp: Bool? = nil
        ) {
            (self.ttl, self.maxStale, self.timeout, self.cooldown) = (ttl, maxStale, timeout, cooldown)
            (self.maxBody, self.maxKeys, self.allowHttp) = (maxBody, maxKeys, allowHttp)
        }
    }

    /// The longest token in bytes (default 16384), and the deepest nesting of its JSON (default 32).
    public struct Limits: Sendable {
        public var tokenBytes: Int?
        public var jsonDepth: Int?

        public init(tokenBytes: Int? = nil, jsonDepth: Int? = nil) {
            (self.tokenBytes, self.jsonDepth) = (tokenBytes, jsonDepth)
        }
    }
}

/// JSON texts of what is written in Swift. What is nil is left out.
enum JSON {
    static func text(_ object: [String: Any]) throws -> String {
        String(decoding: try JSONSerialization.data(withJSONObject: object, options: [.sortedKeys]), as: UTF8.self)
    }

    static func object(_ members: [String: Any?]) -> [String: Any] {
        members.compactMapValues { $0 }
    }

    /// What a text of JSON says; the text itself where it is none, which the core refuses.
    static func value(_ text: String) -> Any {
        (try? JSONSerialization.jsonObject(with: text.bytes, options: [.fragmentsAllowed])) ?? text
    }

    /// One alone as it is, several as a list.
    static func texts(_ texts: (any Texts)?) -> Any? {
        guard let texts = texts else { return nil }
        return texts is String ? texts.texts[0] : texts.texts
    }

    /// As a number of seconds.
    static func seconds(_ duration: Duration?) -> Any? {
        guard let (seconds, attoseconds) = duration?.components else { return nil }
        return attoseconds == 0 ? seconds as Any : Double(seconds) + Double(attoseconds) / 1e18
    }
}

extension Validator.Discovery {
    var json: Any {
        switch self {
        case .enabled(let isEnabled): isEnabled
        case .url(let url): url
        }
    }
}

extension Validator.Secret {
    var json: Any {
        switch self {
        case .text(let text): return ["text": text]
        case .bytes(let bytes):
            let standard = bytes.base64EncodedString().replacingOccurrences(of: "+", with: "-")
            let urlSafe = standard.replacingOccurrences(of: "/", with: "_").replacingOccurrences(of: "=", with: "")
            return ["base64url": urlSafe]
        }
    }
}

extension Validator.ClientIDs {
    var json: Any {
        switch self {
        case .only(let ids): ["allowed": ids]
        case .byLookup: ["allowed": "host"]
        }
    }
}

extension Validator.Scopes {
    var json: Any { JSON.object(["all": all, "any": any, "claims": claims]) }
}

extension Validator.KeySet {
    var json: Any {
        JSON.object([
            "ttl": JSON.seconds(ttl), "max_stale": JSON.seconds(maxStale), "timeout": JSON.seconds(timeout),
            "cooldown": JSON.seconds(cooldown), "max_body": maxBody, "max_keys": maxKeys, "allow_http": allowHttp,
        ])
    }
}

extension Validator.Limits {
    var json: Any { JSON.object(["token_bytes": tokenBytes, "json_depth": jsonDepth]) }
}
