//! Layers over any transport: faults by rules and chance, and the same bytes in other chunks.

mod error_answer;
mod injected;
mod injection;
mod injector;
mod offset;
mod random;
mod rechunked;
mod transport;
mod when;

pub use self::{
    injected::{InjectedFault, InjectedKind},
    injection::Injection,
    injector::FaultInjector,
    offset::ByteOffset,
    rechunked::{Rechunked, rechunked},
    transport::FaultyTransport,
};
