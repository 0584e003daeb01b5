//! Why an expression comes to no value.

/// Why an expression has no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NoValue {
    /// A wrong type, an overflow. As CEL has it, `true || fault` is true, and `false && fault` false.
    Fault,
    /// The fault of looking for a name or an element that is not there.
    Absent,
    /// The steps are used up. Nothing can make up for that.
    Exhausted,
}
