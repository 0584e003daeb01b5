//! Texts of a policy that lie in the environment and in files.

use jotgate::{Reference, ReferenceFailure, ReferenceKind};
use std::ffi::OsString;
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;

/// Reads what a policy names by `{ env: NAME }` or `{ file: PATH }`. Paths start at `folder`: that of the policy file, or an empty one
/// for the working directory.
///
/// # Errors
///
/// There is no such variable or file, or it cannot be read.
pub fn read_text(folder: &Path, wanted: &Reference) -> Result<Vec<u8>, ReferenceFailure> {
    match wanted.kind {
        ReferenceKind::Environment => {
            let value = std::env::var_os(&wanted.name).ok_or(ReferenceFailure::Missing)?;
            value.into_string().map(String::into_bytes).map_err(|_: OsString| ReferenceFailure::Unreadable)
        }
        ReferenceKind::File => read_file(&folder.join(&wanted.name), wanted.read_bytes),
        _ => Err(ReferenceFailure::Unreadable),
    }
}

fn read_file(path: &Path, most: usize) -> Result<Vec<u8>, ReferenceFailure> {
    let mut bytes = Vec::new();
    let most = u64::try_from(most).unwrap_or(u64::MAX);
    match File::open(path).and_then(|file| file.take(most).read_to_end(&mut bytes)) {
        Ok(_) => Ok(bytes),
        Err(error) if error.kind() == ErrorKind::NotFound => Err(ReferenceFailure::Missing),
        Err(_) => Err(ReferenceFailure::Unreadable),
    }
}
