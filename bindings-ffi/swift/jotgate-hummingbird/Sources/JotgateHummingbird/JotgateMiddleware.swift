import HTTPTypes
import Hummingbird
import Jotgate

/// Lets requests pass that the policy lets pass, and sends the core's answer to all others.
///
///     let router = Router(context: JotgateContext.self)
///     router.add(middleware: JotgateMiddleware(validator))
///
/// Add it before the endpoints: Hummingbird has middleware in front of those alone that come after it. Behind it the context's
/// `verifiedToken` is the token, or nil where the policy's routes let the request pass without one; what `forward` of the policy
/// sets and removes is done. A `JotgateError` that an endpoint throws, such as that of `require`, is answered, too.
public struct JotgateMiddleware<Context: JotgateRequestContext>: RouterMiddleware {
    private let validator: Validator

    /// By this validator, which may stand behind several of them.
    public init(_ validator: Validator) {
        self.validator = validator
    }

    /// Answers, or hands the request on.
    public func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        var (request, context) = (request, context)
        do {
            let asked = AskedRequest(request)
            let token = try await validator.validateRequest(
                method: asked.method, path: asked.path, query: asked.query, headers: asked.headers)
            context.verifiedToken = token
            if validator.forwards {
                let forward = try validator.forward(
                    token, method: asked.method, path: asked.path, query: asked.query, headers: asked.headers)
                request = try request.changed(by: forward)
            }
        } catch let error as JotgateError {
            return response(to: error, request)
        }
        do {
            return try await next(request, context)
        } catch let error as JotgateError where error.isRefusal {
            return response(to: error, request)
        }
    }

    private func response(to error: JotgateError, _ request: Request) -> Response {
        let answer = validator.answer(to: error)
        var fields = HTTPFields()
        for (name, value) in answer.headers {
            if let name = HTTPField.Name(name) { fields.append(HTTPField(name: name, value: value)) }
        }
        let response = Response(
            status: HTTPResponse.Status(code: answer.status), headers: fields,
            body: ResponseBody(byteBuffer: ByteBuffer(string: answer.body)))
        return request.method == .head ? response.createHeadResponse() : response
    }
}

/// What some endpoints ask for beside the policy, behind `JotgateMiddleware`, which answers where it is not there.
///
///     router.group("orders").add(middleware: try RequireMiddleware(validator, scopes: ["orders:write"]))
public struct RequireMiddleware<Context: JotgateRequestContext>: RouterMiddleware {
    private let validator: Validator
    private let requirement: Requirement

    /// Asks for a requirement.
    public init(_ validator: Validator, _ requirement: Requirement) {
        (self.validator, self.requirement) = (validator, requirement)
    }

    /// Asks for all of these scopes, and one of `anyScopes`. Throws `JotgateError.policy` for what cannot be asked.
    public init(_ validator: Validator, scopes: [String], anyScopes: [String] = []) throws {
        try self.init(validator, Requirement(scopes: scopes, anyScopes: anyScopes))
    }

    /// Throws what `Validator.require` throws, or hands the request on.
    public func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        try validator.require(context.verifiedToken, requirement)
        return try await next(request, context)
    }
}

extension JotgateError {
    /// Whether it is about who has asked, and no mistake of the service's.
    fileprivate var isRefusal: Bool {
        switch self {
        case .invalidToken, .keysUnavailable: true
        case .policy, .internalError: false
        }
    }
}
