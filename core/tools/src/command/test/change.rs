//! A policy with one change, as a case writes it: `issuers[0].leeway = "10m"`, `without issuers[0].audience`.

use serde_json::{Value, json};

/// The document with the change; `this policy` is no change.
pub(super) fn changed(document: &Value, words: &str) -> Result<Value, String> {
    let mut made = document.clone();
    if words == "this policy" {
        return Ok(made);
    }
    let (path, value) = match (words.strip_prefix("without "), words.split_once(" = ")) {
        (Some(path), _) => (path, None),
        (None, Some((path, value))) => {
            (path, Some(serde_json::from_str::<Value>(value.trim()).map_err(|_| "behind = stands JSON".to_owned())?))
        }
        _ => return Err("a policy error comes of  PATH = JSON,  without PATH,  or  this policy".to_owned()),
    };
    let parts: Vec<&str> = path.trim().split(['.', '[', ']']).filter(|part| !part.is_empty()).collect();
    let (last, parents) = parts.split_last().ok_or("expected a path, such as issuers[0].audience")?;
    let mut place = &mut made;
    for part in parents {
        place = step(place, part).ok_or_else(|| format!("{path}: there is no {part}"))?;
    }
    match (place, value) {
        (Value::Object(members), Some(value)) => {
            members.insert((*last).to_owned(), value);
        }
        (Value::Object(members), None) => {
            members.remove(*last);
        }
        (Value::Array(elements), value) => {
            let index: usize = last.parse().map_err(|_| format!("{path}: expected a number"))?;
            match (elements.get_mut(index), value) {
                (Some(element), Some(value)) => *element = value,
                (None, Some(value)) => elements.push(value),
                (Some(_), None) => drop(elements.remove(index)),
                (None, None) => {}
            }
        }
        _ => return Err(format!("{path}: leads to nothing")),
    }
    Ok(made)
}

/// A member, made where there is none, or an element.
fn step<'v>(place: &'v mut Value, part: &str) -> Option<&'v mut Value> {
    match place {
        Value::Object(members) => Some(members.entry(part).or_insert_with(|| json!({}))),
        Value::Array(elements) => elements.get_mut(part.parse::<usize>().ok()?),
        _ => None,
    }
}
