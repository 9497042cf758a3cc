//! Bytes flow when they are there, connections are shared, and what is dropped stops.

use std::{
    io,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use futures::{
    FutureExt, StreamExt,
    future::{Either, select, try_join_all},
};
use orq_core::transport::Body;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::{Barrier, Notify, oneshot},
};

use super::{
    RawServer,
    connection::invalid,
    exchange::{became, get, post, read, text},
    failure::{Failure, OrFail, Outcome, ensure, ensure_eq},
    fidelity::NO_CONTENT,
    subject::Subject,
};

/// Something to give to a server's handler, of which there is one for each connection.
struct Once<T>(Mutex<Option<T>>);

impl<T> Once<T> {
    fn new(value: T) -> Arc<Self> {
        Arc::new(Self(Mutex::new(Some(value))))
    }

    fn take(&self) -> io::Result<T> {
        let value = lock(&self.0).take();
        value.ok_or_else(|| invalid("there is more than one connection"))
    }
}

/// Lets the transport do what it has to do in tasks of its own. Work on another connection stands for time.
pub(super) async fn a_moment() -> io::Result<()> {
    let server = RawServer::answering("x")?;
    let mut socket = TcpStream::connect(server.address()).await?;
    for _ in 0..4 {
        for _ in 0..16 {
            tokio::task::yield_now().await;
        }
        socket.write_all(b"GET / HTTP/1.1\r\n\r\n").await?;
        socket.read_u8().await?;
    }
    Ok(())
}

/// The next bytes of a body, however they are cut.
async fn next(body: &mut Body, length: usize) -> Result<String, Failure> {
    let mut bytes = Vec::new();
    while bytes.len() < length {
        bytes.extend_from_slice(&body.next().await.or_fail("the body ended early")??);
    }
    Ok(text(&bytes))
}

pub(super) async fn the_head_does_not_wait_for_the_body(subject: &Subject) -> Outcome {
    let gate = Arc::new(Notify::new());
    let served = Arc::clone(&gate);
    let server = RawServer::serving(move |mut connection| {
        let gate = Arc::clone(&served);
        async move {
            connection.request().await?;
            connection
                .write("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
                .await?;
            for chunk in ["3\r\none\r\n", "3\r\ntwo\r\n", "0\r\n\r\n"] {
                gate.notified().await;
                connection.write(chunk).await?;
            }
            Ok(())
        }
    })?;
    let response = subject.transport().send(get(&server.url("/"))?).await?;
    let mut body = response.into_body();
    ensure!(
        body.next().now_or_never().is_none(),
        "there is a body before it was sent"
    );
    gate.notify_one();
    ensure_eq!(next(&mut body, 3).await?, "one", "the first chunk");
    ensure!(
        body.next().now_or_never().is_none(),
        "there is more of the body than was sent"
    );
    gate.notify_one();
    ensure_eq!(next(&mut body, 3).await?, "two", "the second chunk");
    gate.notify_one();
    ensure!(
        body.next().await.is_none(),
        "the body goes on after its end"
    );
    Ok(())
}

pub(super) async fn a_connection_is_used_again(subject: &Subject) -> Outcome {
    let server = RawServer::answering("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")?;
    let transport = subject.transport();
    for _ in 0..20 {
        let response = transport.send(post(&server.url("/"))?).await?;
        ensure_eq!(text(&read(response).await?), "ok", "the body");
        // A connection goes back to its pool in a task of its own.
        a_moment().await?;
    }
    ensure_eq!(server.connections(), 1, "connections for 20 requests");
    Ok(())
}

pub(super) async fn a_connection_that_the_server_closed_sends_nothing_twice(
    subject: &Subject,
) -> Outcome {
    const COUNT: usize = 50;
    let server = RawServer::serving(|mut connection| async move {
        connection.request().await?;
        connection.write(NO_CONTENT).await
    })?;
    let transport = subject.transport();
    let mut answered = 0;
    for _ in 0..COUNT {
        match became(&transport, post(&server.url("/"))?).await?.as_str() {
            "ok, 0 bytes" => answered += 1,
            // Whether the close is seen first is a matter of luck.
            failure => subject.judge(failure, "")?,
        }
    }
    // What the server read, it answered.
    ensure_eq!(
        server.requests(),
        answered,
        "requests that arrived, and their answers"
    );
    Ok(())
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A request for a pooled connection whose end is there to be seen and not yet seen.
pub(super) async fn a_request_on_a_connection_that_has_just_ended(subject: &Subject) -> Outcome {
    let gate = Arc::new(Notify::new());
    let served = Arc::clone(&gate);
    let sockets = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&sockets);
    let server = RawServer::serving(move |mut connection| {
        let (gate, sockets) = (Arc::clone(&served), Arc::clone(&kept));
        async move {
            if connection.request().await?.is_some() {
                connection.write(NO_CONTENT).await?;
            }
            lock(&sockets).push(connection);
            gate.notified().await;
            // The pooled connection and the bystander end in one instant.
            lock(&sockets).clear();
            Ok(())
        }
    })?;
    let transport = subject.transport();
    let first = became(&transport, post(&server.url("/"))?).await?;
    ensure_eq!(first, "ok, 0 bytes", "the first request");
    let mut bystander = TcpStream::connect(server.address()).await?;
    bystander.shutdown().await?;
    while lock(&sockets).len() < 2 {
        tokio::task::yield_now().await;
    }
    gate.notify_one();
    // The runtime wakes this task and the pooled connection's at once, and runs this one first.
    ensure_eq!(
        bystander.read(&mut [0]).await?,
        0,
        "bytes for the bystander"
    );
    let second = became(&transport, post(&server.url("/"))?).await?;
    ensure!(server.requests() <= 2, "the request arrived more than once");
    subject.judge(&second, "")
}

pub(super) async fn requests_run_side_by_side(subject: &Subject) -> Outcome {
    const COUNT: usize = 16;
    let barrier = Arc::new(Barrier::new(COUNT));
    let server = RawServer::serving(move |mut connection| {
        let barrier = Arc::clone(&barrier);
        async move {
            let request = connection
                .request()
                .await?
                .ok_or_else(|| invalid("no request"))?;
            // Nobody is answered before all have asked.
            barrier.wait().await;
            let path = request.line.split(' ').nth(1).unwrap_or_default();
            let length = path.len();
            let answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{path}");
            connection.write(answer).await
        }
    })?;
    let transport = subject.transport();
    let requests = (0..COUNT).map(|number| get(&server.url(&format!("/{number}"))));
    let requests: Vec<_> = requests.collect::<Result<_, _>>()?;
    let answers = try_join_all(requests.into_iter().map(|request| async {
        let path = request.uri().path().to_owned();
        let answer = read(transport.send(request).await?).await?;
        Ok::<_, Failure>((path, text(&answer)))
    }));
    for (path, answer) in answers.await? {
        ensure_eq!(answer, path, "an answer");
    }
    ensure_eq!(
        server.connections(),
        COUNT,
        "connections for requests side by side"
    );
    Ok(())
}

pub(super) async fn dropping_the_request_closes_its_connection(subject: &Subject) -> Outcome {
    let (got_request, request_seen) = oneshot::channel();
    let (closed, close_seen) = oneshot::channel();
    let signals = Once::new((got_request, closed));
    let server = RawServer::serving(move |mut connection| {
        let signals = signals.take();
        async move {
            let (got_request, closed) = signals?;
            connection.request().await?;
            let _ = got_request.send(());
            connection.closed().await;
            let _ = closed.send(());
            Ok(())
        }
    })?;
    let transport = subject.transport();
    let sending = transport.send(post(&server.url("/"))?);
    match select(sending, request_seen).await {
        Either::Left(_) => return Err(Failure::new("an end without an answer of the server's")),
        Either::Right((seen, sending)) => {
            seen?;
            drop(sending);
        }
    }
    close_seen.await?;
    Ok(())
}

pub(super) async fn dropping_the_body_closes_its_connection(subject: &Subject) -> Outcome {
    let (closed, close_seen) = oneshot::channel();
    let signal = Once::new(closed);
    let server = RawServer::serving(move |mut connection| {
        let closed = signal.take();
        async move {
            let closed = closed?;
            connection.request().await?;
            connection
                .write("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\none\r\n")
                .await?;
            connection.closed().await;
            let _ = closed.send(());
            Ok(())
        }
    })?;
    let transport = subject.transport();
    let response = transport.send(get(&server.url("/"))?).await?;
    let mut body = response.into_body();
    ensure_eq!(
        next(&mut body, 3).await?,
        "one",
        "what was sent of the body"
    );
    drop(body);
    close_seen.await?;
    Ok(())
}

/// The most that a server may have written into a body that nobody reads, in bytes: the kernel's buffers at
/// both ends and one buffer of the library's.
const UNREAD: usize = 8 << 20;

pub(super) async fn an_unread_body_stops_the_server(subject: &Subject) -> Outcome {
    const TOTAL: usize = 64 << 20;
    let written = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&written);
    let (finished, mut finish_seen) = oneshot::channel();
    let signal = Once::new(finished);
    let server = RawServer::serving(move |mut connection| {
        let (counter, finished) = (Arc::clone(&counter), signal.take());
        async move {
            let finished = finished?;
            connection.request().await?;
            connection
                .write(format!(
                    "HTTP/1.1 200 OK\r\ncontent-length: {TOTAL}\r\n\r\n"
                ))
                .await?;
            let block = [b'x'; 16 * 1024];
            for _ in 0..TOTAL / block.len() {
                connection.write(block).await?;
                counter.fetch_add(block.len(), Ordering::SeqCst);
            }
            let _ = finished.send(());
            connection.closed().await;
            Ok(())
        }
    })?;
    let mut answer = b"HTTP/1.1 200 OK\r\ncontent-length: 16777216\r\n\r\n".to_vec();
    answer.resize(answer.len() + (16 << 20), b'y');
    let yardstick = RawServer::answering(answer)?;
    let transport = subject.transport();
    let response = transport.send(get(&server.url("/"))?).await?;
    // Work of another connection stands for time: it moves more bytes than the whole unread body holds.
    for _ in 0..8 {
        let moved = became(&transport, get(&yardstick.url("/"))?).await?;
        ensure_eq!(moved, "ok, 16777216 bytes", "another body meanwhile");
    }
    let unread = written.load(Ordering::SeqCst);
    ensure!(unread < UNREAD, "{unread} bytes were taken for nobody");
    ensure!(finish_seen.try_recv().is_err(), "all was taken for nobody");
    // It was held up, not cut off.
    ensure_eq!(read(response).await?.len(), TOTAL, "the length of the body");
    finish_seen.await?;
    Ok(())
}

pub(super) async fn the_timer_is_the_runtimes(subject: &Subject) -> Outcome {
    const NONE: &str = "there is no timer; without one, say `.without(Ability::Timer)`";
    let transport = subject.transport();
    let timer = transport.timer().or_fail(NONE)?;
    let before = timer.now();
    let asked = Duration::from_millis(1);
    timer.sleep(asked).await;
    ensure!(
        timer.now() >= before + asked,
        "a sleep ended before its time"
    );
    let again = transport.timer().or_fail(NONE)?.now();
    let close = again >= timer.now().saturating_sub(asked);
    ensure!(close, "the transport's timers don't share their epoch");
    Ok(())
}
