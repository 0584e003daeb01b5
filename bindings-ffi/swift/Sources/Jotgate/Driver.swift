import Foundation
internal import JotgateNative

/// Does the work that the core gives out, and lets callers wait for it: what is done, when, and for how long at most, the core
/// decides. Each piece is a task of its own, so cancelling a caller cancels no fetch that others wait for.
final class Driver: Sendable {
    let clock: @Sendable () -> Date
    private let fetcher: any Fetcher
    private let log: @Sendable (String) -> Void
    private let underWay = UnderWay()
    private let held: Locked<Ruling>

    init(core: Core, clock: @escaping @Sendable () -> Date, fetcher: any Fetcher, log: @escaping @Sendable (String) -> Void) {
        self.clock = clock
        self.fetcher = fetcher
        self.log = log
        held = Locked(Ruling(core))
    }

    /// The policy that holds now. A question takes one and keeps it, so that no other policy has a say in it.
    var ruling: Ruling { held.withLock { $0 } }

    var now: Int64 { Native.millis(clock()) }

    /// Judges by another policy from now on; one at a time.
    func replace(_ next: (Core) throws -> Core) throws {
        try held.withLock { $0 = Ruling(try next($0.core)) }
    }

    /// The verdict, after as many fetches as it needs. Throws when the caller is cancelled while it waits.
    func verdict(_ core: Core, _ ask: @Sendable (Core, Int64) -> Judged) async throws -> Verdict {
        while true {
            let judged = ask(core, now)
            if judged.workDue { startWork() }
            guard case .keysNeeded(let ids, let patience) = judged.verdict else { return judged.verdict }
            guard let wait = underWay.firstOf(ids) else { continue }
            switch await wait.result(within: .milliseconds(patience)) {
            case .workEnded: continue
            case .cancelled: throw CancellationError()
            // Nobody has reported it in time.
            case .outOfPatience: for id in ids { failed(id, FetchError.timeout) }
            }
        }
    }

    /// Starts all work that there is.
    func startWork() {
        startWork { self.now }
    }

    private func startWork(_ time: () -> Int64) {
        let core = ruling.core
        while let piece = underWay.take({ core.pollWork(nowMs: time()) }) {
            start(piece)
        }
    }

    private func start(_ piece: Work) {
        let work = Task.detached { await self.perform(piece) }
        Task.detached {
            let limit = Task.detached {
                try await Task.sleep(for: piece.timeout)
                self.failed(piece.id, FetchError.timeout)
                work.cancel()
            }
            await work.value
            limit.cancel()
        }
    }

    private func perform(_ piece: Work) async {
        do {
            guard case .fetch(_, _, let url, let headers, let maxBody) = piece else {
                // No validator is made with a store.
                throw FetchError.connection("there is no store")
            }
            let request = FetchRequest(
                url: url, headers: headers.map { ($0.name, $0.value) }, timeout: piece.timeout, maxBody: Int(clamping: maxBody))
            let response = try await fetcher.fetch(request)
            let fields = response.headers.map { Field(name: $0.name.bytes, value: $0.value.bytes) }
            var refused: (any Error)?
            ended(piece.id, at: now) { core, id, time in
                do {
                    try core.reportFetched(
                        id: id, status: Int32(clamping: response.status), headers: fields, body: response.body, nowMs: time)
                } catch {
                    refused = error
                    core.reportFailed(id: id, failure: .callback, cause: "\(error)".bytes, nowMs: time)
                }
            }
            if let refused { log("a fetcher gave no answer of HTTP: \(refused)") }
        } catch {
            failed(piece.id, error)
        }
    }

    private func failed(_ id: UInt64, _ error: any Error) {
        let failure = Failed(error)
        ended(id, at: now) { $0.reportFailed(id: $1, failure: failure.kind, cause: failure.cause.bytes, nowMs: $2) }
    }

    /// Reports a piece, starts what follows from it, tells the log, and wakes those who wait for it: last, because who has a
    /// refusal finds in the log why.
    private func ended(_ id: UInt64, at time: Int64, report: (Core, UInt64, Int64) -> Void) {
        let core = ruling.core
        report(core, id, time)
        startWork { time }
        while let warning = core.pollWarning() { log(warning) }
        underWay.end(id)
    }
}

/// One policy of a validator, with what is known of it for as long as it holds.
struct Ruling: Sendable {
    let core: Core
    private let names: Set<String>?
    private let readsQuery: Bool

    init(_ core: Core) {
        self.core = core
        let reads = core.reads()
        names = reads.headers.map(Set.init)
        readsQuery = reads.query
    }

    /// The parts of a request that the policy reads. Names compare without case.
    func parts(_ method: String, _ path: String, _ query: String, _ headers: [(String, String)]) -> RequestParts {
        let fields = headers.filter { names?.contains($0.0.lowercased()) ?? true }
        return RequestParts(
            method: method.bytes, path: path.bytes, query: readsQuery ? query.bytes : Data(),
            headers: fields.map { Field(name: $0.0.bytes, value: $0.1.bytes) })
    }
}
