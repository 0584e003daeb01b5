import Foundation

/// A value that one thread at a time works with.
package final class Locked<Value>: @unchecked Sendable {
    // The lock is what makes it sendable: nothing reaches the value without it.
    private let lock = NSLock()
    private var value: Value

    package init(_ value: Value) {
        self.value = value
    }

    package func withLock<T>(_ body: (inout Value) throws -> T) rethrows -> T {
        lock.lock()
        defer { lock.unlock() }
        return try body(&value)
    }
}
