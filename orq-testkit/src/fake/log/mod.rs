//! The calls of a double, and what became of them.

pub(super) mod call;
pub(super) mod calls;
