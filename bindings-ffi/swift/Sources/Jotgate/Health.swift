import Foundation

/// How the key sets of a validator are, for health checks and metrics.
public struct Health: Sendable {
    /// Whether keys are at hand for the tokens of every issuer.
    public let ready: Bool
    /// One for each URL of the policy.
    public let sources: [Source]
    /// Events that were dropped because nobody took them.
    public let eventsDropped: Int
    /// All of it, as JSON text; the names are the same in every language of jotgate.
    public let json: String

    /// How the keys of one URL are.
    public struct Source: Sendable, Decodable {
        /// The entry of the policy's `issuers`, counted from 0.
        public let issuer: Int
        /// The URL that the policy names.
        public let url: String
        /// Where the issuer's metadata says that the key set lies.
        public let jwksUri: String?
        /// What validations can count on, such as `fresh`.
        public let state: String
        /// Whether a fetch is out.
        public let inFlight: Bool
        /// Seconds since the last successful fetch was started; nil before the first.
        public let age: Double?
        /// Keys that can be used.
        public let keys: Int
        /// Fetches that were started.
        public let fetches: Int
        /// Fetches that failed.
        public let failures: Int
        /// Fetches that ended without a request, because the store had a set that another process fetched.
        public let shared: Int
        /// Why the last fetch failed, when no success came after it.
        public let lastError: String?
        /// What the HTTP client said of it, in one line.
        public let lastErrorCause: String?
        /// What that means and what to do.
        public let lastErrorHint: String?
    }

    init(json: String) throws {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let told = try decoder.decode(Told.self, from: json.bytes)
        (ready, sources, eventsDropped, self.json) = (told.ready, told.sources, told.eventsDropped, json)
    }

    private struct Told: Decodable {
        let ready: Bool
        let sources: [Source]
        let eventsDropped: Int
    }
}
