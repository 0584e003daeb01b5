//! Texts that lie in variables and files, and are not there: where a policy is looked at, its secrets mostly are not.

use crate::store::sha256;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jotgate::{Reference, ReferenceFailure};
use std::fmt::Write as _;

/// The texts, with something in the place of those that are not there of which no warning says anything.
pub(super) fn with_stand_ins(
    wanted: &[Reference], read: &[Result<Vec<u8>, ReferenceFailure>],
) -> Vec<Result<Vec<u8>, ReferenceFailure>> {
    let text = |(wanted, read): (&Reference, &Result<Vec<u8>, ReferenceFailure>)| match read {
        Ok(text) => Ok(text.clone()),
        Err(_) => Ok(stand_in(wanted).into_bytes()),
    };
    wanted.iter().zip(read).map(text).collect()
}

/// The same for the same variable or file, since that is what two entries may have in common.
fn stand_in(wanted: &Reference) -> String {
    let hash = sha256(format!("{} {}", wanted.kind.name(), wanted.name).as_bytes());
    let digits = hash.iter().fold(String::new(), |mut digits, byte| {
        // Writing to a string cannot fail.
        let _ = write!(digits, "{byte:02x}");
        digits
    });
    match wanted.path.rsplit('.').next() {
        Some("base64url") => URL_SAFE_NO_PAD.encode(hash),
        Some("hex") => digits,
        Some("jwks") => format!("{{\"keys\": [{{\"kid\": \"{digits}\"}}]}}"),
        // Long enough for a secret, and a URL where one is expected.
        _ => format!("https://{digits}.invalid/"),
    }
}
