//! Tokens on standard input: one in a line, as it is or in an object of NDJSON.

use serde_json::Value;

/// The tokens, each without the white space around it, which comes with files and pipes. Empty lines are none; nothing at all is
/// one empty token, which is refused as any other that is none.
pub(super) fn read(input: &[u8]) -> Result<Vec<Vec<u8>>, String> {
    if input.len() > LARGEST {
        return Err("longer than 16 MiB: give it in parts, or see jotgate audit".to_owned());
    }
    let lines = input.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii).enumerate();
    let mut tokens = Vec::new();
    for (index, line) in lines.filter(|(_, line)| !line.is_empty()) {
        tokens.push(if line.starts_with(b"{") { member(line, index.saturating_add(1))? } else { line.to_vec() });
    }
    if tokens.is_empty() {
        tokens.push(Vec::new());
    }
    Ok(tokens)
}

/// The token in an object. No error quotes the line.
fn member(line: &[u8], number: usize) -> Result<Vec<u8>, String> {
    let object: Value =
        serde_json::from_slice(line).map_err(|_| format!("line {number} begins like JSON, and is none"))?;
    let named = MEMBERS.iter().find_map(|name| object.get(name)?.as_str());
    let token = named.ok_or_else(|| format!("line {number} has no text under {}", MEMBERS.join(" or ")))?;
    // Logs keep the value of the header field.
    let (scheme, rest) = token.split_once(' ').unwrap_or_default();
    let token = if scheme.eq_ignore_ascii_case("bearer") { rest } else { token };
    Ok(token.trim().as_bytes().to_vec())
}

/// Where logs and answers of token endpoints (RFC 6749 section 5.1) have tokens.
const MEMBERS: [&str; 3] = ["token", "access_token", "authorization"];
/// What hosts read at most is one byte more.
const LARGEST: usize = 16 * 1024 * 1024;
