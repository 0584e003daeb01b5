//! `jotgate-bench TOKENS [--quick] [--cores NUMBER]`: prints one JSON line for each library and case. `benches/run.py` calls it.
//! With `--counted` it measures nothing: see `counted`.

mod bare;
mod clock;
mod counted;
mod harness;
mod jotgate;
#[cfg(feature = "peers")]
mod peers;
mod scenarios;
mod tokens;

use harness::{Effort, LANGUAGE};
use std::error::Error;
use tokens::{Row, TokenFile};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (path, flags) = arguments.split_first().ok_or("usage: jotgate-bench TOKENS [--quick] [--cores NUMBER]")?;
    let file: TokenFile = serde_json::from_str(&std::fs::read_to_string(path)?)?;
    if let Some(("--counted", cases)) = flags.split_first().map(|(flag, cases)| (flag.as_str(), cases)) {
        return counted::run(&file, cases);
    }
    let quick = flags.iter().any(|flag| flag == "--quick");
    let cores = flags.iter().skip_while(|flag| *flag != "--cores").nth(1).map_or(Ok(1), |number| number.parse())?;
    let mut comparisons = Vec::new();
    for row in file.comparisons.iter().filter(|row| is_measured(row, cores)) {
        comparisons.push(scenarios::comparison(&file, row, quick)?);
    }
    harness::run(&mut comparisons, if quick { Effort::QUICK } else { Effort::FULL })
}

fn is_measured(row: &Row, cores: usize) -> bool {
    // With aws-lc the hashes are ring's all the same, and curves grow as they do.
    let differs = cfg!(not(feature = "aws-lc")) || !(row.algorithm.starts_with("HS") || row.does == "grow");
    differs
        && row.program == "languages"
        && row.cores == cores
        && row.languages.iter().any(|language| language == LANGUAGE)
}
