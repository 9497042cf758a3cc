//! A transport that is correct and small: HTTP/1.1 by hand, a connection for each request. Layers are tried over it.

mod incoming;
mod response_body;
mod response_head;

use std::{fmt, io, sync::Arc};

use async_trait::async_trait;
use bytes::Bytes;
use http::{Method, Request, Response, Uri};
use orq_core::{
    Timer,
    transport::{Body, Delivery, HttpTransport, Phase, TransportError, TransportErrorKind as Kind},
};
use tokio::{io::AsyncWriteExt, net::TcpStream};

use self::{
    incoming::{Incoming, broken_head},
    response_head::{Malformed, ResponseHead},
};
use super::ability::Ability;
use crate::time::ManualTimer;

pub(super) struct Base {
    timer: ManualTimer,
}

impl Base {
    /// What it does without. Its timer is virtual, and moves only if the one who made it moves it.
    pub(super) const WITHOUT: [Ability; 11] = [
        Ability::Tls,
        Ability::Http2,
        Ability::Gzip,
        Ability::Pool,
        Ability::ConnectTimeout,
        Ability::Timer,
        Ability::Proxy,
        Ability::KeepAlive,
        Ability::ManyStreams,
        Ability::Drain,
        Ability::Progress,
    ];

    pub(super) fn new(timer: ManualTimer) -> Self {
        Self { timer }
    }
}

impl fmt::Debug for Base {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Base").finish_non_exhaustive()
    }
}

#[async_trait]
impl HttpTransport for Base {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Body>, TransportError> {
        let (host, port) = target(&request)?;
        let socket = connect(&host, port).await.map_err(|error| {
            TransportError::new(Kind::Connect, Phase::Connect, Delivery::NotSent).with_source(error)
        })?;
        let mut connection = Incoming {
            socket,
            buffer: Vec::new(),
        };
        write(&mut connection.socket, &request)
            .await
            .map_err(|error| {
                TransportError::new(Kind::Closed, Phase::Send, Delivery::MaybeSent)
                    .with_source(error)
            })?;
        let head = loop {
            let head = self::response_head::read(&mut connection).await?;
            if !head.is_interim() {
                break head;
            }
        };
        answer(head, request.method(), connection)
    }

    fn timer(&self) -> Option<Arc<dyn Timer>> {
        Some(Arc::new(self.timer.clone()))
    }
}

/// Host and port of an address that this transport can send to.
fn target(request: &Request<Bytes>) -> Result<(String, u16), TransportError> {
    let refused = |reason: &'static str| {
        TransportError::new(Kind::Other, Phase::Connect, Delivery::NotSent)
            .with_source(Malformed(reason))
    };
    let uri: &Uri = request.uri();
    let authority = uri.authority().ok_or_else(|| refused("no host"))?;
    if uri.scheme() != Some(&http::uri::Scheme::HTTP) {
        return Err(refused("not http"));
    }
    if authority.as_str().contains('@') || request.method() == Method::CONNECT {
        return Err(refused("not an exchange"));
    }
    let host = authority
        .host()
        .trim_start_matches('[')
        .trim_end_matches(']');
    Ok((host.to_owned(), authority.port_u16().unwrap_or(80)))
}

async fn connect(host: &str, port: u16) -> io::Result<TcpStream> {
    let socket = TcpStream::connect((host, port)).await?;
    socket.set_nodelay(true)?;
    Ok(socket)
}

async fn write(socket: &mut TcpStream, request: &Request<Bytes>) -> io::Result<()> {
    let uri = request.uri();
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let host = uri.authority().map_or("", |authority| authority.as_str());
    let mut head = format!("{} {path} HTTP/1.1\r\n", request.method()).into_bytes();
    if !request.headers().contains_key(http::header::HOST) {
        head.extend(format!("host: {host}\r\n").into_bytes());
    }
    let length = request.body().len();
    if length > 0 || !matches!(*request.method(), Method::GET | Method::HEAD) {
        head.extend(format!("content-length: {length}\r\n").into_bytes());
    }
    for (name, value) in request.headers() {
        if name != http::header::CONTENT_LENGTH {
            head.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
        }
    }
    head.extend(b"\r\n");
    socket.write_all(&head).await?;
    socket.write_all(request.body()).await
}

/// The response that a head begins.
fn answer(
    head: ResponseHead,
    method: &Method,
    connection: Incoming,
) -> Result<Response<Body>, TransportError> {
    let length = head.length(method).map_err(broken_head)?;
    let mut response = Response::new(response_body::of(length, connection));
    *response.status_mut() = head.status;
    *response.headers_mut() = head.headers;
    Ok(response)
}
