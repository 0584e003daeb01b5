import Foundation

/// One text or several: arguments that take either.
public protocol Texts: Sendable {
    /// As a document has it.
    var texts: [String] { get }
}

extension String: Texts {
    /// Itself alone.
    public var texts: [String] { [self] }
}

extension [String]: Texts {
    /// All of them.
    public var texts: [String] { self }
}

extension Validator {
    /// Whether the issuer's metadata says where its keys are (OpenID Connect Discovery, RFC 8414), and where it is.
    public enum Discovery: Sendable, ExpressibleByBooleanLiteral {
        /// It does, or not.
        case enabled(Bool)
        /// The URL of the metadata.
        case url(String)

        /// `true` or `false`.
        public init(booleanLiteral value: Bool) {
            self = .enabled(value)
        }
    }

    /// An HMAC secret of at least 32 bytes.
    public enum Secret: Sendable {
        /// The bytes of the text in UTF-8.
        case text(String)
        /// These bytes.
        case bytes(Data)
        /// The bytes that are written so, two digits each.
        case hex(String)
    }

    /// Which clients may pass, and where a token names its client: in the first of `claims` that it has, or in what
    /// `expression` (CEL) gives. Default: where the core looks for it.
    public struct ClientIDs: Sendable {
        var json: [String: Any?] { ["allowed": allowed.map { $0 as Any } ?? "host", "claims": claims, "expression": expression] }
        private let allowed: [String]?
        private let claims: [String]?
        private let expression: String?

        /// These alone.
        public static func only(_ ids: [String], claims: [String]? = nil, expression: String? = nil) -> ClientIDs {
            ClientIDs(allowed: ids, claims: claims, expression: expression)
        }

        /// Those that `clientLookup` knows.
        public static func byLookup(claims: [String]) -> ClientIDs {
            ClientIDs(allowed: nil, claims: claims, expression: nil)
        }

        /// Those that `clientLookup` knows.
        public static var byLookup: ClientIDs { ClientIDs(allowed: nil, claims: nil, expression: nil) }
    }

    /// Scopes that every token must have: all of some, and one of others; `claims` where they stand elsewhere than usual.
    public struct Scopes: Sendable {
        /// All of these. Default: none.
        public var all: [String]?
        /// One of these. Default: none is needed.
        public var any: [String]?
        /// The claims that hold them, the first that is there. Default: `scope`, and what else the core takes.
        public var claims: [String]?

        /// What is left out is the core's default.
        public init(all: [String]? = nil, any: [String]? = nil, claims: [String]? = nil) {
            (self.all, self.any, self.claims) = (all, any, claims)
        }
    }

    /// How fetched key sets are kept. What is left out is the core's default; the guide to the policy has them all.
    public struct KeySet: Sendable {
        /// How long a set is fresh where the issuer does not say.
        public var ttl: Duration?
        /// How long an old set serves while no new one can be had.
        public var maxStale: Duration?
        /// The longest time that a fetch, a load or a save may take.
        public var timeout: Duration?
        /// The pause between fetches for keys that no set has.
        public var cooldown: Duration?
        /// The longest body to read, in bytes.
        public var maxBody: Int?
        /// The most keys that a set may hold.
        public var maxKeys: Int?
        /// Whether `http` is fetched beyond loopback.
        public var allowHttp: Bool?

        /// What is left out is the core's default.
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
        /// The longest token, in bytes.
        public var tokenBytes: Int?
        /// The deepest nesting.
        public var jsonDepth: Int?

        /// What is left out is the core's default.
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
        case .hex(let digits): return ["hex": digits]
        case .bytes(let bytes):
            let standard = bytes.base64EncodedString().replacingOccurrences(of: "+", with: "-")
            let urlSafe = standard.replacingOccurrences(of: "/", with: "_").replacingOccurrences(of: "=", with: "")
            return ["base64url": urlSafe]
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
