//! The load server, which is this program in a process of its own.

use std::{
    io::{self, Read, Write as _},
    process,
    sync::Arc,
    thread,
    time::Duration,
};

use bytes::Bytes;
use h2::server::SendResponse;
use http::Response;
use orq_testkit::conformance::{Authority, RawConnection, RawServer};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    sync::watch,
    time::sleep,
};

use crate::{Result, load::Load, runtime};

/// The argument that makes this program the server. The next one is the length of the long streams.
pub(crate) const FLAG: &str = "--serve";

/// The path that makes paced streams go on.
pub(crate) const GO_ON: &str = "go-on";

/// How long a paced stream waits between two events.
const PACE: Duration = Duration::from_millis(400);

/// An answer, ready to be written.
struct Rendered {
    load: Load,
    content_type: &'static str,
    /// The body's pieces: the events of a stream.
    pieces: Vec<Bytes>,
    /// The whole response over HTTP/1.1, with a chunk for each event.
    http1: Vec<u8>,
}

struct Server {
    answers: Vec<Rendered>,
    /// How often paced streams were told to go on.
    go_on: watch::Sender<u64>,
}

/// Serves until the standard input ends. Prints a line with the addresses of plain HTTP/1.1, of HTTP/1.1 over TLS and
/// of HTTP/2 over TLS, and the certificate of the authority in hexadecimal digits.
pub(crate) fn run(long: usize) -> Result<()> {
    runtime()?.block_on(async {
        let server = Arc::new(Server {
            answers: Load::ALL.map(|load| Rendered::new(load, long)).into(),
            go_on: watch::Sender::new(0),
        });
        let authority = Authority::new()?;
        let own = Arc::clone(&server);
        let plain = RawServer::serving(move |connection| Arc::clone(&own).http1(connection))?;
        let own = Arc::clone(&server);
        let tls = RawServer::serving_tls(&authority, &["http/1.1"], move |connection| {
            Arc::clone(&own).http1(connection)
        })?;
        let http2 = RawServer::serving_tls(&authority, &["h2"], move |connection| {
            Arc::clone(&server).http2(connection.into_inner())
        })?;
        let addresses = [&plain, &tls, &http2].map(|server| server.address().to_string());
        let digits = authority
            .der()
            .into_iter()
            .map(|byte| format!("{byte:02x}"));
        let digits: String = digits.collect();
        writeln!(io::stdout(), "{} {digits}", addresses.join(" "))?;
        thread::spawn(|| {
            let _ = io::stdin().read_to_end(&mut Vec::new());
            process::exit(0);
        });
        std::future::pending::<Result<()>>().await
    })
}

impl Rendered {
    fn new(load: Load, long: usize) -> Self {
        if !load.is_stream() {
            let body = load.answer().data;
            let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ";
            return Self {
                load,
                content_type: "application/json",
                http1: format!("{head}{}\r\n\r\n{body}", body.len()).into(),
                pieces: vec![body.into()],
            };
        }
        let events = load.events(long).into_iter().map(|event| event.data);
        let events = events.chain(["[DONE]".to_owned()]);
        let pieces: Vec<_> = events.map(|data| format!("data: {data}\n\n")).collect();
        let mut http1 = STREAM_HEAD.to_owned();
        http1.extend(pieces.iter().map(|piece| chunk(piece)));
        http1.push_str("0\r\n\r\n");
        Self {
            load,
            content_type: "text/event-stream",
            http1: http1.into(),
            pieces: pieces.into_iter().map(Bytes::from).collect(),
        }
    }
}

const STREAM_HEAD: &str = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncache-control: no-cache\r\n\
    x-orq-trace-id: 4bf92f3577b34da6a3ce929d0e0e4736\r\ntransfer-encoding: chunked\r\n\r\n";

fn chunk(data: &str) -> String {
    format!("{:x}\r\n{data}\r\n", data.len())
}

impl Server {
    fn answer(&self, path: &str) -> Option<&Rendered> {
        let name = path.split('/').nth(1)?;
        if name == GO_ON {
            self.go_on.send_modify(|count| *count += 1);
        }
        self.answers.iter().find(|it| it.load.name() == name)
    }

    async fn http1<S>(self: Arc<Self>, mut connection: RawConnection<S>) -> io::Result<()>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let mut go_on = self.go_on.subscribe();
        while let Some(request) = connection.request().await? {
            let path = request.line.split(' ').nth(1).unwrap_or_default();
            match self.answer(path) {
                Some(answer) if answer.load == Load::Paced => {
                    go_on.mark_unchanged();
                    connection.write(STREAM_HEAD).await?;
                    for (number, piece) in answer.pieces.iter().enumerate() {
                        pace(number, &mut go_on).await;
                        connection
                            .write(chunk(&String::from_utf8_lossy(piece)))
                            .await?;
                    }
                    connection.write("0\r\n\r\n").await?;
                }
                Some(answer) => connection.write(&answer.http1).await?,
                None => {
                    let head = "HTTP/1.1 204 No Content\r\n\r\n";
                    connection.write(head).await?;
                }
            }
        }
        Ok(())
    }

    async fn http2<S>(self: Arc<Self>, socket: S) -> io::Result<()>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let connection = h2::server::handshake(socket).await;
        let mut connection = connection.map_err(io::Error::other)?;
        while let Some(accepted) = connection.accept().await {
            let (mut request, response) = accepted.map_err(io::Error::other)?;
            let server = Arc::clone(&self);
            tokio::spawn(async move {
                while let Some(Ok(data)) = request.body_mut().data().await {
                    let window = request.body_mut().flow_control();
                    // Fails for a stream that is over.
                    let _ = window.release_capacity(data.len());
                }
                // A client that has gone needs no answer.
                let _ = server.respond(request.uri().path(), response).await;
            });
        }
        Ok(())
    }

    async fn respond(
        &self,
        path: &str,
        mut response: SendResponse<Bytes>,
    ) -> std::result::Result<(), h2::Error> {
        let mut go_on = self.go_on.subscribe();
        let Some(answer) = self.answer(path) else {
            let empty = Response::new(());
            return response.send_response(empty, true).map(drop);
        };
        let mut head = Response::new(());
        let content_type = http::HeaderValue::from_static(answer.content_type);
        head.headers_mut()
            .insert(http::header::CONTENT_TYPE, content_type);
        let mut body = response.send_response(head, false)?;
        for (number, piece) in answer.pieces.iter().enumerate() {
            if answer.load == Load::Paced {
                pace(number, &mut go_on).await;
            }
            body.send_data(piece.clone(), false)?;
        }
        body.send_data(Bytes::new(), true)
    }
}

/// Waits before an event of a paced stream: none before the first, for the signal and a part of the pace before the
/// second, so that not all streams go on at the same moment, and for the pace before each other.
#[allow(clippy::disallowed_methods, reason = "a pace takes real time")]
async fn pace(number: usize, go_on: &mut watch::Receiver<u64>) {
    match number {
        0 => {}
        1 => {
            // Fails if the server has gone.
            let _ = go_on.changed().await;
            sleep(PACE.mul_f64(fastrand::f64())).await;
        }
        _ => sleep(PACE).await,
    }
}
