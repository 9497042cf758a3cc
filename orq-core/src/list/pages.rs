//! Page after page, or item after item.

use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll},
};

use futures::{Stream, StreamExt, TryStreamExt, stream};

use super::ListDeployments;
use crate::{
    call::retry::RetryDecision,
    error::{Error, ErrorKind},
    model::{Deployment, DeploymentPage},
    response::Response,
    transport::BoxStream,
};

impl ListDeployments {
    /// Page after page, each fetched when it is asked for. The stream ends after the first error.
    pub fn pages(self) -> Pages {
        let pages = stream::unfold(Next::Fetch(Box::new(self)), |next| async move {
            match next {
                Next::Fetch(listing) => Some(match listing.clone().send().await {
                    Ok(page) => {
                        let next = listing.after(&page);
                        (Ok(page), next)
                    }
                    Err(error) => (Err(error), Next::End),
                }),
                Next::Fail(error) => Some((Err(error), Next::End)),
                Next::End => None,
            }
        });
        // Polled after its end, `unfold` panics.
        Pages(Box::pin(pages.fuse()))
    }

    /// Item after item, over all pages. The stream ends after the first error.
    ///
    /// Within a page the newest comes first, whichever way the pages go.
    pub fn items(self) -> Items {
        let items = self
            .pages()
            .map_ok(|page| stream::iter(page.into_inner().data).map(Ok))
            .try_flatten();
        Items(Box::pin(items))
    }

    /// Where to go on after `page`.
    fn after(mut self, page: &Response<DeploymentPage>) -> Next {
        // Taken for an empty last page, it would end the walk early and in silence.
        if let Some(warning) = page
            .warnings()
            .iter()
            .find(|warning| is_of_the_page(&warning.path))
        {
            return Next::Fail(stuck(&format!("can't be followed: {warning}"), page));
        }
        if !page.has_more {
            return Next::End;
        }
        let backwards = self.ending_before.is_some();
        let last = if backwards {
            page.data.first()
        } else {
            page.data.last()
        };
        let Some(id) = last.and_then(|item| item.id.clone()) else {
            return Next::Fail(stuck(
                "has more, but no item with an id to go on from",
                page,
            ));
        };
        let cursor = if backwards {
            &self.ending_before
        } else {
            &self.starting_after
        };
        // Brent: a cursor to compare with that moves on after 1, 2, 4, 8, … pages finds a circle of any length.
        self.pages += 1;
        let circle = self.mark.as_ref() == Some(&id);
        if self.pages.is_power_of_two() {
            self.mark = Some(id.clone());
        }
        if circle || cursor.as_ref() == Some(&id) {
            return Next::Fail(stuck("has more, but ends where it began", page));
        }
        Next::Fetch(Box::new(if backwards {
            self.ending_before(id)
        } else {
            self.starting_after(id)
        }))
    }
}

/// Whether a warning is about the page itself, or a whole item of it.
fn is_of_the_page(path: &str) -> bool {
    matches!(path, "has_more" | "data")
        || path.starts_with("data[") && path.ends_with(']') && path.matches(['[', '.']).count() == 1
}

/// What a walk over pages does next.
enum Next {
    Fetch(Box<ListDeployments>),
    Fail(Error),
    End,
}

/// Without this a server's mistake would make an endless loop, or end the list early and in silence.
fn stuck(why: &str, page: &Response<DeploymentPage>) -> Error {
    let error = Error::new(ErrorKind::Decode)
        .with_message(format!("the page {why}"))
        .with_response(page.status(), page.headers().clone())
        .with_idempotent(true);
    let earlier = page.failed_attempts().to_vec();
    error.with_attempts(earlier, RetryDecision::stop("it would fail again"))
}

/// Pages of a listing: a [`Stream`] of [`Response`]s.
#[must_use = "streams do nothing unless polled"]
pub struct Pages(BoxStream<'static, Result<Response<DeploymentPage>, Error>>);

/// Items of a listing: a [`Stream`] of [`Deployment`]s.
#[must_use = "streams do nothing unless polled"]
pub struct Items(BoxStream<'static, Result<Deployment, Error>>);

macro_rules! streams {
    ($($name:ident of $item:ty;)*) => {$(
        impl Stream for $name {
            type Item = Result<$item, Error>;

            fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
                self.0.poll_next_unpin(cx)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($name)).finish_non_exhaustive()
            }
        }
    )*};
}

streams! {
    Pages of Response<DeploymentPage>;
    Items of Deployment;
}
