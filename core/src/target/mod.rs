//! The path of a request: one spelling for all that every server takes for the same path, and the oddities for which servers
//! have several.

mod case;
mod octets;
mod oddity;
mod path;
mod segments;

pub(crate) use case::{fold, recased};
pub(crate) use oddity::{Oddities, Oddity};
pub(crate) use path::Path;
