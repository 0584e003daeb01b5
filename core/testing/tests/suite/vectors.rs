//! The policies of all vectors: a good token passes, or the core says what only the policy's author knows.

use super::support::code_at;
use jotgate::{Algorithm, Policy, Request, Timestamp, Validator};
use jotgate_testing::{Error, Issuer, Options, Token, recipes};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

const NOW: i64 = 1_800_000_000;

#[test]
fn a_good_token_passes_under_every_policy() {
    let (mut passed, mut refused) = (0, BTreeMap::new());
    for (policy, id) in policies() {
        match issuer(&policy).and_then(|issuer| issuer.verified(&Token::new())) {
            Ok(_) => passed += 1,
            Err(error) => {
                refused.insert(id, error.to_string());
            }
        }
    }
    let known = |id: &String, error: &String| {
        NO_TOKEN_PASSES.contains(&id.as_str()) || LEFT_TO_THE_TEST.iter().any(|reason| error.contains(reason))
    };
    let unknown: Vec<_> = refused.iter().filter(|(id, error)| !known(id, error)).collect();
    assert!(unknown.is_empty(), "{unknown:#?}");
    assert!(passed > 600 && refused.len() < passed / 2, "{passed} passed, {} refused", refused.len());
}

#[test]
fn what_is_bad_is_bad_under_every_policy() {
    let mut made: BTreeMap<&str, usize> = BTreeMap::new();
    // Each costs some thirty tokens: one in eight of the policies shows as much.
    for (policy, id) in policies().into_iter().step_by(8) {
        let Ok(issuer) = issuer(&policy) else { continue };
        let Ok(swapped) = issuer.policy() else { continue };
        let validator = Validator::new(Policy::from_json(&swapped).unwrap(), 7).with_client_lookup();
        for recipe in recipes().filter(|recipe| recipe.makeable) {
            let Ok(bad) = issuer.bad(recipe.code) else { continue };
            let now = Timestamp::from_seconds(NOW);
            let code = match (bad.method.is_empty(), &bad.token) {
                (true, Some(token)) => code_at(&validator, token, now),
                (true, None) => continue,
                (false, _) => {
                    let headers: Vec<_> =
                        bad.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
                    let (path, query) = bad.target.split_once('?').unwrap_or((&bad.target, ""));
                    let request = Request::new(&bad.method, path).with_query(query).with_headers(&headers);
                    code_at(&validator, &request, now)
                }
            };
            assert_eq!(code, Some(recipe.code), "{id}: {bad:?}");
            *made.entry(recipe.code.name()).or_default() += 1;
        }
    }
    let everywhere = made.get("expired").copied().unwrap_or_default();
    assert!(everywhere > 70, "{made:?}");
}

/// Each policy that loads, once, with the case in which it first stands.
fn policies() -> BTreeMap<String, String> {
    let mut policies = BTreeMap::new();
    for file in files() {
        let file: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
        for case in file["cases"].as_array().unwrap() {
            let (policy, id) = (case["policy"].to_string(), case["id"].as_str().unwrap().to_owned());
            if Policy::from_json(&policy).is_ok() {
                policies.entry(policy).or_insert(id);
            }
        }
    }
    policies
}

fn files() -> BTreeSet<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors/tokens");
    std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
}

/// Where the policy leaves the algorithm open, a key of RSA is not worth its time.
fn issuer(policy: &str) -> Result<Issuer, Error> {
    let options = Options::new().policy(policy).now(NOW);
    let quick = options.clone().algorithm(Algorithm::Es256);
    Issuer::with(&quick).or_else(|_| Issuer::with(&options))
}

/// They look for claims under names that their own mapping takes away.
const NO_TOKEN_PASSES: [&str; 2] = ["claim_mapping.client_id_mapped", "claim_mapping.rule_old_name"];

/// Nothing says as data what these ask for.
const LEFT_TO_THE_TEST: &[&str] = &[
    "an expression of the policy is not true",
    "the expression gives none of the allowed clients",
    "the claim is not what a rule of the policy asks for (dept)",
];
