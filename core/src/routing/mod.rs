//! What a policy says about requests: the route that one takes, where its token lies, and how it goes on.
//!
//! A route is taken before a token is looked for, because it may ask for none. What a request looks like to others decides
//! here: whoever stands behind must not read another path or another token in it than the policy did.

mod forward;
mod forwarding;
mod methods;
mod places;
mod route;
mod routes;
mod sources;
mod taken;
mod template;

pub use forward::Forward;
pub(crate) use forwarding::Forwarding;
pub(crate) use routes::Routes;
pub(crate) use sources::TokenSources;
pub(crate) use taken::{Needs, Taken};
