import Foundation
internal import JotgateNative

/// One GET that a validator wants to have done: no redirects, certificates verified, and these header fields.
public struct FetchRequest: Sendable {
    /// An absolute URL.
    public let url: String
    /// The fields to send; names are in lower case.
    public let headers: [(name: String, value: String)]
    /// The longest time that it may take; the task is cancelled then.
    public let timeout: Duration
    /// The longest body to read, in bytes.
    public let maxBody: Int

    /// Made by validators, and by tests of fetchers.
    public init(url: String, headers: [(name: String, value: String)], timeout: Duration, maxBody: Int) {
        (self.url, self.headers, self.timeout, self.maxBody) = (url, headers, timeout, maxBody)
    }
}

/// What the issuer answered, whatever the status.
public struct FetchResponse: Sendable {
    /// The status as it came.
    public let status: Int
    /// The header fields.
    public let headers: [(name: String, value: String)]
    /// The body as it came; one that is compressed with gzip is read, too.
    public let body: Data

    /// What a fetcher gives.
    public init(status: Int, headers: [(name: String, value: String)], body: Data) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}

/// Does the fetches of a validator; `Validator.Host.fetcher` says which is taken. It may throw whatever it likes: the keys
/// cannot be had then, and the text of the error is in the log and in `health()`.
public protocol Fetcher: Sendable {
    /// Does one GET. The task is cancelled when the request's time is over.
    func fetch(_ request: FetchRequest) async throws -> FetchResponse
}

/// For fetchers to throw, where it is known what went wrong.
public enum FetchError: Error, Sendable {
    /// No end within the request's timeout.
    case timeout
    /// The body is longer than the request allows.
    case tooLarge
    /// No connection, a failed handshake, a connection that broke; with the words of who noticed.
    case connection(String)
    /// The server's certificate is not trusted, not valid now, or not for this host.
    case certificate(String)
}

/// Why nothing came of a piece of work, as the core takes it.
struct Failed {
    let kind: Failure
    let cause: String

    init(_ error: any Error) {
        switch error {
        case FetchError.timeout: (kind, cause) = (.timeout, "")
        case FetchError.tooLarge: (kind, cause) = (.tooLarge, "")
        case FetchError.connection(let text): (kind, cause) = (.connection, text)
        case FetchError.certificate(let text): (kind, cause) = (.certificate, text)
        case is CancellationError: (kind, cause) = (.cancelled, "the task was cancelled")
        default: (kind, cause) = (.callback, "\(error)")
        }
    }
}
