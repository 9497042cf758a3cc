//! A layer that injects faults into any transport, repeatable by its seed.

mod body;
mod injection;
mod injector;
mod log;
mod luck;
mod offset;
mod plan;
mod transport;
mod when;

pub use injection::Injection;
pub use injector::FaultInjector;
pub use log::{InjectedFault, InjectedKind};
pub use offset::ByteOffset;
pub use transport::FaultyTransport;
