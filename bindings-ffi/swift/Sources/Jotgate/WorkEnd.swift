import Foundation
internal import JotgateNative

/// How a piece of work ended.
enum WorkEnd {
    case fetched(FetchResponse)
    case loaded(String?)
    case saved
    case failed(any Error)

    /// Hands it in. Gives what operators should know of it beside what the core tells, nil for nothing.
    func report(to core: Core, _ id: UInt64, _ piece: Work?, at time: Int64) -> String? {
        switch self {
        case .fetched(let response):
            let fields = response.headers.map { Field(name: $0.name.bytes, value: $0.value.bytes) }
            do {
                try core.reportFetched(
                    id: id, status: Int32(clamping: response.status), headers: fields, body: response.body, nowMs: time)
            } catch {
                core.reportFailed(id: id, failure: .callback, cause: "\(error)".bytes, nowMs: time)
                return "a fetcher gave no answer of HTTP: \(error)"
            }
        case .loaded(let text):
            do {
                try core.reportLoaded(id: id, text: text?.bytes, nowMs: time)
            } catch {
                // The core has taken it as the end of the work.
                return "the store of key sets is of no use: \(Native.words(of: error))"
            }
        case .saved: core.reportSaved(id: id, nowMs: time)
        case .failed(let error):
            let failure = Failed(error)
            core.reportFailed(id: id, failure: failure.kind, cause: failure.cause.bytes, nowMs: time)
            switch piece {
            case .load: return "the store of key sets gave nothing: \(error)"
            case .save: return "key sets were not saved: \(error)"
            default: return nil
            }
        }
        return nil
    }
}
