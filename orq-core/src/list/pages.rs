//! Page after page, or item after item.

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
    /// Returns page after page, each fetched when it is asked for. The stream ends after the first error.
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

    /// Returns item after item, over all pages. The stream ends after the first error.
    ///
    /// Within a page the newest comes first, in either direction.
    pub fn items(self) -> Items {
        let items = self
            .pages()
            .map_ok(|page| stream::iter(page.into_inner().data).map(Ok))
            .try_flatten();
        Items(Box::pin(items))
    }
}

/// A walk over pages.
struct Walk {
    query: Query,
    /// How many pages were read, and the cursor of one of them, to find out whether they repeat.
    pages: u64,
    mark: Option<String>,
}

/// What a walk over pages does next.
enum Next {
    Fetch(Box<Walk>),
    Fail(Error),
    End,
}

impl Walk {
    /// Decides how to go on after `page`.
    fn after(mut self: Box<Self>, page: &Response<DeploymentPage>) -> Next {
        // With an item lost, the walk would skip it or end early without a word.
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
        // Brent's algorithm: a cursor that is kept after 1, 2, 4, 8, … pages finds a circle of any length.
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

/// Returns whether a warning is about the page itself or a whole item of it.
fn is_of_the_page(path: &str) -> bool {
    matches!(path, "has_more" | "data")
        || path.starts_with("data[") && path.ends_with(']') && path.matches(['[', '.']).count() == 1
}

/// The error of a page after which the walk can't go on.
fn stuck(why: &str, page: &Response<DeploymentPage>) -> Error {
    let error = Error::new(ErrorKind::Decode)
        .with_message(format!("the page {why}"))
        .with_response(page.meta().status(), page.meta().headers().clone())
        .with_idempotent(true);
    let earlier = page.meta().failed_attempts().to_vec();
    error.with_attempts(earlier, RetryDecision::stop("it would fail again"))
}

/// The pages of a listing, as a [`Stream`].
#[must_use = "streams do nothing unless polled"]
pub struct Pages(BoxStream<'static, Result<Response<DeploymentPage>, Error>>);

/// The items of a listing, as a [`Stream`].
#[must_use = "streams do nothing unless polled"]
pub struct Items(BoxStream<'static, Result<Deployment, Error>>);

macro_rules! streams {
    ($($name:ident of $item:ty, $next:ident;)*) => {$(
        impl $name {
            /// Waits for the next one; `None` at the end.
            ///
            /// # Errors
            ///
            /// Those of the call of a page, and [`ErrorKind::Decode`](crate::ErrorKind::Decode) for a page after which
            /// the listing can't go on.
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
