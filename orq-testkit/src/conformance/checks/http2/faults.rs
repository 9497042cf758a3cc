//! What goes wrong over HTTP/2, and what the error says of it. Whoever asks again meets the same fault again.

use super::Site;
use crate::conformance::{
    failure::{Outcome, ensure_eq},
    raw::peer::{
        CANCEL, DATA, END_HEADERS, END_STREAM, HEADERS, INTERNAL_ERROR, NO_ERROR, OK, OK_4,
        REFUSED_STREAM,
    },
    subject::Subject,
};

pub(crate) async fn refused_stream(subject: &Subject) -> Outcome {
    let site = Site::new(subject, |mut peer| async move {
        loop {
            let stream = peer.request().await?;
            peer.reset(stream, REFUSED_STREAM).await?;
        }
    })?;
    site.once(subject, "").await
}

pub(crate) async fn reset_after_the_request(subject: &Subject) -> Outcome {
    let site = Site::new(subject, |mut peer| async move {
        loop {
            let stream = peer.request().await?;
            peer.reset(stream, INTERNAL_ERROR).await?;
        }
    })?;
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
        let site = Site::new(subject, move |mut peer| async move {
            loop {
                let stream = peer.request().await?;
                peer.send(HEADERS, END_HEADERS, stream, OK).await?;
                peer.send(DATA, 0, stream, b"half").await?;
                peer.reset(stream, reason).await?;
            }
        })?;
        site.once(subject, &format!("code {reason}")).await?;
    }
    Ok(())
}

/// A reset without an error is no end of the body either, unless its end had been sent.
pub(crate) async fn reset_without_an_error_in_the_body(subject: &Subject) -> Outcome {
    let site = Site::new(subject, |mut peer| async move {
        loop {
            let stream = peer.request().await?;
            peer.send(HEADERS, END_HEADERS, stream, OK_4).await?;
            peer.send(DATA, 0, stream, b"bo").await?;
            peer.reset(stream, NO_ERROR).await?;
        }
    })?;
    site.once(subject, "").await?;

    let site = Site::new(subject, |mut peer| async move {
        loop {
            let stream = peer.request().await?;
            peer.send(HEADERS, END_HEADERS, stream, OK_4).await?;
            peer.send(DATA, END_STREAM, stream, b"body").await?;
            peer.reset(stream, NO_ERROR).await?;
        }
    })?;
    ensure_eq!(
        site.outcome().await?,
        "ok, 4 bytes",
        "a reset after the end of the body"
    );
    Ok(())
}

/// A body without a length whose stream is reset with `NO_ERROR` before its end.
pub(crate) async fn reset_without_an_error_or_a_length(subject: &Subject) -> Outcome {
    let site = Site::new(subject, |mut peer| async move {
        loop {
            let stream = peer.request().await?;
            peer.send(HEADERS, END_HEADERS, stream, OK).await?;
            peer.send(DATA, 0, stream, b"half").await?;
            peer.reset(stream, NO_ERROR).await?;
        }
    })?;
    site.once(subject, "").await
}
