import Foundation
import HTTPTypes
import Hummingbird
import Jotgate
import JotgateHummingbird

/// An application that tells what it sees of each request, whatever its method and path are.
func telling(behind validator: Validator) -> any HTTPResponder<JotgateContext> {
    let router = Router(context: JotgateContext.self)
    router.add(middleware: JotgateMiddleware(validator))
    router.add(middleware: Telling())
    return router.buildResponder()
}

private struct Telling: RouterMiddleware {
    func handle(
        _ request: Request, context: JotgateContext, next: (Request, JotgateContext) async throws -> Response
    ) async throws -> Response {
        var fields: [String: String] = [:]
        for field in request.headers { fields[field.name.canonicalName] = request.headers[field.name] }
        let query = request.uri.query.map { $0 as Any } ?? NSNull()
        let told = try JSONSerialization.data(withJSONObject: ["fields": fields, "query": query])
        // The claims as they were signed: no number goes through a type of Swift.
        let claims = context.verifiedToken?.payload ?? "null"
        let body = "{\"claims\":\(claims),\(String(decoding: told, as: UTF8.self).dropFirst())"
        return Response(
            status: .ok, headers: [.contentType: "application/json"], body: ResponseBody(byteBuffer: ByteBuffer(string: body)))
    }
}

/// An application as users write it, with the router of Hummingbird.
func orders(behind validator: Validator, at mount: String) -> any HTTPResponder<JotgateContext> {
    let router = Router(context: JotgateContext.self, options: .autoGenerateHeadEndpoints)
    let mounted = mount.isEmpty ? router.group() : router.group(RouterPath(mount))
    mounted.add(middleware: JotgateMiddleware(validator))
    let names = [
        "orders": "orders.list", "orders/:id": "orders.one", "health": "health", "catalog": "catalog", "open": "open",
    ]
    for (path, name) in names { mounted.get(RouterPath(path)) { _, context in ran(name, context) } }
    mounted.post("orders") { _, context in ran("orders.create", context) }
    let methods = [
        "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "QUERY", "FOO", "LINK", "UNLINK",
    ]
    for method in methods.compactMap({ HTTPRequest.Method($0) }) {
        mounted.on("admin/**", method: method) { _, context in ran("admin", context) }
    }
    return router.buildResponder()
}

/// Which handler ran, and for whom.
private func ran(_ name: String, _ context: JotgateContext) -> Response {
    var fields = HTTPFields()
    for (field, value) in ["X-Handler": name, "X-Subject": context.verifiedToken.map { $0.subject ?? "" } ?? "none"] {
        if let field = HTTPField.Name(field) { fields[field] = value }
    }
    return Response(status: .ok, headers: fields, body: ResponseBody(byteBuffer: ByteBuffer(string: name)))
}
