//! A client that is ready at once.

use orq_core::Client;

use crate::{MemoryTransport, failure::fail};

/// A client that talks to `memory`, with the key `test-key` and everything else left at its default.
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
/// assert_eq!(answer.text(), Some("Hello"));
/// assert_eq!(memory.requests()[0].json()["key"], "greeter");
/// # Ok::<(), orq_core::Error>(())
/// # }).unwrap();
/// ```
pub fn client(memory: &MemoryTransport) -> Client {
    match Client::new(memory.handle(), "test-key") {
        Ok(client) => client,
        Err(error) => fail(&error.to_string()),
    }
}
