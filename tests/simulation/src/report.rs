//! A run in words and as JSON.

use crate::Options;
use crate::random::{HOUR, SECOND};
use crate::tally::Tally;
use serde_json::json;
use std::path::Path;
use std::{fs, io};

/// One seed in one line.
pub(crate) fn line(tally: &Tally, node_days: f64) -> String {
    format!(
        "{} validations, {} accepted, {} unavailable, {} fetches ({:.2} per node and day, {} failed, {} not modified; {} \
         more spared by a store), {} saves ({} covered a newer one), {} asked again, {} lost patience, {} restarts, {} clock steps, {} good tokens refused in floods, peak after an outage {}/s, longest wait {:.1} s, worst \
         staleness {:.2} h",
        tally.validations,
        tally.accepted,
        tally.unavailable,
        tally.fetches,
        tally.fetches as f64 / node_days,
        tally.failed_fetches,
        tally.not_modified,
        tally.shared,
        tally.saves,
        tally.covered,
        tally.asked_again,
        tally.lost_patience,
        tally.restarts,
        tally.clock_steps,
        tally.refused_good,
        tally.peak(),
        seconds(tally.longest_wait),
        hours(tally.worst_staleness),
    )
}

/// All seeds together.
pub(crate) fn write(file: &Path, options: &Options, failed: u64, total: &Tally) -> io::Result<()> {
    let seeds = options.seeds.end - options.seeds.start;
    let node_days = options.node_days() * seeds as f64;
    let report = json!({
        "first_seed": options.seeds.start,
        "seeds": seeds,
        "seeds_failed": failed,
        "nodes": options.nodes,
        "days": options.days,
        "validations": total.validations,
        "accepted": total.accepted,
        "unavailable": total.unavailable,
        "fetches": total.fetches,
        "fetches_per_node_and_day": rounded(total.fetches as f64 / node_days),
        "fetches_failed": total.failed_fetches,
        "fetches_not_modified": total.not_modified,
        "fetches_spared_by_a_store": total.shared,
        "saves": total.saves,
        "saves_that_covered_a_newer_one": total.covered,
        "validations_asked_again": total.asked_again,
        "validations_that_lost_patience": total.lost_patience,
        "restarts": total.restarts,
        "clock_steps": total.clock_steps,
        "good_tokens_refused_in_floods": total.refused_good,
        "peak_requests_per_second_after_an_outage": total.peak(),
        "longest_wait_seconds": seconds(total.longest_wait),
        "worst_staleness_hours": rounded(hours(total.worst_staleness)),
        "requests_in_each_second_after_the_worst_outage": total.worst_return(),
    });
    fs::write(file, format!("{report:#}\n"))
}

fn seconds(millis: i64) -> f64 {
    millis as f64 / SECOND as f64
}

fn hours(millis: i64) -> f64 {
    millis as f64 / HOUR as f64
}

fn rounded(number: f64) -> f64 {
    (number * 100.0).round() / 100.0
}
