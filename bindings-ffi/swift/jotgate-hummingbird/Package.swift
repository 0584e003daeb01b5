// swift-tools-version: 6.0
// The native library is found by the linker: `-Xlinker -L<folder>`; see README.md of the package `jotgate`.

import PackageDescription

let package = Package(
    name: "jotgate-hummingbird",
    platforms: [.macOS(.v14), .iOS(.v17), .tvOS(.v17)],
    products: [
        .library(name: "JotgateHummingbird", targets: ["JotgateHummingbird"]),
        .library(name: "JotgateAsyncHTTPClient", targets: ["JotgateAsyncHTTPClient"]),
    ],
    dependencies: [
        .package(name: "jotgate", path: ".."),
        .package(url: "https://github.com/hummingbird-project/hummingbird.git", from: "2.17.0"),
        .package(url: "https://github.com/apple/swift-http-types.git", from: "1.0.0"),
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.83.0"),
        .package(url: "https://github.com/swift-server/async-http-client.git", from: "1.19.0"),
    ],
    targets: [
        .target(
            name: "JotgateHummingbird",
            dependencies: [
                .product(name: "Jotgate", package: "jotgate"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
            ]),
        .target(
            name: "JotgateAsyncHTTPClient",
            dependencies: [
                .product(name: "Jotgate", package: "jotgate"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
            ]),
        // A complete small service.
        .executableTarget(
            name: "orders", dependencies: ["JotgateHummingbird", "JotgateAsyncHTTPClient"], path: "Examples/orders",
            exclude: ["policy.yaml"]),
        // The server of the conformance tests.
        .executableTarget(
            name: "serve", dependencies: ["JotgateHummingbird", .product(name: "HTTPTypes", package: "swift-http-types")]),
        .testTarget(
            name: "JotgateHummingbirdTests",
            dependencies: [
                "JotgateHummingbird", "JotgateAsyncHTTPClient", .product(name: "JotgateTesting", package: "jotgate"),
                .product(name: "HummingbirdTesting", package: "hummingbird"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                // Which one of the tests starts.
                "orders",
            ]),
    ],
    swiftLanguageModes: [.v6]
)
