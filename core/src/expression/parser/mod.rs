//! Reads CEL straight into a tree in which every name means something. What goes wrong is told with its place.
//!
//! The grammar is the one of the CEL specification. It is read by descent: each bracket costs the stack a fixed number
//! of frames, and operators cost it none.

mod calls;
mod grammar;
mod lexer;
mod literal;
mod names;
mod operators;
mod source;
mod state;

pub(super) use state::{Names, Parser};
