//! The client of a `MemoryTransport`.

use orq_core::{Client, ClientBuilder, retry::NoRetry};

use super::MemoryTransport;
use crate::guard::fail;

impl MemoryTransport {
    /// Returns a client that talks to this transport and doesn't retry.
    ///
    /// Each call takes one reply. For retries use [`client_builder`](MemoryTransport::client_builder), which this
    /// builds, with `max_attempts(3)`.
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

    /// Returns the builder of a client that talks to this transport and doesn't retry, with the key `test-key`.
    ///
    /// The retry policy is [`NoRetry`], so that each call takes one reply. All other settings are the defaults. A test
    /// of retries sets a policy, or just [`max_attempts`](ClientBuilder::max_attempts); the waits between the attempts
    /// pass by themselves, in [virtual time](crate::ManualTimer#by-itself).
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use orq_core::{DeploymentRequest, Timer};
    /// use orq_testkit::{MemoryTransport, fixture};
    ///
    /// # futures::executor::block_on(async {
    /// let memory = MemoryTransport::new();
    /// memory.reply(fixture::rate_limited(Duration::from_secs(30))).reply(fixture::completion("Hello"));
    ///
    /// let client = memory.client_builder().max_attempts(3).build()?;
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
