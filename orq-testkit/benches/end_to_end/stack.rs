//! What people write: reqwest, eventsource-stream, and serde into an owned struct.

use bytes::Bytes;
use eventsource_stream::Eventsource;
use futures::{Stream, StreamExt, stream::BoxStream};
use orq_core::async_trait;
use reqwest::{Certificate, Client, Response};

use crate::{
    Result,
    body::{Owned, Request},
    contender::{Contender, Open, QUESTION, Read},
};

/// A client written by hand over reqwest.
pub(crate) struct Stack {
    client: Client,
}

impl Stack {
    pub(crate) fn new(authority: &[u8]) -> Result<Self> {
        let client = Client::builder().no_proxy();
        let authority = Certificate::from_der(authority)?;
        Ok(Self {
            client: client.tls_certs_only([authority]).build()?,
        })
    }

    async fn send(&self, url: &str, accept: &str, content: &str) -> Result<Response> {
        let request = self.client.post(url).bearer_auth("sk-orq-test");
        let request = request
            .header("accept", accept)
            .json(&Request::new(content));
        Ok(request.send().await?.error_for_status()?)
    }

    async fn bytes(
        &self,
        base_url: &str,
    ) -> Result<impl Stream<Item = reqwest::Result<Bytes>> + Send + use<>> {
        let url = format!("{base_url}/v2/deployments/stream");
        let response = self.send(&url, "text/event-stream", QUESTION).await?;
        Ok(response.bytes_stream())
    }
}

#[async_trait]
impl Contender for Stack {
    fn name(&self) -> &'static str {
        "stack (reqwest)"
    }

    async fn stream(&self, base_url: &str, _: Read, streams: usize) -> Result<usize> {
        let mut taken = 0;
        for _ in 0..streams {
            let bytes = self.bytes(base_url).await?;
            events(bytes, |event| taken += event.taken()).await?;
        }
        Ok(taken)
    }

    async fn invoke(&self, base_url: &str, content: &str, calls: usize) -> Result<usize> {
        let url = format!("{base_url}/v2/deployments/invoke");
        let mut taken = 0;
        for _ in 0..calls {
            let response = self.send(&url, "application/json", content).await?;
            let answer: Owned = response.json().await?;
            taken += answer.taken();
        }
        Ok(taken)
    }

    async fn open(&self, base_url: &str) -> Result<Box<dyn Open>> {
        let mut bytes = self.bytes(base_url).await?.boxed();
        // The server writes each event by itself, so this is the whole first event.
        bytes.next().await.ok_or("no first event")??;
        Ok(Box::new(bytes))
    }
}

/// Reads to the end mark.
async fn events(
    bytes: impl Stream<Item = reqwest::Result<Bytes>> + Send,
    mut each: impl FnMut(&Owned),
) -> Result<()> {
    let mut bytes = std::pin::pin!(bytes);
    {
        let mut events = bytes.as_mut().eventsource();
        loop {
            let event = events.next().await.ok_or("the stream was cut")??;
            if event.data == "[DONE]" {
                break;
            }
            let event: Owned = serde_json::from_str(&event.data)?;
            each(&event);
        }
    }
    // What follows is the end of the body, after which the connection can be used again.
    while bytes.next().await.transpose()?.is_some() {}
    Ok(())
}

#[async_trait]
impl Open for BoxStream<'static, reqwest::Result<Bytes>> {
    async fn rest(self: Box<Self>) -> Result<usize> {
        let mut count = 0;
        let each = |event: &Owned| count += usize::from(event.taken() > 0);
        events(*self, each).await?;
        Ok(count)
    }
}
