//! Policies from files and texts, with what they name in variables and other files.

use crate::validator::JwtValidator;
use jotgate::{Policy, PolicyError};
use jotgate_host::read_text;
use jotgate_tools::Format;
use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

/// The policy in a file whose name ends in `.json`, `.yaml`, `.yml` or `.toml`, with what it names by `{ env: NAME }` and
/// `{ file: PATH }`; paths start at the folder of the file. It blocks while it reads.
///
/// ```no_run
/// use jotgate_http::{JwtValidator, policy_from_file};
///
/// # async fn is_revoked() -> Result<bool, std::io::Error> { Ok(false) }
/// let validator = JwtValidator::builder(policy_from_file("policy.yaml")?)
///     .revocation_check(|_| is_revoked())
///     .build()?;
/// # Ok::<(), jotgate::PolicyError>(())
/// ```
///
/// # Errors
///
/// The file cannot be read, or is no policy: [`PolicyError::problems`] has all that is wrong, with lines and columns.
pub fn policy_from_file(path: impl AsRef<Path>) -> Result<Policy, PolicyError> {
    let path = path.as_ref();
    let format = path.extension().and_then(OsStr::to_str).and_then(Format::from_name).ok_or_else(|| {
        PolicyError::new("", "the name of the policy file does not tell its format")
            .with_hint("name it .json, .yaml, .yml or .toml")
    })?;
    let bytes = read(path).map_err(|error| {
        PolicyError::new("", format!("the policy file {} cannot be read: {error}", path.display()))
            .with_hint("a path that is not absolute starts at the working directory")
    })?;
    read_policy(jotgate::policy_text(&bytes)?, format, path.parent().unwrap_or(Path::new("")))
}

/// The same from a text in this format. Paths start at the working directory.
///
/// # Errors
///
/// As [`policy_from_file`].
pub fn policy_from_text(text: &str, format: Format) -> Result<Policy, PolicyError> {
    read_policy(text, format, Path::new(""))
}

impl JwtValidator {
    /// For the policy in a file, as [`policy_from_file`] reads it.
    ///
    /// # Errors
    ///
    /// As [`policy_from_file`], and as [`Builder::build`](crate::Builder::build).
    #[cfg(feature = "reqwest")]
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self, PolicyError> {
        Self::builder(policy_from_file(path)?).build()
    }

    /// Judges by the policy in this file from now on, as [`JwtValidator::replace`] does. It blocks while it reads.
    ///
    /// # Errors
    ///
    /// As [`policy_from_file`], and as [`JwtValidator::replace`]. Nothing has changed then: a file that is half written does no harm.
    pub fn replace_from_file(&self, path: impl AsRef<Path>) -> Result<(), PolicyError> {
        self.replace(policy_from_file(path)?)
    }
}

/// One byte more than a policy may have shows that it is too long.
fn read(path: &Path) -> io::Result<Vec<u8>> {
    let most = u64::try_from(Policy::MOST_BYTES).unwrap_or(u64::MAX).saturating_add(1);
    let mut bytes = Vec::new();
    File::open(path)?.take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn read_policy(text: &str, format: Format, folder: &Path) -> Result<Policy, PolicyError> {
    jotgate_tools::policy_with(text, format, |wanted| read_text(folder, wanted))
}
