//! `jotgate-conformance VECTORS RAW_REPORT START_INDEX` runs the cases, scenarios, explanations, imports or documents of a vector file from
//! an index on through the public API of the crate, and appends a JSON line for each.

mod cached;
mod case;
mod document;
mod driver;
mod import;
mod play;
mod require;
mod scenario;
mod world;

use case::{Case, Outcome, VectorFile};
use serde::Serialize;
use std::error::Error;
use std::fs::{File, OpenOptions};
use std::io::{BufReader, Write as _};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, vectors, report, start] = arguments.as_slice() else {
        return Err("usage: jotgate-conformance VECTORS RAW_REPORT START_INDEX".into());
    };
    let file: VectorFile = serde_json::from_reader(BufReader::new(File::open(vectors)?))?;
    let mut report = OpenOptions::new().create(true).append(true).open(report)?;
    let start = start.parse()?;
    match file {
        VectorFile::Imports(cases) => {
            cases.iter().skip(start).try_for_each(|case| tell(&mut report, &import::run(case)))
        }
        VectorFile::Documents(cases) => {
            cases.iter().skip(start).try_for_each(|case| tell(&mut report, &document::run(case)))
        }
        VectorFile::Cases(cases) => cases.iter().skip(start).try_for_each(|case| tell(&mut report, &run(case)?)),
        VectorFile::Explanations(cases) => {
            cases.iter().skip(start).try_for_each(|case| tell(&mut report, &driver::explained(case)?))
        }
        VectorFile::Scenarios(scenarios) => {
            scenarios.iter().skip(start).try_for_each(|scenario| tell(&mut report, &play::play(scenario)?))
        }
    }
}

/// A line at a time and flushed: what ran is known even if the next case ends the process.
fn tell(report: &mut File, outcome: &impl Serialize) -> Result<(), Box<dyn Error>> {
    writeln!(report, "{}", serde_json::to_string(outcome)?)?;
    Ok(report.flush()?)
}

fn run(case: &Case) -> Result<Outcome, Box<dyn Error>> {
    let policy = jotgate_tools::policy(&case.policy.to_string(), jotgate_tools::Format::Json);
    let looks_up = case.host.as_ref().is_some_and(|host| host.client.is_some());
    let checked = policy.and_then(|policy| if looks_up { Ok(policy) } else { policy.without_client_lookup() });
    match checked {
        Ok(policy) => {
            let outcome = driver::judge(case, &driver::validator(policy, case.host.as_ref()))?;
            cached::agrees(case, &outcome)?;
            Ok(outcome)
        }
        Err(error) => Ok(Outcome::policy_error(case, &error)),
    }
}
