//! The least that a client over hyper must do: hyper-util's client, a scan for line ends, and serde into a borrowed struct.

use std::sync::Arc;

use bytes::Bytes;
use http::{
    Request, Response,
    header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE},
};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::{TokioExecutor, TokioTimer},
};
use orq_core::async_trait;
use rustls::{ClientConfig, RootCertStore, crypto::aws_lc_rs};

use crate::{
    Result, body,
    body::Borrowed,
    contender::{Contender, Open, QUESTION, Read},
};

/// A client written by hand over hyper.
pub(crate) struct Floor {
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
}

impl Floor {
    pub(crate) fn new(authority: &[u8]) -> Result<Self> {
        let mut roots = RootCertStore::empty();
        roots.add(authority.to_vec().into())?;
        let tls = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let connector = HttpsConnectorBuilder::new().with_tls_config(tls);
        let mut tcp = HttpConnector::new();
        tcp.set_nodelay(true);
        tcp.enforce_http(false);
        let connector = connector.https_or_http().enable_all_versions();
        let mut client = Client::builder(TokioExecutor::new());
        client.pool_timer(TokioTimer::new());
        Ok(Self {
            client: client.build(connector.wrap_connector(tcp)),
        })
    }

    async fn send(&self, url: &str, accept: &str, content: &str) -> Result<Response<Incoming>> {
        let body = serde_json::to_vec(&body::Request::new(content))?;
        let request = Request::post(url)
            .header(AUTHORIZATION, "Bearer sk-orq-test")
            .header(CONTENT_TYPE, "application/json")
            .header(ACCEPT, accept)
            .body(Full::from(body))?;
        let response = self.client.request(request).await?;
        match response.status().is_success() {
            true => Ok(response),
            false => Err(response.status().to_string().into()),
        }
    }

    async fn lines(&self, base_url: &str) -> Result<Lines> {
        let url = format!("{base_url}/v2/deployments/stream");
        let response = self.send(&url, "text/event-stream", QUESTION).await?;
        Ok(Lines {
            body: response.into_body(),
            buffer: Vec::new(),
        })
    }
}

#[async_trait]
impl Contender for Floor {
    fn name(&self) -> &'static str {
        "floor (hyper)"
    }

    async fn stream(&self, base_url: &str, _: Read, streams: usize) -> Result<usize> {
        let mut taken = 0;
        for _ in 0..streams {
            let mut lines = self.lines(base_url).await?;
            lines.read(|event| taken += event.taken()).await?;
        }
        Ok(taken)
    }

    async fn invoke(&self, base_url: &str, content: &str, calls: usize) -> Result<usize> {
        let url = format!("{base_url}/v2/deployments/invoke");
        let mut taken = 0;
        for _ in 0..calls {
            let response = self.send(&url, "application/json", content).await?;
            let body = response.into_body().collect().await?.to_bytes();
            let answer: Borrowed<'_> = serde_json::from_slice(&body)?;
            taken += answer.taken();
        }
        Ok(taken)
    }

    async fn open(&self, base_url: &str) -> Result<Box<dyn Open>> {
        let mut lines = self.lines(base_url).await?;
        let first = lines.body.frame().await.ok_or("no first event")??;
        if let Some(data) = first.data_ref() {
            scan(&mut lines.buffer, data, &mut |_| {})?;
        }
        Ok(Box::new(lines))
    }
}

/// The lines of a stream.
struct Lines {
    body: Incoming,
    /// The beginning of a line whose end has not arrived.
    buffer: Vec<u8>,
}

impl Lines {
    /// Reads to the end mark.
    async fn read(&mut self, mut each: impl FnMut(&Borrowed<'_>)) -> Result<()> {
        while let Some(frame) = self.body.frame().await {
            if let Some(data) = frame?.data_ref()
                && scan(&mut self.buffer, data, &mut each)?
            {
                // What follows is the end of the body, after which the connection can be used again.
                while self.body.frame().await.transpose()?.is_some() {}
                return Ok(());
            }
        }
        Err("the stream was cut".into())
    }
}

/// Reads the events in what has arrived, and returns whether the end mark was among them.
fn scan(buffer: &mut Vec<u8>, data: &[u8], each: &mut impl FnMut(&Borrowed<'_>)) -> Result<bool> {
    buffer.extend_from_slice(data);
    let mut start = 0;
    while let Some(length) = memchr::memchr(b'\n', &buffer[start..]) {
        let line = &buffer[start..start + length];
        start += length + 1;
        let Some(data) = line.strip_prefix(b"data: ") else {
            continue;
        };
        if data == b"[DONE]" {
            return Ok(true);
        }
        let event: Borrowed<'_> = serde_json::from_slice(data)?;
        each(&event);
    }
    buffer.drain(..start);
    Ok(false)
}

#[async_trait]
impl Open for Lines {
    async fn rest(mut self: Box<Self>) -> Result<usize> {
        let mut events = 0;
        let each = |event: &Borrowed<'_>| events += usize::from(event.taken() > 0);
        self.read(each).await?;
        Ok(events)
    }
}
