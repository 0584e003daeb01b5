// Serves the exchanges through the middleware: `serve exchanges FILE`, see tests/conformance/exchanges.py; or an application
// with routes behind it: `serve routes FILE`, see tests/conformance/targets.py.

import Foundation
import HTTPTypes
import Hummingbird
import Jotgate
import JotgateHummingbird

guard CommandLine.arguments.count == 3, ["exchanges", "routes"].contains(CommandLine.arguments[1]) else {
    FileHandle.standardError.write(Data("usage: serve exchanges|routes FILE\n".utf8))
    exit(2)
}
let exchanges = try read(CommandLine.arguments[2])
var responders: [String: any HTTPResponder<JotgateContext>] = [:]
for exchange in exchanges {
    let validator = try exchange.validator()
    let isRouted = CommandLine.arguments[1] == "routes"
    responders[exchange.id] = isRouted ? orders(behind: validator, at: exchange.mount) : telling(behind: validator)
}
let picking = Picking(responders: responders)
var app = Application(
    responder: picking, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
    onServerRunning: { channel in
        FileHandle.standardOutput.write(Data("{\"port\": \(channel.localAddress?.port ?? 0)}\n".utf8))
    })
// What is refused here is refused on purpose.
app.logger.logLevel = .critical
Thread.detachNewThread {
    _ = try? FileHandle.standardInput.readToEnd()
    exit(0)
}
try await app.run()

/// Takes the application of the exchange that a request names.
struct Picking: HTTPResponder {
    let responders: [String: any HTTPResponder<JotgateContext>]

    func respond(to request: Request, context: JotgateContext) async throws -> Response {
        let id = HTTPField.Name("X-Exchange").flatMap { request.headers[$0] } ?? ""
        guard let responder = responders[id] else { return Response(status: .badRequest) }
        return try await responder.respond(to: request, context: context)
    }
}
