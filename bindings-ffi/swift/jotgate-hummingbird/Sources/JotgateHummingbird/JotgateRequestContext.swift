import Hummingbird
import Jotgate

/// A context of requests in which `JotgateMiddleware` leaves the token.
public protocol JotgateRequestContext: RequestContext {
    /// The token of the request; nil where the policy lets it pass without one.
    var verifiedToken: VerifiedToken? { get set }
}

/// The smallest one, for services that need no other.
public struct JotgateContext: JotgateRequestContext {
    /// What Hummingbird keeps.
    public var coreContext: CoreRequestContextStorage
    /// The token of the request; nil where the policy lets it pass without one.
    public var verifiedToken: VerifiedToken?

    /// Of a request that has just come in.
    public init(source: Source) {
        coreContext = .init(source: source)
    }
}
