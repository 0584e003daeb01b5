import HTTPTypes
import Hummingbird
import Jotgate

/// A request as a validator is asked about it.
struct AskedRequest {
    let method: String
    let path: String
    let query: String
    let headers: [(String, String)]

    /// The router behind goes by the same path.
    init(_ request: Request) {
        (method, path, query) = (request.method.rawValue, request.uri.path, request.uri.query ?? "")
        let fields = request.headers.map { ($0.name.rawName, $0.value) }
        // Its types have taken this field out.
        headers = (request.head.authority.map { [("host", $0)] } ?? []) + fields
    }
}

extension Request {
    /// The request as it goes on.
    func changed(by forward: Forward) throws -> Request {
        var head = head
        for name in forward.remove { head.headerFields[try Self.name(name)] = nil }
        for (name, value) in forward.set { head.headerFields[try Self.name(name)] = value }
        if let query = forward.query {
            let path = (head.path ?? "").prefix { $0 != "?" }
            head.path = query.isEmpty ? String(path) : "\(path)?\(query)"
        }
        return Request(head: head, body: body)
    }

    private static func name(_ text: String) throws -> HTTPField.Name {
        guard let name = HTTPField.Name(text) else { throw JotgateError.internalError("a field to forward has no name of HTTP") }
        return name
    }
}
