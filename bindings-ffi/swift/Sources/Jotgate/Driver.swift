import Foundation
internal import JotgateNative

/// Does the work that the core gives out, and lets callers wait for it: what is done, when, and for how long at most, the core
/// decides. Each piece is a task of its own, so cancelling a caller cancels no fetch that others wait for.
final class Driver: Sendable {
    private let host: Validator.Host
    private let events: Events
    private let underWay = UnderWay()
    private let held: Locked<Ruling>

    init(core: Core, host: Validator.Host, events: Events) {
        self.host = host
        self.events = events
        held = Locked(Ruling(core))
    }

    /// The policy that holds now. A question takes one and keeps it, so that no other policy has a say in it.
    var ruling: Ruling { held.withLock { $0 } }

    var now: Int64 { Native.millis(host.clock()) }

    /// Judges by another policy from now on; one at a time.
    func replace(_ next: (Core) throws -> Core) throws {
        let core = try held.withLock { ruling in
            ruling = Ruling(try next(ruling.core))
            return ruling.core
        }
        events.tell(core)
    }

    /// The verdict, after as many fetches as it needs. Throws when the caller is cancelled while it waits.
    func verdict(_ core: Core, _ ask: @Sendable (Core, Int64) -> Judged) async throws -> Verdict {
        while true {
            let verdict = verdictNow(core, ask)
            guard case .keysNeeded(let ids, let patience) = verdict else { return verdict }
            try await wait(underWay.firstOf(ids), for: ids, within: .milliseconds(patience))
        }
    }

    /// The verdict, or that keys are needed, whose fetch is started then.
    func verdictNow(_ core: Core, _ ask: (Core, Int64) -> Judged) -> Verdict {
        let judged = ask(core, now)
        after(judged.workDue)
        return judged.verdict
    }

    /// The verdicts on many tokens: in rounds, all those without one at once, and then it is waited for what each of them needs.
    func verdicts(_ core: Core, _ tokens: [Data], _ asOf: Int64?, _ threads: UInt32) async throws -> [Verdict] {
        var found = [Verdict?](repeating: nil, count: tokens.count)
        var open = Array(tokens.indices)
        while !open.isEmpty {
            let (time, asked) = (now, open.map { tokens[$0] })
            let judged = await aside {
                core.validateMany(tokens: asked, threads: threads, asOfMs: asOf ?? time, nowMs: time)
            }
            after(judged.workDue)
            var needs = [[UInt64]: UInt64]()
            var left: [Int] = []
            for (index, verdict) in zip(open, judged.verdicts) {
                found[index] = verdict
                guard case .keysNeeded(let ids, let patience) = verdict else { continue }
                needs[ids] = patience
                left.append(index)
            }
            open = left
            // Before any wait: what ends during that of others has ended in time.
            let waits = needs.map { ids, patience in (ids, patience, underWay.firstOf(ids)) }
            let begun = ContinuousClock.now
            for (ids, patience, wait) in waits {
                let waited = begun.duration(to: .now)
                try await self.wait(wait, for: ids, within: .milliseconds(patience) - waited)
            }
        }
        return found.compactMap { $0 }
    }

    /// Starts all work that there is, and waits for none.
    func startWork() {
        startWork { self.now }
        events.tell(ruling.core)
    }

    /// Waits until no work is under way, so long at most; whether none is.
    func settled(within time: Duration) async throws -> Bool {
        let begun = ContinuousClock.now
        while let wait = underWay.firstToEnd() {
            switch await SystemTiming().end(of: wait, within: time - begun.duration(to: .now)) {
            case .workEnded: continue
            case .outOfPatience: return false
            case .cancelled: throw CancellationError()
            }
        }
        return true
    }

    /// Tells listeners what the core has to tell.
    func tellEvents() {
        events.tell(ruling.core)
    }

    private func after(_ workDue: Bool) {
        if workDue { startWork { self.now } }
        events.tell(ruling.core)
    }

    /// Returns when there may be a verdict.
    private func wait(_ wait: Wait?, for ids: [UInt64], within patience: Duration) async throws {
        guard let wait else { return }
        switch await host.timing.end(of: wait, within: patience) {
        case .workEnded: return
        case .cancelled: throw CancellationError()
        // Nobody has reported it in time.
        case .outOfPatience: for id in ids { ended(id, .failed(FetchError.timeout)) }
        }
    }

    /// The clock is read for each piece: starting one takes time.
    private func startWork(_ time: () -> Int64) {
        let core = ruling.core
        while let piece = underWay.take({ core.pollWork(nowMs: time()) }) {
            start(piece)
        }
    }

    private func start(_ piece: Work) {
        let state = Locked((isOver: false, task: Task<Void, Never>?.none))
        let lift = host.timing.limit(piece.timeout) {
            guard !state.withLock({ $0.isOver }) else { return }
            self.ended(piece.id, .failed(FetchError.timeout), of: piece)
            // What a store does late still counts, so it is left alone, and is reported again when it has really ended.
            if piece.isFetch { state.withLock { $0.task }?.cancel() }
        }
        let task = host.timing.run {
            let end = await self.end(of: piece)
            state.withLock { $0.isOver = true }
            lift()
            self.ended(piece.id, end, of: piece)
        }
        state.withLock { $0.task = task }
    }

    private func end(of piece: Work) async -> WorkEnd {
        do {
            switch piece {
            case .fetch(_, _, let url, let headers, let maxBody):
                let request = FetchRequest(
                    url: url, headers: headers.map { ($0.name, $0.value) }, timeout: piece.timeout,
                    maxBody: Int(clamping: maxBody))
                return .fetched(try await host.fetcher.fetch(request))
            case .load: return .loaded(try await host.store?.load())
            case .save(_, _, let text):
                try await host.store?.save(text)
                return .saved
            }
        } catch {
            return .failed(error)
        }
    }

    /// Reports a piece, starts what follows from it, tells the log, and wakes those who wait for it: last, because who has a
    /// refusal finds in the log why.
    private func ended(_ id: UInt64, _ end: WorkEnd, of piece: Work? = nil) {
        let (core, time) = (ruling.core, now)
        // What is given up when its time is over is told once, although it is reported again.
        let isNews = underWay.isOut(id)
        let told = end.report(to: core, id, piece, at: time)
        startWork { time }
        if let told, isNews { host.log(told) }
        while let warning = core.pollWarning() { host.log(warning) }
        underWay.end(id)
        events.tell(core)
    }

    /// Runs what takes a processor for long on a thread that no task needs.
    private func aside<T: Sendable>(_ body: @escaping @Sendable () -> T) async -> T {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(returning: body()) }
        }
    }
}
