//! What each kind of scenario comes to in Rust.

use crate::bare::Ring;
use crate::harness::{Comparison, Contender};
use crate::jotgate::{Headers, Jotgate};
#[cfg(feature = "peers")]
use crate::peers;
use crate::tokens::{Row, TokenFile};
use std::error::Error;

type Contenders<'a> = Result<Vec<Contender<'a>>, Box<dyn Error>>;

/// All contenders of that row. A kind of scenario that is not known here is an error: it would be missed in silence.
pub(crate) fn comparison<'a>(file: &TokenFile, row: &'a Row, quick: bool) -> Result<Comparison<'a>, Box<dyn Error>> {
    let contenders = match row.does.as_str() {
        "validate" => validated(file, row),
        "refuse" => refused(file, row),
        "request" => requested(row),
        "cache" => cached(row),
        "batch" => batched(row, quick),
        "grow" => grown(row),
        other => Err(format!("{}: nobody knows here how to {other}", row.scenario).into()),
    };
    Ok(Comparison::new(row, contenders?))
}

/// A good token, with its claims read into a struct or one by one, as applications do; and what that is made of.
fn validated<'a>(file: &TokenFile, row: &'a Row) -> Contenders<'a> {
    let (policy, ring) = (row.policy.get(), Ring::new(row)?);
    let (read, one, unread) = (Jotgate::new(policy)?, Jotgate::new(policy)?, Jotgate::new(policy)?);
    let mut contenders = vec![
        ours("jotgate", row, move || read.reads_claims(&row.token)),
        ours("jotgate, claims by name", row, move || one.reads_members(&row.token)),
        ours("jotgate, claims unread", row, move || unread.accepts(&row.token)),
        Contender::new("ring, signature alone", locked("ring")?, "ring", move || ring.verifies()),
    ];
    contenders.extend(signature_peers(row)?);
    contenders.extend(peers(file, row, true)?);
    Ok(contenders)
}

/// A token that is refused, beside one that passes: an attacker must not cost more than a user.
fn refused<'a>(file: &TokenFile, row: &'a Row) -> Contenders<'a> {
    let (jotgate, accepting) = (Jotgate::new(row.policy.get())?, Jotgate::new(row.policy.get())?);
    let good = row.good.as_ref().ok_or("no good token")?;
    let mut contenders = vec![
        ours("jotgate", row, move || jotgate.rejects(&row.token, &row.case)),
        ours("jotgate, accepting", row, move || accepting.accepts(good)),
    ];
    contenders.extend(peers(file, row, false)?);
    Ok(contenders)
}

/// The token alone, and a request that carries it; claims unread.
fn requested(row: &Row) -> Contenders<'_> {
    let (alone, jotgate) = (Jotgate::new(row.policy.get())?, Jotgate::new(row.policy.get())?);
    let exchange = row.request.as_ref().ok_or("no request")?;
    let headers: Headers<'_> = exchange.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    Ok(vec![
        ours("jotgate, token alone", row, move || alone.accepts(&row.token)),
        ours("jotgate, request", row, move || jotgate.accepts_request(exchange, &headers)),
    ])
}

fn cached(row: &Row) -> Contenders<'_> {
    let policy = row.cached_policy.as_ref().ok_or("no policy with a cache")?.get();
    let (read, unread, without) = (Jotgate::new(policy)?, Jotgate::new(policy)?, Jotgate::new(row.policy.get())?);
    Ok(vec![
        ours("jotgate, cached", row, move || read.reads_claims(&row.token)),
        ours("jotgate, cached, claims unread", row, move || unread.accepts(&row.token)),
        ours("jotgate", row, move || without.reads_claims(&row.token)),
    ])
}

fn batched(row: &Row, quick: bool) -> Contenders<'_> {
    let count = if quick { row.quick_tokens } else { row.tokens }.ok_or("no number of tokens")?;
    let distinct = row.distinct.as_ref().ok_or("no tokens")?;
    let tokens: Vec<&str> = distinct.iter().map(String::as_str).cycle().take(count).collect();
    let contender = |name, threads| -> Result<_, Box<dyn Error>> {
        let (jotgate, tokens) = (Jotgate::new(row.policy.get())?, tokens.clone());
        Ok(ours(name, row, move || jotgate.accepts_all(&tokens, threads)).of_many(count))
    };
    Ok(vec![
        contender("jotgate, one thread", Some(1))?,
        contender("jotgate, two threads", Some(2))?,
        contender("jotgate, one by one", None)?,
    ])
}

/// The cost must stay flat.
fn grown(row: &Row) -> Contenders<'_> {
    let steps = row.steps.as_ref().ok_or("no steps")?;
    let contender = |step: &crate::tokens::Step| -> Result<_, Box<dyn Error>> {
        let jotgate = Jotgate::new(step.policy.get())?;
        let case = format!("{}_{}", row.case, step.count);
        Ok(ours("jotgate", row, move || jotgate.accepts(&row.token)).in_case(case))
    };
    steps.iter().map(contender).collect()
}

fn ours<'a>(name: &'static str, row: &Row, operation: impl Fn() -> bool + 'a) -> Contender<'a> {
    // Where both are there, aws-lc verifies and ring hashes: core/docs/adr/0005-two-providers.md.
    let on_ring = cfg!(not(feature = "aws-lc")) || row.algorithm.starts_with("HS");
    Contender::new(name, JOTGATE, if on_ring { "ring" } else { "aws-lc" }, operation)
}

#[cfg(feature = "peers")]
fn signature_peers(row: &Row) -> Contenders<'_> {
    let aws_lc = peers::AwsLc::new(row)?;
    let version = locked("aws-lc-rs")?;
    Ok(vec![Contender::new("aws-lc-rs, signature alone", version, "aws-lc", move || aws_lc.verifies())])
}

#[cfg(feature = "peers")]
fn peers<'a>(file: &TokenFile, row: &'a Row, accepts: bool) -> Contenders<'a> {
    let peer = peers::JsonWebToken::new(file, row)?;
    let operation = move || peer.reads_claims(&row.token) == accepts;
    Ok(vec![Contender::new("jsonwebtoken", locked("jsonwebtoken")?, "aws-lc", operation)])
}

#[cfg(not(feature = "peers"))]
fn signature_peers(_: &Row) -> Contenders<'static> {
    Ok(Vec::new())
}

#[cfg(not(feature = "peers"))]
fn peers(_: &TokenFile, _: &Row, _: bool) -> Contenders<'static> {
    Ok(Vec::new())
}

/// The version of a crate as the lock file has it.
fn locked(name: &str) -> Result<&'static str, String> {
    let entry = LOCK_FILE.split("[[package]]").find(|entry| entry.contains(&format!("name = \"{name}\"\n")));
    entry
        .and_then(|entry| entry.split_once("version = \"")?.1.split_once('"'))
        .map(|(version, _)| version)
        .ok_or_else(|| format!("{name} is not in Cargo.lock"))
}

const JOTGATE: &str = env!("CARGO_PKG_VERSION");
const LOCK_FILE: &str = include_str!("../../../Cargo.lock");
