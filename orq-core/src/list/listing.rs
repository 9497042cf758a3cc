//! The futures of a page, from which all pages and items can be fetched.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use futures::FutureExt;

use super::{
    pages::{Items, Pages, items, pages},
    query::Query,
};
use crate::{
    call::Call,
    deployments::Deployments,
    error::Error,
    model::{Deployment, DeploymentPage, DeploymentVersion, VersionPage},
    options::{CallOptions, option_setters},
    response::Response,
};

/// Defines the request for a list with these pages and items.
macro_rules! listing {
    ($(#[$meta:meta])* pub struct $name:ident of $page:ident, $item:ident;) => {
        $(#[$meta])*
        ///
        /// [`pages`](Self::pages) and [`items`](Self::items) fetch all pages: from `starting_after` to older items or,
        /// if `ending_before` is set, back to newer ones.
        ///
        /// As with a [`Call`], a setter that is called after the first poll fails it with an `argument` error.
        #[derive(Debug)]
        #[must_use = "a listing does nothing unless awaited, or its pages or items are read"]
        pub struct $name {
            pub(crate) query: Query,
            /// The call for the page, once this future was polled.
            call: Option<Call<Response<$page>>>,
        }

        impl $name {
            /// Sets the maximum number of items per page, 1 to 50. The server's default is 10.
            pub fn limit(self, limit: u32) -> Self {
                self.set(|query| query.limit = Some(limit))
            }

            /// Sets the cursor: the page starts with the next older item after the one with this id.
            pub fn starting_after(self, id: impl Into<String>) -> Self {
                self.set(|query| query.starting_after = Some(id.into()))
            }

            /// Sets the cursor: the page ends with the next newer item before the one with this id.
            pub fn ending_before(self, id: impl Into<String>) -> Self {
                self.set(|query| query.ending_before = Some(id.into()))
            }

            /// Returns a stream of all pages, each fetched when the stream is polled for it. The stream ends after the
            /// first error.
            pub fn pages(self) -> Pages<$page> {
                pages(self.query)
            }

            /// Returns a stream of the items of all pages. The stream ends after the first error.
            ///
            /// Within a page the newest item comes first, in both directions.
            pub fn items(self) -> Items<$item> {
                items::<$page>(self.query)
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

        option_setters!([] $name);

        impl Future for $name {
            type Output = Result<Response<$page>, Error>;

            fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
                let Self { query, call } = &mut *self;
                call.get_or_insert_with(|| query.call()).poll_unpin(cx)
            }
        }
    };
}

listing! {
    /// A request for a list of deployments, created by [`Deployments::list`]: a future of one page.
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
    pub struct ListDeployments of DeploymentPage, Deployment;
}

listing! {
    /// A request for a list of a deployment's versions, created by [`Deployments::versions`]: a future of one page.
    ///
    /// ```
    /// # use orq_core::Client;
    /// # use orq_testkit::FakeOrq;
    /// # futures::executor::block_on(async {
    /// # let client = Client::new(FakeOrq::new(), "sk-orq-test")?;
    /// let mut versions = client.deployments().versions("chat").limit(50).items();
    /// while let Some(version) = versions.next_item().await? {
    ///     if version.is_live() {
    ///         println!("{}", version.version.unwrap_or_default());
    ///     }
    /// }
    /// # Ok::<(), orq_core::Error>(())
    /// # }).unwrap();
    /// ```
    pub struct ListVersions of VersionPage, DeploymentVersion;
}

impl ListVersions {
    /// Lists the versions of this variant only.
    pub fn variant_id(self, id: impl Into<String>) -> Self {
        self.set(|query| query.variant_id = Some(id.into()))
    }
}

impl Deployments {
    /// Lists the workspace's deployments, newest first:
    /// [`GET /v2/deployments`](https://docs.orq.ai/reference/deployments/list-all-deployments).
    ///
    /// Awaiting it fetches one page, whose items are in `&page.data`, or by value in `page.into_inner().data`;
    /// [`pages`](ListDeployments::pages) and [`items`](ListDeployments::items) fetch all pages.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Argument`](crate::ErrorKind::Argument), before anything is sent: a limit outside of 1 to 50, or
    /// both cursors at once. See [`ErrorKind`](crate::ErrorKind) for the others.
    pub fn list(&self) -> ListDeployments {
        ListDeployments {
            query: Query::new(&self.client, None),
            call: None,
        }
    }

    /// Lists the versions of the deployment with this key or id, of all its variants and with drafts, newest first:
    /// [`GET /v2/deployments/{key}/versions`](https://docs.orq.ai/reference/deployments/list-deployment-versions).
    ///
    /// Awaiting it fetches one page; [`pages`](ListVersions::pages) and [`items`](ListVersions::items) fetch all pages.
    ///
    /// # Errors
    ///
    /// Those of [`list`](Deployments::list), and an `argument` error for an empty key.
    pub fn versions(&self, key: impl Into<String>) -> ListVersions {
        ListVersions {
            query: Query::new(&self.client, Some(key.into())),
            call: None,
        }
    }
}
