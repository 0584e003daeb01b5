import Foundation
internal import JotgateNative

extension Validator {
    /// What `validate` gives or throws for each of many tokens, in their order. Key sets are fetched once for all. `threads` is
    /// the most processors to use, all by default. Throws `CancellationError` where the task is cancelled while keys are
    /// fetched, and nothing else.
    public func validateMany(
        _ tokens: [String], asOf: Date? = nil, threads: Int = 0
    ) async throws -> [Result<VerifiedToken, JotgateError>] {
        let verdicts = try await driver.verdicts(
            driver.ruling.core, tokens.map(\.bytes), asOf.map(Native.millis), UInt32(clamping: threads))
        var results: [Result<VerifiedToken, JotgateError>] = []
        results.reserveCapacity(verdicts.count)
        for verdict in verdicts {
            do {
                guard let token = try await concluded(verdict) else { throw Self.noVerdict }
                results.append(.success(token))
            } catch let error as JotgateError {
                results.append(.failure(error))
            }
        }
        return results
    }
}
