//! An error of a transport, as a cassette holds it.

use std::fmt::Display;

use orq_core::transport::{Delivery, Phase, TransportError, TransportErrorKind};
use serde::{Deserialize, Serialize, Serializer};

/// A [`TransportError`] without its source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::cassette) struct Failure {
    #[serde(serialize_with = "word", deserialize_with = "KindWord::deserialize")]
    kind: TransportErrorKind,
    #[serde(serialize_with = "word", deserialize_with = "PhaseWord::deserialize")]
    phase: Phase,
    #[serde(
        serialize_with = "word",
        deserialize_with = "DeliveryWord::deserialize"
    )]
    delivery: Delivery,
}

impl Failure {
    pub(in crate::cassette) fn of(error: &TransportError) -> Self {
        Self {
            kind: error.kind(),
            phase: error.phase(),
            delivery: error.delivery(),
        }
    }

    pub(in crate::cassette) fn error(self) -> TransportError {
        TransportError::new(self.kind, self.phase, self.delivery)
    }
}

fn word<S: Serializer>(value: &impl Display, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}

#[derive(Deserialize)]
#[serde(remote = "TransportErrorKind", rename_all = "snake_case")]
enum KindWord {
    Connect,
    Tls,
    Timeout,
    Closed,
    Protocol,
    Other,
}

#[derive(Deserialize)]
#[serde(remote = "Phase", rename_all = "snake_case")]
enum PhaseWord {
    Connect,
    Send,
    Headers,
    Body,
}

#[derive(Deserialize)]
#[serde(remote = "Delivery", rename_all = "snake_case")]
enum DeliveryWord {
    NotSent,
    MaybeSent,
    Answered,
}
