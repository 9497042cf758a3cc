//! Requests as a double received them.

mod assert;
mod recorded;
mod redacted;
mod served;

pub use self::recorded::RecordedRequest;
pub(crate) use self::served::{OverSocket, Served};
