//! Columns of tokens: judged a piece at a time, and what came of them as columns. For the package `jotgate-arrow`.

mod build;
mod claim;
mod column;
mod outcome;
mod piece;
mod result;

pub(crate) use column::Column;
pub(crate) use piece::Piece;
pub(crate) use result::Columns;
