//! The seam between the client and whatever moves its bytes.
//!
//! [`HttpTransport`] performs one HTTP exchange and nothing else. This module also holds what crosses the
//! seam: the response [`Body`], the [`TransportError`] and the [`CallContext`] that tells a transport or a
//! layer which call a request belongs to.

mod body;
mod context;
mod error;
mod http_transport;
mod marker;

pub use body::Body;
pub use context::{CallContext, Operation};
pub(crate) use error::Reach;
pub use error::{Delivery, Phase, TransportError, TransportErrorKind};
pub use http_transport::HttpTransport;
pub(crate) use marker::{BoxFuture, BoxStream};
pub use marker::{MaybeSend, MaybeSync};
