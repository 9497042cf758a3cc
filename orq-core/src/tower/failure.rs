//! The errors of services, as those of a transport.

use std::{error::Error as StdError, fmt, iter, sync::Arc};

use crate::transport::{Delivery, Phase, TransportError, TransportErrorKind};

/// The error of a service or of a body, of any type.
pub(super) type Source = Box<dyn StdError + Send + Sync + 'static>;

type Classify = dyn Fn(&(dyn StdError + 'static)) -> Option<TransportError> + Send + Sync;

/// When an error occurred, as far as that decides whether the request was sent.
#[derive(Clone, Copy)]
pub(super) enum Moment {
    /// Before the service was called.
    Unready,
    /// After the service was called, and before it responded.
    Called,
    /// Like `Called`, but the exchange beneath the service was dropped before it began to send.
    Dropped,
    /// After the response's head.
    Answered,
}

impl Moment {
    /// Returns the phase and the delivery of an error that says nothing else.
    fn reach(self) -> (Phase, Delivery) {
        match self {
            Self::Unready | Self::Dropped => (Phase::Connect, Delivery::NotSent),
            Self::Called => (Phase::Headers, Delivery::MaybeSent),
            Self::Answered => (Phase::Body, Delivery::Answered),
        }
    }

    /// Returns whether every error at this moment has this phase and delivery. A [`TransportError`] (`is_own`) is
    /// believed even if an exchange was dropped, since it may be that of another one which a layer tried.
    fn is_certain(self, is_own: bool) -> bool {
        match self {
            Self::Unready | Self::Answered => true,
            Self::Dropped => !is_own,
            Self::Called => false,
        }
    }
}

/// Turns the errors of a service into those of a transport.
#[derive(Clone, Default)]
pub(super) struct Classifier(Option<Arc<Classify>>);

impl Classifier {
    pub(super) fn new(
        classify: impl Fn(&(dyn StdError + 'static)) -> Option<TransportError> + Send + Sync + 'static,
    ) -> Self {
        Self(Some(Arc::new(classify)))
    }

    /// Returns a [`TransportError`] unchanged, unless its delivery can't be. Any other error becomes the source of a
    /// new one, with what the first error in its chain that is known tells.
    pub(super) fn convert(&self, error: impl Into<Source>, moment: Moment) -> TransportError {
        let (phase, delivery) = moment.reach();
        let error = match error.into().downcast::<TransportError>() {
            Ok(own) if !moment.is_certain(true) || own.delivery() == delivery => return *own,
            Ok(own) => own,
            Err(error) => error,
        };
        let outermost: &(dyn StdError + 'static) = &*error;
        let mut chain = iter::successors(Some(outermost), |&error| error.source());
        let converted = match chain.find_map(|error| self.known(error)) {
            Some((known, is_own)) if !moment.is_certain(is_own) => known,
            Some((known, _)) => TransportError::new(known.kind(), phase, delivery),
            None => TransportError::new(TransportErrorKind::Other, phase, delivery),
        };
        converted.with_source(error)
    }

    /// Returns what is known of one error of a chain, and whether it is a [`TransportError`].
    fn known(&self, error: &(dyn StdError + 'static)) -> Option<(TransportError, bool)> {
        if let Some(own) = error.downcast_ref::<TransportError>() {
            let facts = TransportError::new(own.kind(), own.phase(), own.delivery());
            return Some((facts, true));
        }
        let classified = self.0.as_ref()?(error)?;
        Some((classified, false))
    }
}

impl fmt::Debug for Classifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Classifier")
            .field(&self.0.is_some())
            .finish()
    }
}
