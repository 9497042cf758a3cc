//! An error of a transport, as a cassette holds it.

use std::fmt::Display;

use orq_core::transport::{Delivery, Phase, TransportError, TransportErrorKind};
use serde::{Deserialize, Serialize, Serializer};

/// A [`TransportError`] without its source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Failure {
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
    pub(crate) fn of(error: &TransportError) -> Self {
        Self {
            kind: error.kind(),
            phase: error.phase(),
            delivery: error.delivery(),
        }
    }

    pub(crate) fn error(self) -> TransportError {
        TransportError::new(self.kind, self.phase, self.delivery)
    }
}

fn word<S: Serializer>(value: &impl Display, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}

macro_rules! words {
    ($name:ident for $enum:literal: $($variant:ident),*) => {
        #[derive(Deserialize)]
        #[serde(remote = $enum, rename_all = "snake_case")]
        enum $name { $($variant),* }
    };
}
words!(KindWord for "TransportErrorKind": Connect, Tls, Timeout, Closed, Protocol, Other);
words!(PhaseWord for "Phase": Connect, Send, Headers, Body);
words!(DeliveryWord for "Delivery": NotSent, MaybeSent, Answered);
