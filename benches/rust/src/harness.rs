//! Interleaved measuring: all contenders of a case take turns in short chunks, so that whatever else the machine does
//! meets all of them alike. The programs of the other languages work in the same way.

use crate::clock::Clock;
use crate::tokens::Row;
use serde::Serialize;
use std::hint::black_box;
use std::time::{Duration, Instant};

/// How long one chunk lasts, about; long against the clock's grain, short against the machine's moods.
const CHUNK: Duration = Duration::from_millis(1);
const WARM_UP: Duration = Duration::from_millis(20);

/// How often all cases are gone through, and how many chunks of each contender that takes.
#[derive(Clone, Copy)]
pub(crate) struct Effort {
    pub(crate) passes: usize,
    pub(crate) rounds: usize,
}

impl Effort {
    pub(crate) const FULL: Self = Self { passes: 3, rounds: 50 };
    pub(crate) const QUICK: Self = Self { passes: 1, rounds: 5 };
}

/// What is measured: true when the library came to the verdict that the case expects.
type Operation<'a> = Box<dyn Fn() -> bool + 'a>;

/// One library in one case. The first word of `name` is what the library is called.
pub(crate) struct Contender<'a> {
    name: &'static str,
    version: &'a str,
    provider: &'static str,
    /// Where the contenders of one comparison differ by it.
    case: Option<String>,
    operation: Operation<'a>,
    /// How many tokens one operation judges.
    tokens: usize,
    iterations: u32,
    /// Mean nanoseconds for each token, chunk by chunk.
    wall: Vec<f64>,
    cpu: Vec<f64>,
}

impl<'a> Contender<'a> {
    pub(crate) fn new(
        name: &'static str, version: &'a str, provider: &'static str, operation: impl Fn() -> bool + 'a,
    ) -> Self {
        let operation = Box::new(operation);
        Self {
            name,
            version,
            provider,
            case: None,
            operation,
            tokens: 1,
            iterations: 1,
            wall: Vec::new(),
            cpu: Vec::new(),
        }
    }

    pub(crate) fn in_case(self, case: String) -> Self {
        Self { case: Some(case), ..self }
    }

    /// An operation judges so many tokens, and is a chunk by itself.
    pub(crate) fn of_many(self, tokens: usize) -> Self {
        Self { tokens, ..self }
    }

    /// Runs for a while, and finds out how many iterations make a chunk. What is long is asked for its verdict once.
    fn warm_up(&mut self) -> Result<(), String> {
        if self.tokens > 1 && !self.wall.is_empty() {
            return Ok(());
        }
        if !(self.operation)() {
            return Err(format!("{} comes to another verdict", self.name));
        }
        if self.tokens > 1 {
            return Ok(());
        }
        let start = Instant::now();
        let mut done: u32 = 0;
        while start.elapsed() < WARM_UP {
            black_box((self.operation)());
            done += 1;
        }
        let fitting = f64::from(done) * CHUNK.as_secs_f64() / start.elapsed().as_secs_f64();
        self.iterations = (fitting as u32).max(1);
        Ok(())
    }

    fn chunk(&mut self) {
        let clock = Clock::start();
        for _ in 0..self.iterations {
            black_box((self.operation)());
        }
        let (wall, cpu) = clock.elapsed();
        let tokens = f64::from(self.iterations) * self.tokens as f64;
        self.wall.push(wall.as_nanos() as f64 / tokens);
        self.cpu.push(cpu.as_nanos() as f64 / tokens);
    }
}

/// One row of the table: the same token put to several libraries. The first is the one that ratios refer to.
pub(crate) struct Comparison<'a> {
    pub(crate) row: &'a Row,
    contenders: Vec<Contender<'a>>,
}

/// One line of output. Times are per token.
#[derive(Serialize)]
struct Line<'a> {
    language: &'static str,
    library: &'static str,
    version: &'a str,
    provider: &'static str,
    scenario: &'a str,
    algorithm: &'a str,
    size: &'a str,
    case: &'a str,
    median_ns: f64,
    /// The low decile: what the machine does when nothing disturbs it.
    p10_ns: f64,
    /// Processor time, of all threads.
    cpu_ns: f64,
    /// The median, over all rounds, of this library's processor time divided by the first one's in the same round; where
    /// several threads are at work, of what has passed.
    ratio: f64,
}

impl<'a> Comparison<'a> {
    pub(crate) fn new(row: &'a Row, contenders: Vec<Contender<'a>>) -> Self {
        Self { row, contenders }
    }

    /// Measures `rounds` chunks of every contender; each round begins with another one. Of what is long one will do.
    pub(crate) fn pass(&mut self, rounds: usize) -> Result<(), String> {
        let Row { scenario, algorithm, size, case, cores, .. } = self.row;
        for contender in &mut self.contenders {
            contender.warm_up().map_err(|error| format!("{scenario} {algorithm} {size} {case}: {error}"))?;
        }
        for round in 0..if *cores > 1 { 1 } else { rounds } {
            let turn = round % self.contenders.len();
            let (late, early) = self.contenders.split_at_mut(turn);
            early.iter_mut().chain(late).for_each(Contender::chunk);
        }
        Ok(())
    }

    pub(crate) fn print(&self) -> Result<(), serde_json::Error> {
        let compared = |contender: &'_ Contender<'a>| {
            if self.row.cores > 1 { contender.wall.clone() } else { contender.cpu.clone() }
        };
        let base = self.contenders.first().map(compared).unwrap_or_default();
        for contender in &self.contenders {
            let ratios = compared(contender).iter().zip(&base).map(|(ours, base)| ours / base).collect();
            let line = Line {
                language: LANGUAGE,
                library: contender.name,
                version: contender.version,
                provider: contender.provider,
                scenario: &self.row.scenario,
                algorithm: &self.row.algorithm,
                size: &self.row.size,
                case: contender.case.as_ref().unwrap_or(&self.row.case),
                median_ns: quantile(contender.wall.clone(), 0.5),
                p10_ns: quantile(contender.wall.clone(), 0.1),
                cpu_ns: quantile(contender.cpu.clone(), 0.5),
                ratio: quantile(ratios, 0.5),
            };
            println!("{}", serde_json::to_string(&line)?);
        }
        Ok(())
    }
}

/// Measures all of them in each pass, and prints them in the end.
pub(crate) fn run(comparisons: &mut [Comparison<'_>], effort: Effort) -> Result<(), Box<dyn std::error::Error>> {
    for pass in 1..=effort.passes {
        eprintln!("{LANGUAGE}: pass {pass} of {}", effort.passes);
        comparisons.iter_mut().try_for_each(|comparison| comparison.pass(effort.rounds))?;
    }
    comparisons.iter().try_for_each(Comparison::print)?;
    Ok(())
}

fn quantile(mut values: Vec<f64>, share: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let last = values.len().saturating_sub(1);
    values.get((last as f64 * share).round() as usize).copied().unwrap_or(f64::NAN)
}

pub(crate) const LANGUAGE: &str = "rust";
