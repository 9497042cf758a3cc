//! Rate limits, and how they are kept.

pub(super) mod limiter;
pub(super) mod rate_limit;
