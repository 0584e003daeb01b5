//! `jotgate-simulation --seeds A..B [--nodes N] [--days D] [--ttl SECONDS] [--traffic MINUTES] [--node NUMBER]
//! [--report FILE]` runs the core on N nodes over D virtual days for each seed: key rotations, outages, floods, restarts,
//! clocks that are set. After each event it checks what must always hold. A failure names its seed and node, and fails
//! again with them. A report holds the sums over all seeds as JSON.

mod issuer;
mod node;
mod random;
mod report;
mod rules;
mod store;
mod tally;
mod terms;

use issuer::Issuer;
use node::Node;
use random::{DAY, MINUTE, SECOND};
use rules::Broken;
use std::ops::Range;
use std::path::PathBuf;
use std::process::ExitCode;
use tally::Tally;
use terms::Terms;

struct Options {
    seeds: Range<u64>,
    nodes: u64,
    days: i64,
    ttl: Option<i64>,
    traffic: i64,
    /// The only node to run, of all there are.
    node: Option<u64>,
    report: Option<PathBuf>,
}

fn main() -> ExitCode {
    let Some(options) = options() else {
        eprintln!(
            "usage: jotgate-simulation --seeds A..B [--nodes N] [--days D] [--ttl SECONDS] [--traffic MINUTES] [--node NUMBER] \
             [--report FILE]"
        );
        return ExitCode::from(2);
    };
    let (mut failed, mut total) = (0, Tally::default());
    for seed in options.seeds.clone() {
        match run(&options, seed) {
            Ok(tally) => {
                println!("seed {seed}: {}", report::line(&tally, options.node_days()));
                total.add_seed(tally);
            }
            Err(Broken(what)) => {
                failed += 1;
                println!("seed {seed} FAILED: property {what}");
                println!("  replay: --seeds {seed}..{} {}", seed + 1, settings(&options));
            }
        }
    }
    let seeds = options.seeds.end - options.seeds.start;
    println!("simulation: {seeds} seeds, {failed} failed");
    if let Some(file) = &options.report
        && let Err(error) = report::write(file, &options, failed, &total)
    {
        eprintln!("{}: {error}", file.display());
        return ExitCode::from(2);
    }
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

impl Options {
    fn node_days(&self) -> f64 {
        (self.nodes * u64::try_from(self.days).unwrap_or(0)) as f64
    }
}

fn options() -> Option<Options> {
    let mut options =
        Options { seeds: 0..0, nodes: 20, days: 30, ttl: None, traffic: 10 * MINUTE, node: None, report: None };
    let mut words = std::env::args().skip(1);
    while let Some(name) = words.next() {
        let value = words.next()?;
        match name.as_str() {
            "--seeds" => {
                let (first, end) = value.split_once("..")?;
                options.seeds = first.parse().ok()?..end.parse().ok()?;
            }
            "--nodes" => options.nodes = value.parse().ok()?,
            "--days" => options.days = value.parse().ok()?,
            "--ttl" => options.ttl = Some(value.parse::<i64>().ok()? * SECOND),
            "--traffic" => options.traffic = value.parse::<i64>().ok()? * MINUTE,
            "--node" => options.node = Some(value.parse().ok()?),
            "--report" => options.report = Some(value.into()),
            _ => return None,
        }
    }
    (!options.seeds.is_empty()).then_some(options)
}

/// All nodes of one seed; they share the issuer and nothing else, so each processor takes a part of them.
fn run(options: &Options, seed: u64) -> Result<Tally, Broken> {
    let until = options.days * DAY;
    let terms = Terms::new(seed, options.ttl, options.traffic);
    let issuer = Issuer::new(seed, until);
    let workers = std::thread::available_parallelism().map_or(1, |count| count.get() as u64).min(options.nodes.max(1));
    let parts: Vec<Result<Tally, Broken>> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..workers)
            .map(|worker| {
                let numbers = (worker..options.nodes).step_by(workers as usize);
                let numbers = numbers.filter(|number| options.node.is_none_or(|only| only == *number));
                let issuer = &issuer;
                scope.spawn(move || nodes(issuer, terms, seed, numbers, until))
            })
            .collect();
        workers.into_iter().map(|worker| worker.join().unwrap_or_else(|_| Err(Broken("a panic".to_owned())))).collect()
    });
    let mut total = Tally::default();
    for part in parts {
        total.add(&part?);
    }
    check_return(options, &terms, &total)?;
    Ok(total)
}

fn nodes(
    issuer: &Issuer, terms: Terms, seed: u64, numbers: impl Iterator<Item = u64>, until: i64,
) -> Result<Tally, Broken> {
    let mut total = Tally::default();
    for number in numbers {
        let lived = Node::new(issuer, terms, seed, number).and_then(|node| node.live(until));
        total.add(&lived.map_err(|Broken(what)| Broken(format!("{what} (node {number})")))?);
    }
    Ok(total)
}

/// The other half of property 3: nodes that lost the issuer together do not return together. Pauses lie between a quarter
/// and the whole of the longest one, so an even return takes three quarters of it.
fn check_return(options: &Options, terms: &Terms, tally: &Tally) -> Result<(), Broken> {
    let seconds = u64::try_from(terms.backoff_max * 3 / 4 / SECOND).unwrap_or(1).max(1);
    let allowed = 20 + 4 * options.nodes / seconds;
    let peak = tally.peak();
    if peak > allowed { Err(Broken(format!("3: {peak} requests in one second after an outage"))) } else { Ok(()) }
}

fn settings(options: &Options) -> String {
    let ttl = options.ttl.map(|ttl| format!(" --ttl {}", ttl / SECOND)).unwrap_or_default();
    format!("--nodes {} --days {}{ttl} --traffic {}", options.nodes, options.days, options.traffic / MINUTE)
}
