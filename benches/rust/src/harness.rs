//! Interleaved measuring: all contenders of a case take turns in short chunks, so that whatever else the machine does
//! meets all of them alike. The programs of the other languages work in the same way.

use serde::Serialize;
use std::hint::black_box;
use std::time::{Duration, Instant};

/// How long one chunk lasts, about; long against the clock's grain, short against the machine's moods.
const CHUNK: Duration = Duration::from_millis(1);
const WARM_UP: Duration = Duration::from_millis(20);
pub(crate) const PASSES: usize = 3;

/// What is measured: true when the library came to the verdict that the case expects.
type Operation<'a> = Box<dyn Fn() -> bool + 'a>;

pub(crate) struct Contender<'a> {
    library: &'static str,
    version: &'a str,
    operation: Operation<'a>,
    iterations: u32,
    /// Mean nanoseconds of each chunk.
    chunks: Vec<f64>,
}

impl<'a> Contender<'a> {
    pub(crate) fn new(library: &'static str, version: &'a str, operation: impl Fn() -> bool + 'a) -> Self {
        Self { library, version, operation: Box::new(operation), iterations: 1, chunks: Vec::new() }
    }

    /// Runs for a while, and finds out how many iterations make a chunk.
    fn warm_up(&mut self) -> Result<(), String> {
        if !(self.operation)() {
            return Err(format!("{} comes to another verdict", self.library));
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
        let start = Instant::now();
        for _ in 0..self.iterations {
            black_box((self.operation)());
        }
        let nanoseconds = start.elapsed().as_nanos() as f64;
        self.chunks.push(nanoseconds / f64::from(self.iterations));
    }
}

/// One row of the table: the same token put to several libraries. The first is the one that ratios refer to.
pub(crate) struct Comparison<'a> {
    algorithm: &'a str,
    size: &'a str,
    case: &'a str,
    contenders: Vec<Contender<'a>>,
}

/// One line of output. Times are per validation.
#[derive(Serialize)]
struct Line<'a> {
    language: &'static str,
    library: &'static str,
    version: &'a str,
    algorithm: &'a str,
    size: &'a str,
    case: &'a str,
    median_ns: f64,
    /// The low decile: what the machine does when nothing disturbs it.
    p10_ns: f64,
    /// The median, over all rounds, of this library's time divided by the first one's time in the same round.
    ratio: f64,
}

impl<'a> Comparison<'a> {
    pub(crate) fn new(algorithm: &'a str, size: &'a str, case: &'a str, contenders: Vec<Contender<'a>>) -> Self {
        Self { algorithm, size, case, contenders }
    }

    /// Measures `rounds` chunks of every contender; each round begins with another one.
    pub(crate) fn pass(&mut self, rounds: usize) -> Result<(), String> {
        for contender in &mut self.contenders {
            contender.warm_up().map_err(|error| format!("{} {} {}: {error}", self.algorithm, self.size, self.case))?;
        }
        for round in 0..rounds {
            let turn = round % self.contenders.len();
            let (late, early) = self.contenders.split_at_mut(turn);
            early.iter_mut().chain(late).for_each(Contender::chunk);
        }
        Ok(())
    }

    pub(crate) fn print(&self) -> Result<(), serde_json::Error> {
        let base = self.contenders.first().map(|first| first.chunks.as_slice()).unwrap_or_default();
        for contender in &self.contenders {
            let ratios = contender.chunks.iter().zip(base).map(|(ours, base)| ours / base).collect();
            let line = Line {
                language: "rust",
                library: contender.library,
                version: contender.version,
                algorithm: self.algorithm,
                size: self.size,
                case: self.case,
                median_ns: quantile(contender.chunks.clone(), 0.5),
                p10_ns: quantile(contender.chunks.clone(), 0.1),
                ratio: quantile(ratios, 0.5),
            };
            println!("{}", serde_json::to_string(&line)?);
        }
        Ok(())
    }
}

fn quantile(mut values: Vec<f64>, share: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let last = values.len().saturating_sub(1);
    values.get((last as f64 * share).round() as usize).copied().unwrap_or(f64::NAN)
}
