//! The client of a `MemoryTransport`.

use orq_core::{Client, ClientBuilder, retry::NoRetry};

use super::MemoryTransport;
use crate::guard::fail;

impl MemoryTransport {
    /// Returns a client that talks to this transport: [`client_builder`](MemoryTransport::client_builder), built.
    ///
    /// ```
    /// use orq_core::DeploymentRequest;
    /// use orq_testkit::{MemoryTransport, fixture};
    ///
    /// # futures::executor::block_on(async {
    /// let memory = MemoryTransport::new();
    /// memory.reply(fixture::completion("Hello"));
    ///
    /// let answer = memory.client().deployments().invoke(&DeploymentRequest::new("greeter")).await?;
    /// assert_eq!(answer.text().as_deref(), Some("Hello"));
    /// assert_eq!(memory.only_request().deployment().as_deref(), Some("greeter"));
    /// # Ok::<(), orq_core::Error>(())
    /// # }).unwrap();
    /// ```
    pub fn client(&self) -> Client {
        match self.client_builder().build() {
            Ok(client) => client,
            Err(error) => fail(&error.to_string()),
        }
    }

    /// Returns the builder of a client that talks to this transport, with the key `test-key`.
    ///
    /// The client doesn't repeat a request, so that each call takes one reply: its retry policy is [`NoRetry`].
    /// Everything else is left at its default. A test of repeated requests sets a policy; the waits between them pass
    /// by themselves, in [virtual time](crate::ManualTimer#by-itself).
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use orq_core::{DeploymentRequest, Timer, retry::StandardRetry};
    /// use orq_testkit::{MemoryTransport, fixture};
    ///
    /// # futures::executor::block_on(async {
    /// let memory = MemoryTransport::new();
    /// memory.reply(fixture::rate_limited(Duration::from_secs(30))).reply(fixture::completion("Hello"));
    ///
    /// let client = memory.client_builder().retry(StandardRetry::default()).build()?;
    /// client.deployments().invoke(&DeploymentRequest::new("greeter")).await?;
    /// assert_eq!(memory.timer().now(), Duration::from_secs(30));
    /// # Ok::<(), orq_core::Error>(())
    /// # }).unwrap();
    /// ```
    pub fn client_builder(&self) -> ClientBuilder {
        let builder = Client::builder(self.handle());
        builder.api_key("test-key").retry(NoRetry)
    }
}
