//! Listing deployments: one page, page after page, or item after item.

mod pages;

use std::{fmt, future::IntoFuture, sync::Arc, time::Duration};

use http::{HeaderMap, HeaderName, HeaderValue, Method};

use crate::{
    call::{self, Call, CallFuture, Clocks, JSON, Prepared, retry::RetryPolicy},
    client::{Client, checked_header},
    error::Error,
    model::DeploymentPage,
    response::Response,
    transport::{CallContext, Operation},
};

pub use pages::{Items, Pages};

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
    clocks: Clocks,
    retry: Option<Arc<dyn RetryPolicy>>,
    headers: HeaderMap,
    /// Why a header was refused.
    refused: Option<String>,
    /// How many pages were read, and a cursor among them: for finding that they go round in a circle.
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
            clocks: Clocks::default(),
            retry: None,
            headers: HeaderMap::new(),
            refused: None,
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

    /// How long each page's call may take, instead of the client's setting. `None` means no limit.
    pub fn timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.clocks.call.set(timeout);
        self
    }

    /// How long to wait for the head of each page's response, instead of the client's setting. `None` means no limit.
    pub fn head_timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.clocks.head.set(timeout);
        self
    }

    /// How long to wait for the next bytes of a page, instead of the client's setting. `None` means no limit.
    pub fn idle_timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.clocks.idle.set(timeout);
        self
    }

    /// What to do after a failed attempt, instead of the client's policy.
    pub fn retry(mut self, policy: impl RetryPolicy + 'static) -> Self {
        self.retry = Some(Arc::new(policy));
        self
    }

    /// A header for each page's call, instead of the client's of the same name.
    ///
    /// What [`Call::header`] refuses is refused here too.
    pub fn header<N, V>(mut self, name: N, value: V) -> Self
    where
        N: TryInto<HeaderName>,
        V: TryInto<HeaderValue>,
    {
        match checked_header(name, value) {
            Ok((name, value)) => {
                self.headers.insert(name, value);
            }
            Err(why) => self.refused = Some(why),
        }
        self
    }

    /// One page, as a future that borrows nothing.
    ///
    /// # Errors
    ///
    /// Of kind `argument`, before anything is sent: a limit outside 1–50, both cursors at once.
    pub fn send(self) -> CallFuture<Response<DeploymentPage>> {
        Call::new(self.prepare(), call::decoded).send()
    }

    fn prepare(self) -> Result<Prepared, Error> {
        if let Some(why) = self.refused {
            return Err(Error::argument("header", why));
        }
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
        let prepared = Prepared::new(self.client, Method::GET, &path, context)?;
        let mut prepared = prepared.accept(JSON);
        prepared.clocks = self.clocks;
        prepared.retry = self.retry;
        prepared.headers.extend(self.headers);
        Ok(prepared)
    }
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
