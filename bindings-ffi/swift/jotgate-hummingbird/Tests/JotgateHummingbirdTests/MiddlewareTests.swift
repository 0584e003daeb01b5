import Foundation
import Hummingbird
import Jotgate
import JotgateHummingbird
import JotgateTesting
import Testing

/// The exchanges of `tests/vectors` and the odd targets of `tests/conformance` say the rest.
struct MiddlewareTests {
    let validator: Validator
    let issuer: TestIssuer

    init() throws {
        issuer = try JotgateHummingbirdTests.issuer.get()
        validator = try Validator(policy: issuer.policy())
    }

    @Test func endpointsSeeTheToken() async throws {
        let router = Router(context: JotgateContext.self)
        router.add(middleware: JotgateMiddleware(validator))
        router.get("orders") { _, context in context.verifiedToken?.subject ?? "nobody" }
        let token = try issuer.token("alice")
        try await served(router) { send async throws in
            #expect(try await send(.get, "/orders", token) == Answered(status: 200, challenge: nil, body: "alice"))
            let refused = try await send(.get, "/orders", nil)
            #expect(refused.status == 401)
            #expect(refused.challenge?.hasPrefix("Bearer") == true)
            // What is not there needs a token, too: nobody finds out without one what is.
            #expect(try await send(.get, "/other", nil).status == 401)
            #expect(try await send(.get, "/other", token).status == 404)
            #expect(try await send(.head, "/orders", nil).body.isEmpty)
        }
    }

    @Test func endpointsAskForMore() async throws {
        let router = Router(context: JotgateContext.self)
        router.add(middleware: JotgateMiddleware(validator))
        router.group("orders").add(middleware: try RequireMiddleware(validator, scopes: ["orders:write"]))
            .post { _, _ in "made" }
        let validator = validator
        router.get("thrown") { _, context in
            try validator.require(context.verifiedToken, scopes: ["orders:read"])
            return "read"
        }
        router.get("broken") { _, _ -> String in throw JotgateError.internalError("a secret") }
        let weak = try issuer.token("alice")
        let strong = try issuer.token("alice", scopes: ["orders:read", "orders:write"])
        try await served(router) { send async throws in
            #expect(try await send(.post, "/orders", strong).body == "made")
            #expect(try await send(.get, "/thrown", strong).body == "read")
            for (method, path, scope) in [(HTTPRequest.Method.post, "/orders", "orders:write"), (.get, "/thrown", "orders:read")]
            {
                let refused = try await send(method, path, weak)
                #expect(refused.status == 403)
                #expect(refused.challenge?.contains("scope=\"\(scope)\"") == true)
            }
            let broken = try await send(.get, "/broken", strong)
            #expect(broken.status == 500)
            #expect(!broken.body.contains("secret"))
        }
        #expect(throws: JotgateError.self) { try RequireMiddleware<JotgateContext>(validator, scopes: [""]) }
    }
}
