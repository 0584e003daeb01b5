//! `jotgate-bench TOKENS [--quick]`: prints one JSON line for each library and case. `benches/run.py` calls it.
//! With `--counted` it measures nothing: see `counted`.

mod bare;
mod counted;
mod harness;
mod jotgate;
#[cfg(feature = "peers")]
mod peers;
mod tokens;

use crate::jotgate::Jotgate;
use bare::Ring;
use harness::{Comparison, Contender, PASSES};
use std::error::Error;
use tokens::{Case, Row, TokenFile};

/// Chunks of each contender in one pass.
const ROUNDS: usize = 50;
const QUICK_ROUNDS: usize = 5;
const JOTGATE: &str = env!("CARGO_PKG_VERSION");
const LOCK_FILE: &str = include_str!("../../../Cargo.lock");

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let path = arguments.first().ok_or("usage: jotgate-bench TOKENS [--quick]")?;
    let file: TokenFile = serde_json::from_str(&std::fs::read_to_string(path)?)?;
    if let Some((flag, cases)) = arguments.get(1..).and_then(<[String]>::split_first)
        && flag == "--counted"
    {
        return counted::run(&file, cases);
    }
    let rounds = if arguments.iter().any(|argument| argument == "--quick") { QUICK_ROUNDS } else { ROUNDS };
    let mut comparisons = Vec::new();
    for row in &file.rows {
        comparisons.push(accepted(&file, row)?);
    }
    for case in &file.rejections {
        comparisons.push(alone(case, |jotgate, case| jotgate.rejects(&case.token, &case.case))?);
    }
    for case in &file.growth {
        comparisons.push(alone(case, |jotgate, case| jotgate.accepts(&case.token))?);
    }
    for _ in 0..PASSES {
        comparisons.iter_mut().try_for_each(|comparison| comparison.pass(rounds))?;
    }
    comparisons.iter().try_for_each(Comparison::print)?;
    Ok(())
}

/// A good token with its claims read into a struct, as applications do; and what that is made of.
fn accepted<'a>(file: &TokenFile, row: &'a Row) -> Result<Comparison<'a>, Box<dyn Error>> {
    let (jotgate, unread, ring) = (Jotgate::new(row.policy.get())?, Jotgate::new(row.policy.get())?, Ring::new(row)?);
    let mut contenders = vec![
        Contender::new("jotgate", JOTGATE, move || jotgate.reads_claims(&row.token)),
        Contender::new("jotgate, claims unread", JOTGATE, move || unread.accepts(&row.token)),
        Contender::new("ring, signature alone", locked("ring")?, move || ring.verifies()),
    ];
    contenders.extend(peers(file, row)?);
    Ok(Comparison::new(&row.algorithm, &row.size, "accepted", contenders))
}

#[cfg(feature = "peers")]
fn peers<'a>(file: &TokenFile, row: &'a Row) -> Result<Vec<Contender<'a>>, Box<dyn Error>> {
    let (aws_lc, peer) = (peers::AwsLc::new(row)?, peers::JsonWebToken::new(file, row)?);
    Ok(vec![
        Contender::new("aws-lc-rs, signature alone", locked("aws-lc-rs")?, move || aws_lc.verifies()),
        Contender::new("jsonwebtoken, aws_lc_rs", locked("jsonwebtoken")?, move || peer.reads_claims(&row.token)),
    ])
}

#[cfg(not(feature = "peers"))]
fn peers(_: &TokenFile, _: &Row) -> Result<Vec<Contender<'static>>, Box<dyn Error>> {
    Ok(Vec::new())
}

/// What only jotgate is measured with.
fn alone<'a>(
    case: &'a Case, operation: impl Fn(&Jotgate, &Case) -> bool + 'a,
) -> Result<Comparison<'a>, Box<dyn Error>> {
    let jotgate = Jotgate::new(case.policy.get())?;
    let contenders = vec![Contender::new("jotgate", JOTGATE, move || operation(&jotgate, case))];
    Ok(Comparison::new(&case.algorithm, &case.size, &case.case, contenders))
}

/// The version of a crate as the lock file has it.
fn locked(name: &str) -> Result<&'static str, String> {
    let entry = LOCK_FILE.split("[[package]]").find(|entry| entry.contains(&format!("name = \"{name}\"\n")));
    entry
        .and_then(|entry| entry.split_once("version = \"")?.1.split_once('"'))
        .map(|(version, _)| version)
        .ok_or_else(|| format!("{name} is not in Cargo.lock"))
}
