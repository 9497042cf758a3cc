//! What goes wrong over HTTP/2, and what the error says of it. Whoever asks again meets the same fault again.

use super::Site;
use crate::conformance::{
    failure::{CheckFailed, Outcome, ensure_eq},
    raw::peer::{
        CANCEL, DATA, END_HEADERS, END_STREAM, HEADERS, INTERNAL_ERROR, NO_ERROR, OK, OK_4,
        REFUSED_STREAM,
    },
    subject::Subject,
};

/// A server that answers each request with these frames, of which each has a type, flags and a payload, and then resets
/// its stream.
fn resetting(
    subject: &Subject,
    frames: &'static [(u8, u8, &[u8])],
    reason: u32,
) -> Result<Site, CheckFailed> {
    Site::new(subject, move |mut peer| async move {
        loop {
            let stream = peer.request().await?;
            for (kind, flags, payload) in frames {
                peer.send(*kind, *flags, stream, payload).await?;
            }
            peer.reset(stream, reason).await?;
        }
    })
}

/// The half of a body without a length.
const HALF: &[(u8, u8, &[u8])] = &[(HEADERS, END_HEADERS, OK), (DATA, 0, b"half")];

pub(crate) async fn refused_stream(subject: &Subject) -> Outcome {
    let site = resetting(subject, &[], REFUSED_STREAM)?;
    site.once(subject, "").await
}

pub(crate) async fn reset_after_the_request(subject: &Subject) -> Outcome {
    let site = resetting(subject, &[], INTERNAL_ERROR)?;
    site.once(subject, "").await
}

pub(crate) async fn going_away_before_the_request(subject: &Subject) -> Outcome {
    let site = Site::new(subject, |mut peer| async move {
        peer.request().await?;
        peer.go_away(0, NO_ERROR).await?;
        peer.closed().await;
        Ok(())
    })?;
    site.once(subject, "").await
}

pub(crate) async fn going_away_and_closing_after_the_request(subject: &Subject) -> Outcome {
    for reason in [NO_ERROR, INTERNAL_ERROR] {
        let site = Site::new(subject, move |mut peer| async move {
            let stream = peer.request().await?;
            peer.go_away(stream, reason).await
        })?;
        site.once(subject, &format!("code {reason}")).await?;
    }
    Ok(())
}

pub(crate) async fn reset_in_the_body(subject: &Subject) -> Outcome {
    for reason in [INTERNAL_ERROR, CANCEL] {
        let site = resetting(subject, HALF, reason)?;
        site.once(subject, &format!("code {reason}")).await?;
    }
    Ok(())
}

/// A reset without an error is no end of the body either, unless its end had been sent.
pub(crate) async fn reset_without_an_error_in_the_body(subject: &Subject) -> Outcome {
    let cut = &[(HEADERS, END_HEADERS, OK_4), (DATA, 0, b"bo")];
    let site = resetting(subject, cut, NO_ERROR)?;
    site.once(subject, "").await?;

    let whole = &[(HEADERS, END_HEADERS, OK_4), (DATA, END_STREAM, b"body")];
    let site = resetting(subject, whole, NO_ERROR)?;
    let outcome = site.outcome().await?;
    ensure_eq!(outcome, "ok, 4 bytes", "a reset after the end of the body");
    Ok(())
}

/// A body without a length whose stream is reset with `NO_ERROR` before its end.
pub(crate) async fn reset_without_an_error_or_a_length(subject: &Subject) -> Outcome {
    let site = resetting(subject, HALF, NO_ERROR)?;
    site.once(subject, "").await
}
