//! Streams of pages and of items.

use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll},
};

use futures::{Stream, StreamExt, TryStreamExt, stream};

use super::listing::{ListDeployments, Query};
use crate::{
    error::{Error, ErrorKind, RetryDecision},
    maybe_send::BoxStream,
    model::{Deployment, DeploymentPage},
    response::Response,
};

impl ListDeployments {
    /// Returns a stream of all pages, each fetched when the stream is polled for it. The stream ends after the first
    /// error.
    pub fn pages(self) -> Pages {
        let walk = Walk {
            query: self.query,
            pages: 0,
            mark: None,
        };
        let pages = stream::unfold(Next::Fetch(Box::new(walk)), |next| async move {
            match next {
                Next::Fetch(walk) => Some(match walk.query.call().await {
                    Ok(page) => {
                        let next = walk.after(&page);
                        (Ok(page), next)
                    }
                    Err(error) => (Err(error), Next::End),
                }),
                Next::Fail(error) => Some((Err(error), Next::End)),
                Next::End => None,
            }
        });
        // `unfold` panics when it is polled after its end.
        Pages(Box::pin(pages.fuse()))
    }

    /// Returns a stream of the items of all pages. The stream ends after the first error.
    ///
    /// Within a page the newest item comes first, in both directions.
    pub fn items(self) -> Items {
        let items = self
            .pages()
            .map_ok(|page| stream::iter(page.into_inner().data).map(Ok))
            .try_flatten();
        Items(Box::pin(items))
    }
}

/// The state of fetching page after page.
struct Walk {
    query: Query,
    /// The number of pages that were read, and the cursor of one of them, to detect pages that repeat.
    pages: u64,
    mark: Option<String>,
}

/// The next step: fetch a page, return an error, or end.
enum Next {
    Fetch(Box<Walk>),
    Fail(Error),
    End,
}

impl Walk {
    /// Returns the next step after `page`.
    fn after(mut self: Box<Self>, page: &Response<DeploymentPage>) -> Next {
        // If an item couldn't be deserialized, the stream would skip it or end early without an error.
        let mut warnings = page.meta().warnings().iter();
        if let Some(warning) = warnings.find(|warning| is_of_the_page(&warning.path)) {
            return Next::Fail(stuck(&format!("can't be followed: {warning}"), page));
        }
        if !page.has_more {
            return Next::End;
        }
        let (cursor, last) = match &mut self.query.ending_before {
            backwards @ Some(_) => (backwards, page.data.first()),
            None => (&mut self.query.starting_after, page.data.last()),
        };
        let Some(id) = last.and_then(|item| item.id.clone()) else {
            return Next::Fail(stuck(
                "has more, but no item with an id to continue from",
                page,
            ));
        };
        // Brent's algorithm: a cursor that is kept after 1, 2, 4, 8, … pages detects a cycle of any length.
        self.pages += 1;
        if self.mark.as_ref() == Some(&id) || cursor.as_ref() == Some(&id) {
            return Next::Fail(stuck("has more, but ends where it began", page));
        }
        if self.pages.is_power_of_two() {
            self.mark = Some(id.clone());
        }
        *cursor = Some(id);
        Next::Fetch(self)
    }
}

/// Returns whether a warning is about `has_more`, `data` or a whole item of `data`.
fn is_of_the_page(path: &str) -> bool {
    matches!(path, "has_more" | "data")
        || path.starts_with("data[") && path.ends_with(']') && path.matches(['[', '.']).count() == 1
}

/// Creates the error for a page after which the next page can't be fetched.
fn stuck(why: &str, page: &Response<DeploymentPage>) -> Error {
    let error = Error::new(ErrorKind::Decode)
        .with_message(format!("the page {why}"))
        .with_response(page.meta().status(), page.meta().headers().clone())
        .with_idempotent(true);
    let earlier = page.meta().failed_attempts().to_vec();
    error
        .with_attempts(earlier, RetryDecision::stop("it would fail again"))
        .with_retry_budget(page.meta().retry_budget())
}

/// A [`Stream`] of the pages of a list, created by [`ListDeployments::pages`].
#[must_use = "streams do nothing unless polled"]
pub struct Pages(BoxStream<'static, Result<Response<DeploymentPage>, Error>>);

/// A [`Stream`] of the items of all pages of a list, created by [`ListDeployments::items`].
#[must_use = "streams do nothing unless polled"]
pub struct Items(BoxStream<'static, Result<Deployment, Error>>);

macro_rules! streams {
    ($($name:ident of $item:ty, $next:ident;)*) => {$(
        impl $name {
            /// Waits for the next one, and returns `None` at the end.
            ///
            /// # Errors
            ///
            /// Those of the call for a page, and [`ErrorKind::Decode`](crate::ErrorKind::Decode) if the next page can't
            /// be determined: an item couldn't be deserialized, the last item has no id, or the pages repeat.
            pub async fn $next(&mut self) -> Result<Option<$item>, Error> {
                self.0.next().await.transpose()
            }
        }

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
    Pages of Response<DeploymentPage>, next_page;
    Items of Deployment, next_item;
}
