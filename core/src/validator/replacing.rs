//! Another policy in the place of the one before, while the service runs.

use super::Validator;
use super::accepted::Accepted;
use crate::cache::Cache;
use crate::policy::Policy;
use crate::time::Timestamp;
use crate::token::Headers;

impl Validator {
    /// The validator of another policy, in the place of this one, with what this one has learnt.
    ///
    /// A policy is compiled before it comes here, so a bad document changes nothing. Use the new validator for every question
    /// from now on; a question that was begun here ends here, and is answered by the policy that it was asked under. The places of
    /// issuers and routes, and so a [`Denial`], mean something to this validator alone, so keep that as long as there is such a
    /// question: an `Arc` in an `ArcSwap` is enough. More can be asked of a [`Verified`] by this validator and by all that come in
    /// its place ([`Validator::require`]): where its scopes are, it says itself.
    ///
    /// - **Key sets.** A source of the same place (the URL of `jwks_uri`; or the metadata, for the same issuers) whose options are
    ///   the same (all of `jwks`, and the entry's `algorithms`) goes on: its set with its freshness and its tag, its pause after
    ///   failures, its budget for unknown key ids, its counters, and a fetch that is out. Where only options are others, the set at
    ///   hand is read anew with them, and what was learnt of the issuer's failures is forgotten. Every other source begins empty.
    /// - **Sources that are gone** are asked for nothing any more. A validation that waits for one of them here gets
    ///   [`KeysUnavailable`] when it asks again: under the new policy.
    /// - **Driver.** Work, reports, health of key sets, events, exports and imports are those of the latest policy, whichever of the
    ///   validators is asked. Ids of work stay what they are.
    /// - **Cache.** The new one begins empty, and its counters at 0, as those of accepted tokens do.
    /// - **The host's promises** stay: a look-up of clients, a check for revoked tokens, a store.
    ///
    /// [`EventKind::PolicyReplaced`] tells of it. Replace one policy at a time: of two at once the one that is told last holds.
    ///
    /// [`Verified`]: crate::Verified
    /// [`Denial`]: crate::Denial
    /// [`KeysUnavailable`]: crate::Verdict::KeysUnavailable
    /// [`EventKind::PolicyReplaced`]: crate::EventKind::PolicyReplaced
    ///
    /// ```
    /// use jotgate::{Policy, Timestamp, Validator};
    ///
    /// let policy = |audience: &str| Policy::from_json(&format!(r#"{{"version": 1, "issuers": [{{
    ///     "issuer": "https://idp.example.com/",
    ///     "audience": "{audience}",
    ///     "keys": {{ "jwks_uri": "https://idp.example.com/jwks" }}
    /// }}]}}"#));
    /// let now = Timestamp::from_seconds(1_800_000_000);
    /// let validator = Validator::new(policy("https://api.example.com")?, 7);
    /// let validator = validator.replaced(policy("https://api2.example.com")?, now);
    /// assert_eq!(validator.health(now).sources.len(), 1);
    /// # Ok::<(), jotgate::PolicyError>(())
    /// ```
    #[must_use = "questions are still asked of the old one"]
    pub fn replaced(&self, mut policy: Policy, now: Timestamp) -> Self {
        if self.promises.clients {
            policy.declare_client_lookup();
        }
        policy.keep_names_of(&self.policy);
        Self {
            key_sets: self.key_sets.replaced(&policy.sources, now),
            cache: policy.cache.map(|settings| Cache::new(settings, self.seed)),
            // What a header says does not depend on the policy, but which are kept does.
            headers: Headers::default(),
            accepted: Accepted::of(policy.issuers.len()),
            promises: self.promises,
            seed: self.seed,
            policy,
        }
    }

    /// Whether the host looks clients up: it has said so with [`Validator::with_client_lookup`]. For those who refuse a policy
    /// that leaves it to the host where nobody does ([`Policy::without_client_lookup`]).
    #[must_use]
    pub fn looks_clients_up(&self) -> bool {
        self.promises.clients
    }
}
