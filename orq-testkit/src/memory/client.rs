//! A client that is ready at once.

use orq_core::{Client, retry::NoRetry};

use super::MemoryTransport;
use crate::guard::fail;

/// A client that talks to `memory`, with the key `test-key`.
///
/// It repeats nothing, so that each call takes one reply. Everything else is left at its default. To test what a
/// retry does, build a client over [`MemoryTransport::handle`]; its waits pass by themselves, in
/// [virtual time](crate::ManualTimer#by-itself).
///
/// ```
/// use orq_core::DeploymentRequest;
/// use orq_testkit::{MemoryTransport, client};
/// use serde_json::json;
///
/// # futures::executor::block_on(async {
/// let memory = MemoryTransport::new();
/// memory.reply_json(json!({ "choices": [{ "message": { "content": "Hello" } }] }));
///
/// let answer = client(&memory).deployments().invoke(&DeploymentRequest::new("greeter")).await?;
/// assert_eq!(answer.text().as_deref(), Some("Hello"));
/// assert_eq!(memory.requests()[0].json()["key"], "greeter");
/// # Ok::<(), orq_core::Error>(())
/// # }).unwrap();
/// ```
pub fn client(memory: &MemoryTransport) -> Client {
    let builder = Client::builder(memory.handle()).api_key("test-key");
    match builder.retry(NoRetry).build() {
        Ok(client) => client,
        Err(error) => fail(&error.to_string()),
    }
}
