import Foundation

extension Validator {
    /// What the application itself says and does, beside the policy.
    public struct Host: Sendable {
        /// Gets key sets and metadata. Default: `URLSessionFetcher()`; on Linux none, so that a fetch fails with the words that say
        /// what services take there.
        public var fetcher: any Fetcher = usualFetcher()
        /// Where key sets are left for other processes, and found in place of fetches. Default: none.
        public var store: (any KeySetStore)?
        /// What time it is. Default: that of the system.
        public var clock: @Sendable () -> Date = { Date() }
        /// Asked whether there is a client of this id, where the policy leaves clients to the application. False refuses the
        /// token with `client_not_allowed`, and what throws with `internal_error`.
        public var clientLookup: (@Sendable (String, UndecidedToken) async throws -> Bool)?
        /// Asked about every token that passed all else. True refuses it with `revoked`, and what throws with `internal_error`.
        public var isRevoked: (@Sendable (UndecidedToken) async throws -> Bool)?
        /// Given the claims of a token that may pass, as JSON text, and gives those that `VerifiedToken.claims` and `claim`
        /// show in their place: an object as JSON text. The scopes, and what `require` asks for, stay those that were signed.
        /// What throws or is no object refuses the token with `internal_error`.
        public var transform: (@Sendable (String) throws -> String)?
        /// Called for everything that happens to the key sets, and for every token that is refused, from any thread; it must be
        /// quick. Default: nothing.
        public var onEvent: (@Sendable (Event) -> Void)?
        /// Gets what operators should know, without anything of a token. Default: the standard error stream.
        public var log: @Sendable (String) -> Void = { FileHandle.standardError.write(Data("jotgate: \($0)\n".utf8)) }

        /// The conformance tests have a time of their own.
        package var timing: any Timing = SystemTiming()

        /// With the defaults.
        public init() {}

        /// With a fetcher of your own.
        public init(fetcher: any Fetcher) {
            self.fetcher = fetcher
        }
    }
}

private func usualFetcher() -> any Fetcher {
    #if canImport(FoundationNetworking)
        NoFetcher()
    #else
        URLSessionFetcher()
    #endif
}

#if canImport(FoundationNetworking)
    /// Foundation's client for Linux can end the process, so nobody gets it without asking: see `URLSessionFetcher`.
    private struct NoFetcher: Fetcher {
        func fetch(_ request: FetchRequest) async throws -> FetchResponse {
            throw FetchError.connection(
                "on Linux no fetcher is a default: give Validator.Host one, such as AsyncHTTPClientFetcher of jotgate-hummingbird"
            )
        }
    }
#endif
