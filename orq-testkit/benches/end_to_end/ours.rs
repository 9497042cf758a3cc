//! This client, over one of its transports.

use std::{hint::black_box, sync::Arc};

use orq_core::{
    Client, CompletionStream, Delta, DeploymentRequest, Deployments, HttpTransport, Message,
    async_trait,
};
use orq_transport_hyper::HyperTransport;
use orq_transport_reqwest::ReqwestTransport;

use crate::{
    Result,
    contender::{Contender, Open, QUESTION, Read},
};

/// This client.
pub(crate) struct Ours {
    name: &'static str,
    transport: Arc<dyn HttpTransport>,
}

impl Ours {
    pub(crate) fn over_hyper(authority: &[u8]) -> Result<Self> {
        let transport = HyperTransport::builder().no_proxy();
        Ok(Self {
            name: "ours, hyper",
            transport: Arc::new(transport.add_root_certificate_der(authority).build()?),
        })
    }

    pub(crate) fn over_reqwest(authority: &[u8]) -> Result<Self> {
        let transport = ReqwestTransport::builder().no_proxy();
        Ok(Self {
            name: "ours, reqwest",
            transport: Arc::new(transport.add_root_certificate_der(authority).build()?),
        })
    }

    fn deployments(&self, base_url: &str) -> Result<Deployments> {
        let client = Client::builder(Arc::clone(&self.transport));
        let client = client.api_key("sk-orq-test").base_url(base_url).build()?;
        Ok(client.deployments())
    }
}

fn request(content: &str) -> DeploymentRequest {
    DeploymentRequest::new("greeter").message(Message::user(content))
}

#[async_trait]
impl Contender for Ours {
    fn name(&self) -> &'static str {
        self.name
    }

    async fn stream(&self, base_url: &str, read: Read, streams: usize) -> Result<usize> {
        let deployments = self.deployments(base_url)?;
        let mut taken = 0;
        for _ in 0..streams {
            let stream = deployments.stream(&request(QUESTION)).await?;
            taken += take(stream, read).await?;
        }
        Ok(taken)
    }

    async fn invoke(&self, base_url: &str, content: &str, calls: usize) -> Result<usize> {
        let deployments = self.deployments(base_url)?;
        let mut taken = 0;
        for _ in 0..calls {
            let answer = deployments.invoke(&request(content)).await?;
            taken += black_box(answer.require_text()?).len();
        }
        Ok(taken)
    }

    async fn open(&self, base_url: &str) -> Result<Box<dyn Open>> {
        let stream = self.deployments(base_url)?.stream(&request(QUESTION));
        let mut stream = stream.await?;
        stream.next_text().await?.ok_or("no first event")?;
        Ok(Box::new(stream))
    }
}

async fn take(mut stream: CompletionStream, read: Read) -> Result<usize> {
    let mut taken = 0;
    match read {
        Read::Text => {
            while let Some(text) = stream.next_text().await? {
                taken += black_box(text).len();
            }
        }
        Read::Chunks => {
            while let Some(chunk) = stream.next_chunk().await? {
                taken += black_box(&chunk).text().map_or(0, |text| text.len());
            }
        }
        Read::Deltas => {
            while let Some(delta) = stream.next_delta().await? {
                taken += match black_box(&delta) {
                    Delta::Text { text, .. } => text.len(),
                    Delta::ToolCallArguments { arguments, .. } => arguments.len(),
                    _ => 0,
                };
            }
        }
    }
    Ok(taken)
}

#[async_trait]
impl Open for CompletionStream {
    async fn rest(mut self: Box<Self>) -> Result<usize> {
        let mut events = 0;
        while let Some(text) = self.next_text().await? {
            events += usize::from(!black_box(text).is_empty());
        }
        Ok(events)
    }
}
