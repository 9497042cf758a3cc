//! The ways to read a stream.

use fastrand::Rng;
use futures::TryStreamExt;
use orq_core::{CompletionStream, Error, Response, model::Completion};

use crate::said::Said;

/// Reads piece by piece to the end, and evaluates to the whole answer or the error.
macro_rules! each {
    ($stream:expr, $next:ident, $piece:ident => $add:expr) => {{
        let mut stream = $stream;
        loop {
            match stream.$next().await {
                Ok(Some($piece)) => $add,
                Ok(None) => break stream.finish().await,
                Err(error) => break Err(error),
            }
        }
    }};
}

/// Reads a stream to its end, in one of the ways that there are, and returns what was handed out piece by piece too.
pub(crate) async fn read(
    stream: CompletionStream,
    rng: &mut Rng,
) -> (Option<Said>, Result<Response<Completion>, Error>) {
    let mut said = Said::default();
    let whole = match rng.u8(0..5) {
        0 => return (None, stream.finish().await),
        1 => each!(stream, next_chunk, chunk => said.text += &chunk.text().unwrap_or_default()),
        2 => each!(stream, next_text, text => said.text += text),
        3 => each!(stream.into_text(), try_next, text => said.text += &text),
        _ => {
            let whole = each!(stream.into_deltas(), try_next, delta => said.add(&delta));
            return (Some(said), whole);
        }
    };
    // The text alone was handed out.
    let text = said.text;
    let handed = Said {
        text,
        ..Said::by_result(&whole)
    };
    (Some(handed), whole)
}
