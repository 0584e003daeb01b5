import AsyncHTTPClient
import Foundation
import Jotgate
import NIOCore

/// Fetches by AsyncHTTPClient, the client of services on SwiftNIO: no redirects, certificates verified, one deadline over the
/// whole exchange, and no more of a body than allowed.
///
/// The one for services on Linux: Foundation's client there ends the process when an issuer, or a proxy before it, answers 401
/// with a scheme alone, such as `WWW-Authenticate: Negotiate`.
public struct AsyncHTTPClientFetcher: Fetcher {
    private let client: HTTPClient

    /// By a client of its own, that all fetchers of the process share. It takes no proxy from the environment.
    public init() {
        client = Self.shared
    }

    /// By a client of yours, for proxies, certificates and tracing. It must not follow redirects (`redirectConfiguration:
    /// .disallow`) and not decompress, and it is yours to shut down.
    public init(_ client: HTTPClient) {
        self.client = client
    }

    /// Does the GET.
    public func fetch(_ request: FetchRequest) async throws -> FetchResponse {
        var get = HTTPClientRequest(url: request.url)
        for (name, value) in request.headers { get.headers.add(name: name, value: value) }
        do {
            let response = try await client.execute(get, timeout: TimeAmount(request.timeout))
            var body = try await response.body.collect(upTo: request.maxBody)
            let octets = body.readBytes(length: body.readableBytes) ?? []
            let headers = response.headers.map { (name: $0.name, value: $0.value) }
            return FetchResponse(status: Int(response.status.code), headers: headers, body: Data(octets))
        } catch {
            throw Self.told(error)
        }
    }

    private static func told(_ error: any Error) -> any Error {
        switch error {
        case is CancellationError: return error
        case is NIOTooManyBytesError: return FetchError.tooLarge
        case let error as HTTPClientError where [.deadlineExceeded, .connectTimeout, .readTimeout].contains(error):
            return FetchError.timeout
        case let error as HTTPClientError where error == .cancelled: return CancellationError()
        default:
            let words = "\(error)"
            // The library beneath has one error for all that goes wrong in a handshake.
            let ofCertificates = ["CERTIFICATE_VERIFY_FAILED", "failedToValidateHostname", "noCertificateToValidate"]
            let isOfCertificate = ofCertificates.contains(where: words.contains)
            return isOfCertificate ? FetchError.certificate(words) : FetchError.connection(words)
        }
    }

    // Never shut down: it ends with the process.
    private static let shared = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)

    private static var configuration: HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow, decompression: .disabled)
        // When to try again, the core decides.
        configuration.connectionPool.retryConnectionEstablishment = false
        return configuration
    }
}
