import Foundation
internal import JotgateNative

/// What UniFFI has made of the native library, with errors of ours. Texts go in as bytes: the library looks whether they are
/// UTF-8.
enum Native {
    /// Names of codes by their numbers.
    static let codes = Dictionary(uniqueKeysWithValues: JotgateNative.codes().map { ($0.number, $0.name) })
    static let numbers = Dictionary(uniqueKeysWithValues: codes.map { ($1, $0) })

    /// Runs the body, and throws what it throws as an error of ours.
    static func call<T>(_ body: () throws -> T) throws -> T {
        do {
            return try body()
        } catch PolicyMistake.Refused(_, _, _, let problems) {
            throw JotgateError.policy(problems.map(PolicyProblem.init))
        } catch CallFailure.Snapshot(let text) {
            throw SnapshotError(description: text)
        } catch CallFailure.Argument(let text) {
            throw JotgateError.internalError(text)
        } catch let error as JotgateError {
            throw error
        } catch {
            throw JotgateError.internalError("the native library failed")
        }
    }

    /// What an error of the library says.
    static func words(of error: any Error) -> String {
        switch error {
        case CallFailure.Snapshot(let text), CallFailure.Argument(let text): text
        default: "\(error)"
        }
    }

    static func millis(_ date: Date) -> Int64 {
        // A date beyond all times of the core is as far as there are times.
        Int64(exactly: (date.timeIntervalSince1970 * 1000).rounded()) ?? (date.timeIntervalSince1970 < 0 ? .min : .max)
    }

    static func date(_ millis: Int64) -> Date { Date(timeIntervalSince1970: Double(millis) / 1000) }
}

extension String {
    var bytes: Data { Data(utf8) }
}

extension PolicyProblem {
    init(_ problem: Problem) {
        let isPlaced = problem.line > 0
        self.init(
            path: problem.path, message: problem.text, hint: problem.hint,
            line: isPlaced ? Int(problem.line) : nil, column: isPlaced ? Int(problem.column) : nil)
    }
}

extension JotgateError {
    init(_ rejection: JotgateNative.Rejection, requirement: Requirement? = nil) {
        guard let code = Native.codes[rejection.code], code != "internal_error" else {
            self = .internalError(rejection.detail ?? "the core gave no verdict on a token")
            return
        }
        self = .invalidToken(
            Rejection(
                code: code, detail: rejection.detail, claim: rejection.claim, issuerIndex: rejection.issuer.map(Int.init),
                routeIndex: rejection.route.map(Int.init), requirement: requirement))
    }
}
