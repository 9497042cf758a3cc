//! The interface between the client and an HTTP library.
//!
//! An [`HttpTransport`] performs one HTTP exchange. Its types are the response [`Body`], the [`TransportError`], and
//! the [`CallContext`] in the request's extensions, which describes the call that a request belongs to.

mod body;
mod context;
mod error;
mod http_transport;
mod tracked;

pub use crate::maybe_send::{MaybeSend, MaybeSync};
pub use body::Body;
pub use context::{CallContext, Operation};
pub(crate) use error::Reach;
pub use error::{Delivery, Phase, TransportError, TransportErrorKind};
pub use http_transport::HttpTransport;
pub use tracked::{Sending, Tracked, TrackedBody};
