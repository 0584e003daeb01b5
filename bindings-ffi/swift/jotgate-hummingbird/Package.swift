// swift-tools-version: 6.0
// The native library is found by the linker: `-Xlinker -L<folder>`; see README.md of the package `jotgate`.

import PackageDescription

let package = Package(
    name: "jotgate-hummingbird",
    platforms: [.macOS(.v14), .iOS(.v17), .tvOS(.v17)],
    products: [.library(name: "JotgateHummingbird", targets: ["JotgateHummingbird"])],
    dependencies: [
        .package(name: "jotgate", path: ".."),
        .package(url: "https://github.com/hummingbird-project/hummingbird.git", from: "2.17.0"),
        .package(url: "https://github.com/apple/swift-http-types.git", from: "1.0.0"),
    ],
    targets: [
        .target(
            name: "JotgateHummingbird",
            dependencies: [
                .product(name: "Jotgate", package: "jotgate"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
            ]),
        // A complete small service.
        .executableTarget(name: "orders", dependencies: ["JotgateHummingbird"], path: "Examples/orders"),
        // The server of the conformance tests.
        .executableTarget(
            name: "serve", dependencies: ["JotgateHummingbird", .product(name: "HTTPTypes", package: "swift-http-types")]),
        .testTarget(
            name: "JotgateHummingbirdTests",
            dependencies: ["JotgateHummingbird", .product(name: "JotgateTesting", package: "jotgate")]),
    ],
    swiftLanguageModes: [.v6]
)
