//! Validations between marks, for a tool that counts instructions: see `../../instructions.py`.

use crate::jotgate::Jotgate;
use crate::tokens::{Row, TokenFile};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use std::error::Error;
use std::hint::black_box;

/// `TIMES ALGORITHM/SIZE/CASE…`: each case so many times, one after the other. A case is `accepted`, `fetched` (accepted with keys
/// that were fetched), `cached` (accepted by what the cache knows), `unknown_key` (ever new key ids, for which nothing may be fetched
/// any more), or one of the file's rejections.
pub(crate) fn run(file: &TokenFile, arguments: &[String]) -> Result<(), Box<dyn Error>> {
    let (times, cases) = arguments.split_first().ok_or("usage: jotgate-bench TOKENS --counted TIMES CASE…")?;
    let times = times.parse()?;
    for case in cases {
        let operation = operation(file, case)?;
        // What happens once shall not count.
        let warm = (0..WARM).filter(|number| operation(*number)).count();
        let right = validations_that_count(&*operation, times);
        if warm != usize::try_from(WARM)? || right != usize::try_from(times)? {
            return Err(format!("{case}: jotgate comes to another verdict").into());
        }
    }
    Ok(())
}

/// The tool knows this function by its name: it counts within, and takes the counts when it returns.
#[inline(never)]
fn validations_that_count(operation: &dyn Fn(u32) -> bool, times: u32) -> usize {
    (WARM..WARM.saturating_add(times)).filter(|number| black_box(operation(*number))).count()
}

type Operation<'a> = Box<dyn Fn(u32) -> bool + 'a>;

fn operation<'a>(file: &'a TokenFile, name: &str) -> Result<Operation<'a>, Box<dyn Error>> {
    let [algorithm, size, case] = name.split('/').collect::<Vec<_>>()[..] else {
        return Err(format!("{name}: not ALGORITHM/SIZE/CASE").into());
    };
    let row = file.rows.iter().find(|row| row.algorithm == algorithm && row.size == size);
    let row = row.ok_or("the file has no such token")?;
    Ok(match case {
        "accepted" => {
            let jotgate = Jotgate::new(row.policy.get())?;
            Box::new(move |_| jotgate.reads_claims(&row.token))
        }
        "cached" => {
            let mut policy: serde_json::Value = serde_json::from_str(row.policy.get())?;
            policy["cache"] = serde_json::json!({});
            let jotgate = Jotgate::new(&policy.to_string())?;
            Box::new(move |_| jotgate.reads_claims(&row.token))
        }
        "fetched" => {
            let jotgate = Jotgate::with_fetched_keys(row.policy.get(), std::slice::from_ref(&row.token))?;
            Box::new(move |_| jotgate.reads_claims(&row.token))
        }
        "unknown_key" => {
            let first: Vec<String> = (0..3).map(|number| with_unknown_key(row, number)).collect();
            let jotgate = Jotgate::with_fetched_keys(row.policy.get(), &first)?;
            Box::new(move |number| jotgate.rejects(&with_unknown_key(row, number.saturating_add(3)), "unknown_key"))
        }
        code => {
            let refused = file.rejections.iter().find(|one| one.algorithm == algorithm && one.case == code);
            let refused = refused.ok_or("the file has no such case")?;
            let (jotgate, code) = (Jotgate::new(refused.policy.get())?, code.to_owned());
            Box::new(move |_| jotgate.rejects(&refused.token, &code))
        }
    })
}

fn with_unknown_key(row: &Row, number: u32) -> String {
    let header = format!(r#"{{"alg":"{}","kid":"junk-{number:08}","typ":"JWT"}}"#, row.algorithm);
    let rest = row.token.split_once('.').map_or("", |(_, rest)| rest);
    format!("{}.{rest}", URL_SAFE_NO_PAD.encode(header))
}

const WARM: u32 = 10;
