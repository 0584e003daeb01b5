//! `start CONTENDER CONFIG`: from nothing to the first verdict, and 10,000 further ones if it is told to. See `../../starts`.

use jotgate::{Policy, Timestamp, Validator, Verdict};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::error::Error;
use std::time::SystemTime;

#[derive(Deserialize)]
struct Config {
    token: String,
    subject: String,
    policy: Box<RawValue>,
}

#[derive(Deserialize)]
struct Claims {
    sub: String,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [contender, path] = arguments.as_slice() else { return Err("usage: start CONTENDER CONFIG".into()) };
    let config: Config = serde_json::from_str(&std::fs::read_to_string(path)?)?;
    let validator =
        if contender == "jotgate" { Some(Validator::new(Policy::from_json(config.policy.get())?, 1)) } else { None };
    let subject = || -> Result<String, Box<dyn Error>> {
        let Some(validator) = &validator else { return Ok(config.subject.clone()) };
        match validator.validate(&config.token, Timestamp::from(SystemTime::now())) {
            Verdict::Accepted(verified) => Ok(verified.claims().deserialize::<Claims>()?.sub),
            _ => Err("another verdict".into()),
        }
    };
    for further in [0, 10_000] {
        for _ in 0..further {
            subject()?;
        }
        if !ready(&config.subject, &subject()?)? {
            break;
        }
    }
    Ok(())
}

/// Says that it is there, once it has read the claims of a token; whether anybody wants more.
fn ready(expected: &str, found: &str) -> Result<bool, Box<dyn Error>> {
    if found != expected {
        return Err("another verdict".into());
    }
    println!("ready");
    Ok(std::io::stdin().read_line(&mut String::new())? > 0)
}
