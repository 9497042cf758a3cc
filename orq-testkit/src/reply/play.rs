//! A reply while it is played.

use std::{error::Error, fmt, future, sync::Arc};

use http::Response;
use orq_core::transport::TransportError;

use super::{Reply, ReplyHead, playback::Playback};
use crate::time::TimeSource;

impl Reply {
    /// Plays it up to the head, on this clock. The body plays while it is read, and has `guard` as long as it is there.
    ///
    /// # Errors
    ///
    /// What comes in place of a head.
    pub(crate) async fn play<G>(
        self,
        clock: &TimeSource,
        guard: G,
    ) -> Result<Response<Playback<G>>, TransportError> {
        for wait in self.before {
            wait.over(clock).await;
        }
        clock.stir();
        let (status, headers) = match self.head {
            ReplyHead::Response { status, headers } => (status, headers),
            ReplyHead::Broken(fault) => return Err(fault.before_head()),
            ReplyHead::Failed(error) => return Err(again(&error)),
            ReplyHead::Never => future::pending().await,
        };
        let mut response = Response::new(Playback::new(self.body, clock.clone(), guard));
        *response.status_mut() = status;
        *response.headers_mut() = headers;
        Ok(response)
    }

    /// Whether no socket can play it: [`failed`](Reply::failed).
    pub(crate) fn is_for_memory_alone(&self) -> bool {
        matches!(self.head, ReplyHead::Failed(_))
    }
}

/// The same error once more, for the next one who gets it.
fn again(error: &Arc<TransportError>) -> TransportError {
    let copy = TransportError::new(error.kind(), error.phase(), error.delivery());
    match error.source() {
        Some(_) => copy.with_source(SourceOf(Arc::clone(error))),
        None => copy,
    }
}

/// What lies underneath an error that several have. It shows what is shown there.
struct SourceOf(Arc<TransportError>);

impl fmt::Debug for SourceOf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0.source(), f)
    }
}

impl fmt::Display for SourceOf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0
            .source()
            .map_or(Ok(()), |source| fmt::Display::fmt(source, f))
    }
}

impl Error for SourceOf {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.source()?.source()
    }
}
