//! One call: the request, its attempts, and the future that runs them.

mod answer;
mod buffer;
mod exchange;
mod future;
mod retry_loop;
mod segment;
mod template;
mod timed_body;

pub(crate) use answer::{Answer, answer, document};
pub(crate) use buffer::Json;
pub(crate) use exchange::Exchange;
pub use future::Call;
pub(crate) use retry_loop::run;
pub(crate) use segment::segment;
pub(crate) use template::RequestTemplate;
pub(crate) use timed_body::TimedBody;
