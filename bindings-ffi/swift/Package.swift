// swift-tools-version: 6.0
// The native library is found by the linker: `-Xlinker -L<folder>`; see README.md.

import PackageDescription

let package = Package(
    name: "jotgate",
    platforms: [.macOS(.v13), .iOS(.v16), .tvOS(.v16), .watchOS(.v9)],
    products: [
        .library(name: "Jotgate", targets: ["Jotgate"]),
        .library(name: "JotgateTesting", targets: ["JotgateTesting"]),
    ],
    targets: [
        // The header of what UniFFI has generated, and the name of the library.
        .systemLibrary(name: "jotgate_nativeFFI"),
        // What UniFFI has generated. Nothing of it is shown to applications.
        .target(name: "JotgateNative", dependencies: ["jotgate_nativeFFI"], swiftSettings: [.swiftLanguageMode(.v5)]),
        .target(name: "Jotgate", dependencies: ["JotgateNative"]),
        .target(name: "JotgateTesting", dependencies: ["Jotgate", "JotgateNative"]),
        .executableTarget(name: "conformance", dependencies: ["Jotgate"]),
        .testTarget(name: "JotgateTests", dependencies: ["Jotgate", "JotgateTesting"]),
    ],
    swiftLanguageModes: [.v6]
)
