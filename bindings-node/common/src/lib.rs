//! What both native halves of the npm package tell its TypeScript half: the addon for Node, and the WebAssembly module. Each of them
//! adds how texts and numbers cross, and nothing else.

#![forbid(unsafe_code)]

mod layout;
mod request;
mod verdict;

pub use layout::Written;
pub use request::{NoRequest, with_request};
pub use verdict::{Details, Refusals, Returned, split};
