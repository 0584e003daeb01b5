//! What hosts have to pass of a request.

use super::Validator;
use crate::request_parts::RequestParts;

impl Validator {
    /// Which parts of requests the policy reads, beside method and path: for hosts to which it matters what they carry over
    /// for each request. It stays the same as long as the validator lives, so ask once. Whether requests that pass are
    /// changed is another such question: [`Validator::forwards`].
    ///
    /// A request with these parts alone gets the same verdict from [`Validator::validate`], the same explanation from
    /// [`Validator::explain`], and the same changes from [`Validator::forward`].
    ///
    /// A bearer token comes in one header field. A policy with `forward.claims_to_headers` reads all of them, since any may
    /// have a name that somebody takes for one of those, and so does an expression that looks a field up by another name
    /// than a literal one, or in a loop.
    ///
    /// ```
    /// use jotgate::{Policy, Validator};
    ///
    /// let policy = Policy::from_json(r#"{"version": 1, "issuers": [{
    ///     "issuer": "https://idp.example.com/",
    ///     "audience": "https://api.example.com",
    ///     "keys": { "jwks_uri": "https://idp.example.com/jwks" }
    /// }], "token": { "sources": [{ "header": "X-Jwt" }, { "cookie": "session" }] }}"#)?;
    /// let reads = Validator::new(policy, 7).reads();
    /// assert!(reads.has_header("x-jwt") && reads.has_header("Cookie"));
    /// assert!(!reads.has_header("Accept") && !reads.query);
    /// # Ok::<(), jotgate::PolicyError>(())
    /// ```
    #[must_use]
    pub fn reads(&self) -> RequestParts {
        self.policy.reads()
    }
}
