// A service behind a policy: `orders ISSUER AUDIENCE [PORT]`. Everybody whose token the issuer has signed for the audience may
// read orders; to make one takes a scope.

import Foundation
import Hummingbird
import Jotgate
import JotgateAsyncHTTPClient
import JotgateHummingbird

let arguments = CommandLine.arguments
guard arguments.count == 3 || arguments.count == 4, let port = Int(arguments.count == 4 ? arguments[3] : "8080") else {
    FileHandle.standardError.write(Data("usage: orders ISSUER AUDIENCE [PORT]\n".utf8))
    exit(2)
}
let host = Validator.Host(fetcher: AsyncHTTPClientFetcher())
let validator = try Validator(issuer: arguments[1], audience: arguments[2], host: host)
let router = Router(context: JotgateContext.self)
// In front of the policy: no orchestrator has a token.
router.get("ready") { _, _ in try validator.health().ready ? HTTPResponse.Status.ok : .serviceUnavailable }
router.add(middleware: JotgateMiddleware(validator))
router.get("orders") { _, context in "orders of \(context.verifiedToken?.subject ?? "")\n" }
router.group("orders").add(middleware: try RequireMiddleware(validator, scopes: ["orders:write"]))
    .post { _, context in "an order of \(context.verifiedToken?.subject ?? "")\n" }

// The keys are there before the first token is, where they can be had.
validator.refreshKeys()
let app = Application(
    router: router, configuration: .init(address: .hostname("127.0.0.1", port: port)),
    onServerRunning: { channel in
        FileHandle.standardOutput.write(Data("orders: port \(channel.localAddress?.port ?? 0)\n".utf8))
    })
try await app.runService()
