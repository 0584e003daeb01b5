//! Looks for the token that costs most per KiB, and shows that none costs more than in proportion to its length.
//!
//! `worst [--quick]` tries all shapes and prints the dearest of each kind. `worst --counted TIMES LABEL BYTES` validates one of them
//! between marks: see `../../../instructions.py`.

mod attack;
mod shapes;

use attack::Attack;
use shapes::{End, Policy, Shape};
use std::error::Error;
use std::hint::black_box;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["--counted", times, label, bytes] => counted(times.parse()?, label, bytes.parse()?),
        [] => search(false),
        ["--quick"] => search(true),
        _ => Err("usage: worst [--quick | --counted TIMES LABEL BYTES]".into()),
    }
}

fn counted(times: u32, label: &str, bytes: usize) -> Result<(), Box<dyn Error>> {
    let attack = Attack::new(shapes::labelled(label).ok_or("no such shape")?, bytes)?;
    // What happens once shall not count.
    for _ in 0..10 {
        attack.run();
    }
    if validations_that_count(&attack, times) == usize::try_from(times)? {
        return Ok(());
    }
    Err(format!("{label}: jotgate comes to another verdict").into())
}

/// The tool knows this function by its name: it counts within, and takes the counts when it returns.
#[inline(never)]
fn validations_that_count(attack: &Attack, times: u32) -> usize {
    (0..times).filter(|_| black_box(attack.run())).count()
}

/// Coarsely through all of them, and then those that looked dearest with care.
fn search(quick: bool) -> Result<(), Box<dyn Error>> {
    let mut found = Vec::new();
    for shape in shapes::all(quick) {
        let attack = Attack::new(shape, SEARCHED_BYTES)?;
        // What cannot come to that end is no attack: scopes that are no texts, an audience of numbers.
        if attack.run() {
            found.push((attack.nanoseconds_per_kib(if quick { 2 } else { 5 }), shape));
        }
    }
    println!("{} shapes; nanoseconds per KiB of token, best of many", found.len());
    found.sort_by(|(one, _), (other, _)| other.total_cmp(one));
    for kind in KINDS {
        println!();
        let of_kind = found.iter().filter(|(_, shape)| (shape.policy, shape.end) == kind);
        for (_, shape) in of_kind.take(SHOWN) {
            println!("{}", line(*shape)?);
        }
    }
    Ok(())
}

fn line(shape: Shape) -> Result<String, Box<dyn Error>> {
    let mut line = format!("{:50}", shape.label());
    for kib in [1, 2, 4, 8, 16] {
        let attack = Attack::new(shape, kib * 1024)?;
        line += &format!("{:9.0}", attack.nanoseconds_per_kib(30));
    }
    Ok(line)
}

const SEARCHED_BYTES: usize = 8 * 1024;
/// Of each kind.
const SHOWN: usize = 6;
const KINDS: [(Policy, End); 7] = [
    (Policy::Plain, End::Accepted),
    (Policy::Plain, End::Forged),
    (Policy::Plain, End::Repeated),
    (Policy::Mapped, End::Accepted),
    (Policy::NumericIds, End::Accepted),
    (Policy::Scopes, End::Accepted),
    (Policy::Rules, End::Accepted),
];
