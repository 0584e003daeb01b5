//! Validators from documents.

use crate::mistake::Mistake;
use jotgate::{Policy, Timestamp, Validator, policy_text};
use jotgate_tools::JavaStores;

/// What a host says of itself when it makes a validator.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// Spreads refreshes over time and hashes key ids: a random number that no client knows.
    pub seed: u64,
    /// The host answers who a client is.
    pub client_lookup: bool,
    /// The host answers whether a token was revoked.
    pub revocation_check: bool,
    /// The host has a store of key sets that processes share.
    pub store: bool,
}

/// A validator of the policy, JSON text in UTF-8.
///
/// # Errors
///
/// The text is no policy, or it leaves clients to a host that does not look them up.
pub fn open(policy: &[u8], options: Options) -> Result<Validator, Mistake> {
    let policy = compiled(policy, options.client_lookup)?;
    let mut validator = Validator::new(policy, options.seed);
    if options.client_lookup {
        validator = validator.with_client_lookup();
    }
    if options.revocation_check {
        validator = validator.with_revocation_check();
    }
    if options.store {
        validator = validator.with_store();
    }
    Ok(validator)
}

/// The validator of another policy in the place of this one, which nobody is to be asked from now on; see
/// [`Validator::replaced`]. What the host has said of itself stays.
///
/// # Errors
///
/// As [`open`]; then nothing has changed.
pub fn open_after(before: &Validator, policy: &[u8], now: Timestamp) -> Result<Validator, Mistake> {
    Ok(before.replaced(compiled(policy, before.looks_clients_up())?, now))
}

fn compiled(policy: &[u8], looks_clients_up: bool) -> Result<Policy, Mistake> {
    policy_text(policy)
        .and_then(|policy| Policy::from_json_with(policy, &JavaStores))
        .and_then(|policy| if looks_clients_up { Ok(policy) } else { policy.without_client_lookup() })
        .map_err(|error| Mistake::from(&error))
}
