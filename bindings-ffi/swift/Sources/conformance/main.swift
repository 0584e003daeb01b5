// Runs the vectors through the public API: `conformance VECTORS RAW_REPORT [START_INDEX]`. They are token cases, explanations,
// imports, documents or scenarios. Appends one JSON line for each to the report, so that whoever started this knows which case
// ended the process, if one does.

import Foundation
import Jotgate

let arguments = CommandLine.arguments
guard arguments.count == 3 || arguments.count == 4, let start = Int(arguments.count == 4 ? arguments[3] : "0") else {
    FileHandle.standardError.write(Data("usage: conformance VECTORS RAW_REPORT [START_INDEX]\n".utf8))
    exit(2)
}
let vectors = try Data(contentsOf: URL(fileURLWithPath: arguments[1]))
let file = try JSONSerialization.jsonObject(with: vectors) as? [String: [[String: Any]]] ?? [:]
if !FileManager.default.fileExists(atPath: arguments[2]) {
    try Data().write(to: URL(fileURLWithPath: arguments[2]))
}
let report = try FileHandle(forWritingTo: URL(fileURLWithPath: arguments[2]))
try report.seekToEnd()
for one in file.values.joined().dropFirst(start).map(Case.init) {
    try report.write(contentsOf: Data((await reportLine(of: one) + "\n").utf8))
}
