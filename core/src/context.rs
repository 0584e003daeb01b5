//! What the checks behind the signature may look at.

use crate::claims::Payload;
use crate::request::Request;
use crate::time::Timestamp;

/// A token on its way through the checks, the request that it came with if there is one, and the time that it is judged for.
///
/// There is nothing else: no key, no other token, no clock. So what a check says follows from this and from the policy, and
/// can be asked again.
#[derive(Clone, Copy)]
#[cfg_attr(
    not(feature = "expressions"),
    expect(dead_code, reason = "rules without expressions look at the payload alone")
)]
pub(crate) struct Context<'a> {
    /// The JSON text of the header.
    pub(crate) header: &'a str,
    pub(crate) payload: &'a Payload<'a>,
    pub(crate) request: Option<&'a Request<'a>>,
    pub(crate) now: Timestamp,
}
