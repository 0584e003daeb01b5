//! What goes on to the application behind.

use super::Validator;
use crate::json;
use crate::limits;
use crate::request::Request;
use crate::routing::Forward;
use crate::token::Payload;
use crate::verified::Verified;

impl Validator {
    /// Whether the policy's `forward` changes requests at all, for hosts that cannot change them and have to refuse such a
    /// policy.
    #[must_use]
    pub fn forwards(&self) -> bool {
        !self.policy.forwarding.is_nothing()
    }

    /// How the policy's `forward` changes a request before it goes on: which header fields to remove, which to set from the
    /// claims of the accepted token, and the query without the token.
    ///
    /// Call it for every request that goes on, also for those that were let through without a token ([`Skipped`], with
    /// `None`): a header field that claims could set must not come from the client.
    ///
    /// A text goes as it is, a number or a boolean as it stands in the token, a list of these joined by commas, and
    /// everything else as JSON. `null` and an absent claim set nothing. What is not visible ASCII or a space within, and
    /// `%` itself (in an element of a list `,` too), is written as `%` with two hexadecimal digits for each byte of the
    /// UTF-8 (RFC 3986 section 2.1).
    ///
    /// [`Skipped`]: crate::Verdict::Skipped
    ///
    /// ```
    /// use jotgate::{Policy, Request, Validator};
    ///
    /// let policy = Policy::from_json(r#"{"version": 1, "issuers": [{
    ///     "issuer": "https://idp.example.com/",
    ///     "audience": "https://api.example.com",
    ///     "keys": { "jwks_uri": "https://idp.example.com/jwks" }
    /// }], "forward": { "claims_to_headers": { "sub": "X-User" }, "strip_token": true }}"#)?;
    /// let headers = [("x_user", "root"), ("Authorization", "Bearer eyJ")];
    /// let request = Request::new("GET", "/").with_headers(&headers);
    /// let forward = Validator::new(policy, 7).forward(None, &request);
    /// assert_eq!(forward.remove, ["X-User", "x_user", "authorization"]);
    /// assert!(forward.set.is_empty());
    /// # Ok::<(), jotgate::PolicyError>(())
    /// ```
    #[must_use]
    pub fn forward(&self, verified: Option<&Verified>, request: &Request<'_>) -> Forward {
        self.forward_payload(verified.map(Verified::seen), request)
    }

    /// As [`Validator::forward`], for a host that holds the claims as [`Verified::payload`] has given them. Claims of any
    /// other origin are whatever that origin says; a text that is no JSON object sets nothing.
    #[must_use]
    pub fn forward_claims(&self, payload: Option<&str>, request: &Request<'_>) -> Forward {
        let read = payload.and_then(|json| Some((json, json::table(json, limits::JSON_DEPTH_MAX).ok()?)));
        self.forward_payload(read.as_ref().map(|(json, table)| Payload::of(json, table)), request)
    }

    fn forward_payload(&self, payload: Option<Payload<'_>>, request: &Request<'_>) -> Forward {
        self.policy.forwarding.plan(payload.as_ref(), &self.policy.token_sources, request)
    }
}
