//! The edge: what every interface to another language needs, once.
//!
//! A language that has no types of Rust gets numbers and texts. What comes in is turned into the core's types here, and what
//! the core says becomes a record of plain fields. Nothing is decided here: an interface copies the fields of a record into
//! the form that its language reads, and its own work is memory and threads.

#![forbid(unsafe_code)]

mod denial;
pub mod guard;
pub mod members;
pub mod numbers;
mod mistake;

mod open;
mod packed;
mod request;
mod required;
mod verdict;
mod work;

pub use denial::{denial, retry_after};
pub use members::{MemberRecord, MemberText};
pub use mistake::{Mistake, Problem};
pub use open::{Options, open, open_after};
pub use packed::{Packed, fields};
pub use request::RequestText;
pub use required::{required, requirement};
pub use verdict::VerdictRecord;
pub use work::{Ended, WorkRecord, failure};
