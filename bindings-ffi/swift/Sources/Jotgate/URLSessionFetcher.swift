import Foundation

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// Fetches by `URLSession`: proxies and trusted certificates of the system, no redirects, no cookies, no cache, one deadline over
/// the whole exchange, and no more of a body than allowed.
///
/// Services on Linux take `AsyncHTTPClientFetcher` of the package `jotgate-hummingbird`: Foundation's client there (seen with
/// Swift 6.0) ends the process when a server answers 401 with a scheme that has no parameters, such as `WWW-Authenticate:
/// Negotiate`.
public struct URLSessionFetcher: Fetcher {
    /// With a session for each fetch.
    public init() {}

    /// Does the GET.
    public func fetch(_ request: FetchRequest) async throws -> FetchResponse {
        guard let url = URL(string: request.url), ["http", "https"].contains(url.scheme) else {
            throw FetchError.connection("only http and https are fetched")
        }
        let seconds = Double(request.timeout.components.seconds) + Double(request.timeout.components.attoseconds) / 1e18
        var get = URLRequest(url: url, cachePolicy: .reloadIgnoringLocalCacheData, timeoutInterval: seconds)
        // Not asked for: the bound on the body is one on what is read.
        get.setValue("identity", forHTTPHeaderField: "accept-encoding")
        for (name, value) in request.headers { get.setValue(value, forHTTPHeaderField: name) }
        let configuration = URLSessionConfiguration.ephemeral
        configuration.timeoutIntervalForResource = seconds
        configuration.httpCookieStorage = nil
        configuration.urlCredentialStorage = nil
        configuration.urlCache = nil
        let exchange = Exchange(most: request.maxBody)
        // A session of its own for each fetch, of which there are few: it keeps its delegate until it is invalidated.
        let session = URLSession(configuration: configuration, delegate: exchange, delegateQueue: nil)
        defer { session.finishTasksAndInvalidate() }
        let task = session.dataTask(with: get)
        return try await withTaskCancellationHandler {
            try await exchange.answer(of: task)
        } onCancel: {
            task.cancel()
        }
    }
}

/// One GET while it is under way.
private final class Exchange: NSObject, URLSessionDataDelegate, Sendable {
    private struct State {
        var response: HTTPURLResponse?
        var body = Data()
        var isTooLarge = false
        var isAskedForCredentials = false
        var waiting: CheckedContinuation<FetchResponse, any Error>?
    }

    private let most: Int
    private let state = Locked(State())

    init(most: Int) {
        self.most = most
    }

    func answer(of task: URLSessionDataTask) async throws -> FetchResponse {
        try await withCheckedThrowingContinuation { continuation in
            state.withLock { $0.waiting = continuation }
            task.resume()
        }
    }

    // Whatever the status, nothing is followed.
    func urlSession(
        _ session: URLSession, task: URLSessionTask, willPerformHTTPRedirection response: HTTPURLResponse,
        newRequest request: URLRequest,
        completionHandler: @escaping @Sendable (URLRequest?) -> Void
    ) {
        state.withLock { $0.response = response }
        completionHandler(nil)
    }

    // An issuer that asks for credentials has given its answer: there are none.
    func urlSession(
        _ session: URLSession, task: URLSessionTask, didReceive challenge: URLAuthenticationChallenge,
        completionHandler: @escaping @Sendable (URLSession.AuthChallengeDisposition, URLCredential?) -> Void
    ) {
        let asksForCredentials = [
            NSURLAuthenticationMethodDefault, NSURLAuthenticationMethodHTTPBasic, NSURLAuthenticationMethodHTTPDigest,
        ]
        guard asksForCredentials.contains(challenge.protectionSpace.authenticationMethod) else {
            return completionHandler(.performDefaultHandling, nil)
        }
        state.withLock { $0.isAskedForCredentials = true }
        completionHandler(.rejectProtectionSpace, nil)
    }

    func urlSession(
        _ session: URLSession, dataTask: URLSessionDataTask, didReceive response: URLResponse,
        completionHandler: @escaping @Sendable (URLSession.ResponseDisposition) -> Void
    ) {
        state.withLock { $0.response = response as? HTTPURLResponse }
        completionHandler(.allow)
    }

    func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
        let isTooLarge = state.withLock { state -> Bool in
            if state.body.count + data.count > most { state.isTooLarge = true } else { state.body.append(data) }
            return state.isTooLarge
        }
        if isTooLarge { dataTask.cancel() }
    }

    func urlSession(_ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?) {
        let (waiting, outcome) = state.withLock { state in
            defer { state.waiting = nil }
            return (state.waiting, Self.outcome(state, error))
        }
        waiting?.resume(with: outcome)
    }

    private static func outcome(_ state: State, _ error: (any Error)?) -> Result<FetchResponse, any Error> {
        if state.isTooLarge { return .failure(FetchError.tooLarge) }
        // On Linux the task is cancelled then, behind the answer.
        if let error, !(state.isAskedForCredentials && state.response != nil) { return .failure(told(error)) }
        guard let response = state.response else { return .failure(FetchError.connection("there was no answer of HTTP")) }
        let headers = response.allHeaderFields.map { (name: "\($0.key)", value: "\($0.value)") }
        return .success(FetchResponse(status: response.statusCode, headers: headers, body: state.body))
    }

    private static func told(_ error: any Error) -> any Error {
        guard let error = error as? URLError else { return FetchError.connection(error.localizedDescription) }
        switch error.code {
        case .cancelled: return CancellationError()
        case .timedOut: return FetchError.timeout
        case .serverCertificateUntrusted, .serverCertificateHasBadDate, .serverCertificateHasUnknownRoot,
            .serverCertificateNotYetValid:
            return FetchError.certificate(error.localizedDescription)
        default: return FetchError.connection(error.localizedDescription)
        }
    }
}
