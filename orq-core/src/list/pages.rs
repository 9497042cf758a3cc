//! Streams of pages and of items.

use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll},
};

use futures::{Stream, StreamExt, TryStreamExt, stream};

use super::{page::Page, query::Query};
use crate::{
    error::{Error, ErrorKind, RetryDecision},
    maybe_send::BoxStream,
    response::Response,
};

/// Returns a stream of the pages from that of the query on.
pub(super) fn pages<P: Page>(query: Query) -> Pages<P> {
    let walk = Walk {
        query,
        pages: 0,
        mark: None,
    };
    let pages = stream::unfold(Next::Fetch(Box::new(walk)), |next| async move {
        match next {
            Next::Fetch(walk) => Some(match walk.query.call::<P>().await {
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

/// Returns a stream of the items of the pages from that of the query on.
pub(super) fn items<P: Page>(query: Query) -> Items<P::Item> {
    let items = pages::<P>(query)
        .map_ok(|page| stream::iter(page.into_inner().into_items()).map(Ok))
        .try_flatten();
    Items(Box::pin(items))
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
    fn after<P: Page>(mut self: Box<Self>, page: &Response<P>) -> Next {
        // If an item couldn't be deserialized, the stream would skip it or end early without an error.
        let mut warnings = page.meta().warnings().iter();
        if let Some(warning) = warnings.find(|warning| is_of_the_page(&warning.path)) {
            return Next::Fail(stuck(&format!("can't be followed: {warning}"), page));
        }
        if !page.has_more() {
            return Next::End;
        }
        let (cursor, last) = match &mut self.query.ending_before {
            backwards @ Some(_) => (backwards, page.items().first()),
            None => (&mut self.query.starting_after, page.items().last()),
        };
        let Some(id) = last.and_then(P::id).cloned() else {
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
fn stuck<P>(why: &str, page: &Response<P>) -> Error {
    let error = Error::new(ErrorKind::Decode)
        .with_message(format!("the page {why}"))
        .with_response(page.meta().status(), page.meta().headers().clone())
        .with_idempotent(true);
    let earlier = page.meta().failed_attempts().to_vec();
    error
        .with_attempts(earlier, RetryDecision::stop("it would fail again"))
        .with_retry_budget(page.meta().retry_budget())
}

/// A [`Stream`] of the pages of a list, such as [`ListDeployments::pages`](super::ListDeployments::pages) returns.
#[must_use = "streams do nothing unless polled"]
pub struct Pages<P>(BoxStream<'static, Result<Response<P>, Error>>);

/// A [`Stream`] of the items of all pages of a list, such as
/// [`ListDeployments::items`](super::ListDeployments::items) returns.
#[must_use = "streams do nothing unless polled"]
pub struct Items<T>(BoxStream<'static, Result<T, Error>>);

macro_rules! streams {
    ($($name:ident<$of:ident> of $item:ty, $next:ident;)*) => {$(
        impl<$of> $name<$of> {
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

        impl<$of> Stream for $name<$of> {
            type Item = Result<$item, Error>;

            fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
                self.0.poll_next_unpin(cx)
            }
        }

        impl<$of> fmt::Debug for $name<$of> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($name)).finish_non_exhaustive()
            }
        }
    )*};
}

streams! {
    Pages<P> of Response<P>, next_page;
    Items<T> of T, next_item;
}
