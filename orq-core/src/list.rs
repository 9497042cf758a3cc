//! Listing deployments: one page, page after page, or item after item.

use std::{
    fmt,
    future::IntoFuture,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use futures::{Stream, StreamExt, TryStreamExt, stream};
use http::Method;

use crate::{
    call::{self, Call, CallFuture, JSON, Prepared, retry::RetryDecision},
    client::Client,
    error::{Error, ErrorKind},
    model::{Deployment, DeploymentPage},
    response::Response,
    transport::{BoxStream, CallContext, Operation},
};

const PATH: &str = "/v2/deployments";

/// A listing of deployments, ready to run, made by [`Deployments::list`](crate::Deployments::list).
///
/// Await it for one page. [`pages`](ListDeployments::pages) and [`items`](ListDeployments::items) go on until
/// there is no more: onwards from `starting_after` to older deployments, or, with `ending_before`, back to
/// newer ones.
///
/// ```
/// use futures::TryStreamExt;
/// # use orq_core::Client;
/// # use orq_testkit::FakeOrq;
///
/// # futures::executor::block_on(async {
/// # let client = Client::new(FakeOrq::new(), "sk-orq-test")?;
/// let page = client.deployments().list().limit(2).await?;
/// assert_eq!(page.data.len(), 2);
///
/// let all: Vec<_> = client.deployments().list().limit(2).items().try_collect().await?;
/// assert!(all.len() > 2);
/// # Ok::<(), orq_core::Error>(())
/// # }).unwrap();
/// ```
#[derive(Clone)]
#[must_use = "a listing does nothing until awaited, or its pages or items are read"]
pub struct ListDeployments {
    client: Client,
    limit: Option<u32>,
    starting_after: Option<String>,
    ending_before: Option<String>,
    timeout: Option<Option<Duration>>,
    pages: u64,
    mark: Option<String>,
}

impl ListDeployments {
    pub(crate) fn new(client: Client) -> Self {
        Self {
            client,
            limit: None,
            starting_after: None,
            ending_before: None,
            timeout: None,
            pages: 0,
            mark: None,
        }
    }

    /// How many deployments a page has, 1 to 50. The server's default is 10.
    pub fn limit(mut self, limit: u32) -> Self {
        self.limit = Some(limit);
        self
    }

    /// Begin after the deployment with this id, with the next older one.
    pub fn starting_after(mut self, id: impl Into<String>) -> Self {
        self.starting_after = Some(id.into());
        self
    }

    /// End before the deployment with this id: the page holds the newer ones next to it.
    pub fn ending_before(mut self, id: impl Into<String>) -> Self {
        self.ending_before = Some(id.into());
        self
    }

    /// How long each page's call may take. `None` means no limit.
    pub fn timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.timeout = Some(timeout.into());
        self
    }

    /// One page, as a future that borrows nothing.
    ///
    /// # Errors
    ///
    /// Of kind `argument`, before anything is sent: a limit outside 1–50, both cursors at once.
    pub fn send(self) -> CallFuture<Response<DeploymentPage>> {
        self.call().send()
    }

    /// Page after page, each fetched when it is asked for. The stream ends after the first error.
    pub fn pages(self) -> Pages {
        let pages = stream::unfold(Next::Fetch(self), |next| async move {
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

    fn call(self) -> Call<Response<DeploymentPage>> {
        let timeout = self.timeout;
        let call = Call::new(self.prepare(), call::decoded);
        match timeout {
            Some(timeout) => call.timeout(timeout),
            None => call,
        }
    }

    fn prepare(self) -> Result<Prepared, Error> {
        if self.limit.is_some_and(|limit| !(1..=50).contains(&limit)) {
            return Err(Error::argument("limit", "it must be between 1 and 50"));
        }
        if self.starting_after.is_some() && self.ending_before.is_some() {
            return Err(Error::argument(
                "ending_before",
                "it can't be given together with starting_after",
            ));
        }
        let mut query = form_urlencoded::Serializer::new(String::new());
        if let Some(limit) = self.limit {
            query.append_pair("limit", &limit.to_string());
        }
        if let Some(id) = &self.starting_after {
            query.append_pair("starting_after", id);
        }
        if let Some(id) = &self.ending_before {
            query.append_pair("ending_before", id);
        }
        let query = query.finish();
        let path = if query.is_empty() {
            PATH.to_owned()
        } else {
            format!("{PATH}?{query}")
        };
        let context = CallContext::new(Operation::List, None);
        Ok(Prepared::new(self.client, Method::GET, &path, context)?.accept(JSON))
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
        Next::Fetch(if backwards {
            self.ending_before(id)
        } else {
            self.starting_after(id)
        })
    }
}

/// Whether a warning is about the page itself, or a whole item of it.
fn is_of_the_page(path: &str) -> bool {
    matches!(path, "" | "has_more" | "data")
        || path.starts_with("data[") && path.ends_with(']') && path.matches(['[', '.']).count() == 1
}

/// What a walk over pages does next.
enum Next {
    Fetch(ListDeployments),
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

impl IntoFuture for ListDeployments {
    type Output = Result<Response<DeploymentPage>, Error>;
    type IntoFuture = CallFuture<Response<DeploymentPage>>;

    fn into_future(self) -> Self::IntoFuture {
        self.send()
    }
}

impl fmt::Debug for ListDeployments {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ListDeployments")
            .field("limit", &self.limit)
            .field("starting_after", &self.starting_after)
            .field("ending_before", &self.ending_before)
            .finish_non_exhaustive()
    }
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
