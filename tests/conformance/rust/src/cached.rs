//! Every case once more under a policy with a cache of verified tokens: nothing but the time that it takes may tell.

use crate::case::{Case, Outcome};
use crate::driver;
use serde_json::json;
use std::error::Error;

/// Judges the case until its token can come from the cache. An accepted one that is signed must have come from there.
pub(crate) fn agrees(case: &Case, plain: &Outcome) -> Result<(), Box<dyn Error>> {
    let mut policy = case.policy.clone();
    let Some(members) = policy.as_object_mut() else { return Ok(()) };
    members.insert("cache".to_owned(), json!({ "entries": 64, "bytes": CACHE_BYTES }));
    let policy = jotgate_tools::policy(&policy.to_string(), jotgate_tools::Format::Json)?;
    let validator = driver::validator(policy, case.host.as_ref());
    for round in 1..=ROUNDS {
        let outcome = driver::judge(case, &validator)?;
        let [cached, plain] = [&outcome, plain].map(serde_json::to_string);
        let (cached, plain) = (cached?, plain?);
        if cached != plain {
            return Err(format!("{}: with a cache, round {round}: {cached} in place of {plain}", case.id).into());
        }
    }
    let unsigned = case.policy.to_string().contains(r#""accept_unsigned":true"#);
    let cache = validator.health(driver::time_of(case)).cache.ok_or("the policy has a cache")?;
    match plain.verdict == "accepted" && !unsigned && cache.hits == 0 {
        true => Err(format!("{}: accepted {ROUNDS} times, and never found in the cache: {cache:?}", case.id).into()),
        false => Ok(()),
    }
}

/// Key sets are fetched in the first.
const ROUNDS: u32 = 3;

/// Room for a token as long as any policy allows.
const CACHE_BYTES: usize = 64 * 1024 * 1024;
