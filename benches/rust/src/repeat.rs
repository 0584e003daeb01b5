//! One validation a number of times and nothing else, for a tool that counts instructions: see `../../instructions.py`.

use crate::jotgate::Jotgate;
use crate::tokens::{Row, TokenFile};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use std::error::Error;
use std::hint::black_box;

/// `ALGORITHM SIZE CASE TIMES`. A case is `accepted`, `fetched` (accepted with keys that were fetched), `unknown_key` (ever
/// new key ids, for which nothing may be fetched any more), or one of the file's rejections.
pub(crate) fn repeat(file: &TokenFile, arguments: &[String]) -> Result<(), Box<dyn Error>> {
    let [algorithm, size, case, times] = arguments else {
        return Err("usage: jotgate-bench TOKENS --repeat ALGORITHM SIZE CASE TIMES".into());
    };
    let times = times.parse()?;
    let row = file.rows.iter().find(|row| row.algorithm == *algorithm && row.size == *size);
    let row = row.ok_or("the file has no such token")?;
    match case.as_str() {
        "accepted" => {
            let jotgate = Jotgate::new(row.policy.get())?;
            run(times, |_| jotgate.reads_claims(&row.token))
        }
        "fetched" => {
            let jotgate = Jotgate::with_fetched_keys(row.policy.get(), std::slice::from_ref(&row.token))?;
            run(times, |_| jotgate.reads_claims(&row.token))
        }
        "unknown_key" => {
            let junk = |number| with_unknown_key(row, number);
            let jotgate = Jotgate::with_fetched_keys(row.policy.get(), &(0..3).map(junk).collect::<Vec<_>>())?;
            run(times, |number| jotgate.rejects(&junk(3 + number), case))
        }
        code => {
            let refused = file.rejections.iter().find(|one| one.algorithm == *algorithm && one.case == code);
            let refused = refused.ok_or("the file has no such case")?;
            let jotgate = Jotgate::new(refused.policy.get())?;
            run(times, |_| jotgate.rejects(&refused.token, code))
        }
    }
}

fn with_unknown_key(row: &Row, number: u32) -> String {
    let header = format!(r#"{{"alg":"{}","kid":"junk-{number:08}","typ":"JWT"}}"#, row.algorithm);
    let rest = row.token.split_once('.').map_or("", |(_, rest)| rest);
    format!("{}.{rest}", URL_SAFE_NO_PAD.encode(header))
}

fn run(times: u32, operation: impl Fn(u32) -> bool) -> Result<(), Box<dyn Error>> {
    let right = (0..times).filter(|number| black_box(operation(*number))).count();
    if right == usize::try_from(times)? { Ok(()) } else { Err("jotgate comes to another verdict".into()) }
}
