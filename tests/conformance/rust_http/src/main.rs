//! Runs the vectors through the crate for services on tokio:
//!
//! - `jotgate-http-conformance VECTORS RAW_REPORT START_INDEX` runs token cases and scenarios, and appends a JSON line for each,
//! - `jotgate-http-conformance serve FILE` puts the exchanges of a file through the layer, on loopback,
//! - `jotgate-http-conformance routes FILE` the same, with an application with routes.

mod cases;
mod outcome;
mod require;
mod routes;
mod serve;
mod stage;
mod stand_ins;
mod told;

use serde_json::Value;
use std::error::Error;
use std::fs::{File, OpenOptions};
use std::io::{BufReader, Write as _};

/// What a program of tests ends with.
type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    match arguments.as_slice() {
        ["serve", file] => runtime.block_on(serve::serve(&read(file)?, serve::application)),
        ["routes", file] => runtime.block_on(serve::serve(&read(file)?, routes::application)),
        [vectors, report, start] => {
            let (file, start) = (read(vectors)?, start.parse()?);
            let mut report = OpenOptions::new().create(true).append(true).open(report)?;
            let listed = |name: &str| file[name].as_array().map(Vec::as_slice).unwrap_or_default();
            for case in listed("cases").iter().skip(start) {
                tell(&mut report, &runtime.block_on(cases::run(case))?)?;
            }
            for scenario in listed("scenarios").iter().skip(start) {
                tell(&mut report, &runtime.block_on(stage::play(scenario))?)?;
            }
            Ok(())
        }
        _ => Err("usage: jotgate-http-conformance VECTORS RAW_REPORT START_INDEX, serve FILE, routes FILE".into()),
    }
}

fn read(path: &str) -> Outcome<Value> {
    Ok(serde_json::from_reader(BufReader::new(File::open(path)?))?)
}

/// A line at a time and flushed: what ran is known even if the next case ends the process.
fn tell(report: &mut File, outcome: &Value) -> Outcome<()> {
    writeln!(report, "{outcome}")?;
    Ok(report.flush()?)
}

/// A text of a vector.
fn text(value: &Value) -> Outcome<&str> {
    value.as_str().ok_or_else(|| "expected a text".into())
}
