// A service behind a policy: `orders POLICY [PORT]`. The policy says who may do what, and this file does it.

import Foundation
import Hummingbird
import Jotgate
import JotgateAsyncHTTPClient
import JotgateHummingbird

let arguments = CommandLine.arguments
guard arguments.count == 2 || arguments.count == 3, let port = Int(arguments.count == 3 ? arguments[2] : "8080") else {
    FileHandle.standardError.write(Data("usage: orders POLICY [PORT]\n".utf8))
    exit(2)
}
let validator = try Validator(policyFile: arguments[1], host: .init(fetcher: AsyncHTTPClientFetcher()))
let router = Router(context: JotgateContext.self)
router.add(middleware: JotgateMiddleware(validator))
router.get("ready") { _, _ in try validator.health().ready ? HTTPResponse.Status.ok : .serviceUnavailable }
router.get("orders") { _, context in "orders of \(context.verifiedToken?.subject ?? "")\n" }
router.post("orders") { _, context in "an order of \(context.verifiedToken?.subject ?? "")\n" }

// The keys are there before the first token is, where they can be had.
validator.refreshKeys()
let app = Application(
    router: router, configuration: .init(address: .hostname("127.0.0.1", port: port)),
    onServerRunning: { channel in
        FileHandle.standardOutput.write(Data("orders: port \(channel.localAddress?.port ?? 0)\n".utf8))
    })
try await app.runService()
