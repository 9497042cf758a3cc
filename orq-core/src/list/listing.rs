//! The request for the list of deployments.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use futures::FutureExt;
use http::Method;

use crate::{
    call::{Answer, Call, RequestTemplate, run},
    client::Client,
    deployments::{Deployments, decoded},
    error::{Error, says_error},
    headers::JSON,
    model::DeploymentPage,
    options::{CallOptions, option_setters},
    response::Response,
    transport::{CallContext, Operation},
};

const PATH: &str = "/v2/deployments";

/// A request for a list of deployments, created by [`Deployments::list`]: a future of one page.
///
/// [`pages`](ListDeployments::pages) and [`items`](ListDeployments::items) fetch all pages: from `starting_after` to
/// older deployments or, if `ending_before` is set, back to newer ones.
///
/// As with a [`Call`], a setter that is called after the first poll fails it with an `argument` error.
///
/// ```
/// # use orq_core::Client;
/// # use orq_testkit::FakeOrq;
/// # futures::executor::block_on(async {
/// # let client = Client::new(FakeOrq::new(), "sk-orq-test")?;
/// let page = client.deployments().list().limit(2).await?;
/// assert_eq!(page.data.len(), 2);
///
/// let mut items = client.deployments().list().limit(2).items();
/// while let Some(deployment) = items.next_item().await? {
///     println!("{}", deployment.key.unwrap_or_default());
/// }
/// # Ok::<(), orq_core::Error>(())
/// # }).unwrap();
/// ```
#[derive(Debug)]
#[must_use = "a listing does nothing unless awaited, or its pages or items are read"]
pub struct ListDeployments {
    pub(super) query: Query,
    /// The call for the page, once this future was polled.
    call: Option<Call<Response<DeploymentPage>>>,
}

/// The query for one page, and the settings of its call.
#[derive(Clone, Debug)]
pub(super) struct Query {
    client: Client,
    limit: Option<u32>,
    pub(super) starting_after: Option<String>,
    pub(super) ending_before: Option<String>,
    options: CallOptions,
}

impl Deployments {
    /// Lists the workspace's deployments, newest first:
    /// [`GET /v2/deployments`](https://docs.orq.ai/reference/deployments/list-all-deployments).
    ///
    /// Awaiting it fetches one page; [`pages`](ListDeployments::pages) and [`items`](ListDeployments::items) fetch all
    /// pages.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Argument`](crate::ErrorKind::Argument), before anything is sent: a limit outside of 1 to 50, or
    /// both cursors at once. See [`ErrorKind`](crate::ErrorKind) for the others.
    pub fn list(&self) -> ListDeployments {
        ListDeployments {
            query: Query {
                client: self.client.clone(),
                limit: None,
                starting_after: None,
                ending_before: None,
                options: CallOptions::default(),
            },
            call: None,
        }
    }
}

impl ListDeployments {
    /// Sets the maximum number of deployments per page, 1 to 50. The server's default is 10.
    pub fn limit(self, limit: u32) -> Self {
        self.set(|query| query.limit = Some(limit))
    }

    /// Sets the cursor: the page starts with the next older deployment after the one with this id.
    pub fn starting_after(self, id: impl Into<String>) -> Self {
        self.set(|query| query.starting_after = Some(id.into()))
    }

    /// Sets the cursor: the page ends with the next newer deployment before the one with this id.
    pub fn ending_before(self, id: impl Into<String>) -> Self {
        self.set(|query| query.ending_before = Some(id.into()))
    }

    fn with_options(self, set: impl FnOnce(&mut CallOptions)) -> Self {
        self.set(|query| set(&mut query.options))
    }

    /// Changes the query. If this future was polled before, its call fails with an `argument` error.
    fn set(mut self, set: impl FnOnce(&mut Query)) -> Self {
        set(&mut self.query);
        self.call = self.call.map(|call| call.change(|_| Ok(())));
        self
    }
}

option_setters!([] ListDeployments);

impl Query {
    /// Returns the call for this page.
    pub(super) fn call(&self) -> Call<Response<DeploymentPage>> {
        Call::new(self.template(), |it| {
            Box::pin(run(it, decoded, Response::meta_mut))
        })
    }

    fn template(&self) -> Result<RequestTemplate, Error> {
        if let Some(why) = &self.options.refused {
            return Err(Error::argument("header", why));
        }
        if self.limit.is_some_and(|limit| !(1..=50).contains(&limit)) {
            return Err(Error::argument("limit", "it must be between 1 and 50"));
        }
        if self.starting_after.is_some() && self.ending_before.is_some() {
            return Err(Error::argument(
                "ending_before",
                "it can't be set together with starting_after",
            ));
        }
        let mut query = form_urlencoded::Serializer::new(String::new());
        let limit = self.limit.map(|limit| limit.to_string());
        for (name, value) in [
            ("limit", &limit),
            ("starting_after", &self.starting_after),
            ("ending_before", &self.ending_before),
        ] {
            query.extend_pairs(value.iter().map(|value| (name, value)));
        }
        let query = query.finish();
        let path = match query.as_str() {
            "" => PATH.to_owned(),
            query => format!("{PATH}?{query}"),
        };
        let context = CallContext::new(Operation::List, None);
        let parts = self.client.parts();
        let mut template = RequestTemplate::new(parts, Method::GET, path, JSON, context)?;
        template.options = self.options.clone();
        Ok(template)
    }
}

impl Answer for DeploymentPage {
    fn is_error(&self) -> bool {
        let is_page = !self.data.is_empty() || self.object.as_deref() == Some("list");
        !is_page && says_error(&[], &self.extra, false)
    }

    fn lacks(&self) -> Option<&'static str> {
        self.data.is_empty().then_some("data")
    }
}

impl Future for ListDeployments {
    type Output = Result<Response<DeploymentPage>, Error>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let Self { query, call } = &mut *self;
        call.get_or_insert_with(|| query.call()).poll_unpin(cx)
    }
}
