//! Bytes flow when they are there, connections are shared, and what is dropped stops.

mod cancellation;
mod drain;
mod pool;
mod sending;

use std::{io, sync::Arc, time::Duration};

use futures::{FutureExt, StreamExt, future::try_join_all};
use orq_core::transport::Body;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::Barrier,
};

pub(super) use self::{cancellation::*, drain::*, pool::*, sending::*};
use crate::conformance::{
    exchange::{ensure_over, get, read, text},
    failure::{CheckFailed, OrFail, Outcome, ensure, ensure_eq},
    raw::{RawServer, invalid, ok},
    subject::Subject,
};

/// Lets the transport do what it has to do in tasks of its own. Work on another connection stands for time.
pub(crate) async fn a_moment() -> io::Result<()> {
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
pub(crate) async fn next(body: &mut Body, length: usize) -> Result<String, CheckFailed> {
    let mut bytes = Vec::new();
    while bytes.len() < length {
        bytes.extend_from_slice(&body.next().await.or_fail("the body ended early")??);
    }
    Ok(text(&bytes))
}

pub(crate) async fn the_head_does_not_wait_for_the_body(subject: &Subject) -> Outcome {
    let head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
    let pieces = [head, "3\r\none\r\n", "3\r\ntwo\r\n", "0\r\n\r\n"];
    let (server, gate) = RawServer::gated(pieces)?;
    let response = subject.transport().send(get(&server.url("/"))?).await?;
    let mut body = response.into_body();
    let early = body.next().now_or_never();
    ensure!(early.is_none(), "there is a body before it was sent");
    gate.notify_one();
    ensure_eq!(next(&mut body, 3).await?, "one", "the first chunk");
    let early = body.next().now_or_never();
    ensure!(early.is_none(), "there is more of the body than was sent");
    gate.notify_one();
    ensure_eq!(next(&mut body, 3).await?, "two", "the second chunk");
    gate.notify_one();
    ensure_over(&mut body).await
}

pub(crate) async fn requests_run_side_by_side(subject: &Subject) -> Outcome {
    const COUNT: usize = 16;
    let barrier = Arc::new(Barrier::new(COUNT));
    let server = RawServer::sharing(barrier, |mut connection, barrier| async move {
        let request = connection.request().await?;
        let request = request.ok_or_else(|| invalid("no request"))?;
        // Nobody is answered before all have asked.
        barrier.wait().await;
        let path = request.line.split(' ').nth(1).unwrap_or_default();
        connection.write(ok("", path)).await
    })?;
    let transport = subject.transport();
    let requests = (0..COUNT).map(|number| get(&server.url(&format!("/{number}"))));
    let requests: Vec<_> = requests.collect::<Result<_, _>>()?;
    let answers = try_join_all(requests.into_iter().map(|request| async {
        let path = request.uri().path().to_owned();
        let answer = read(transport.send(request).await?).await?;
        Ok::<_, CheckFailed>((path, text(&answer)))
    }));
    for (path, answer) in answers.await? {
        ensure_eq!(answer, path, "an answer");
    }
    let connections = server.connections();
    ensure_eq!(connections, COUNT, "connections for requests side by side");
    Ok(())
}

pub(crate) async fn the_timer_is_the_runtimes(subject: &Subject) -> Outcome {
    const NONE: &str = "there is no timer; without one, say `.without(Ability::Timer)`";
    let transport = subject.transport();
    let timer = transport.timer().or_fail(NONE)?;
    let before = timer.now();
    let asked = Duration::from_millis(1);
    timer.sleep(asked).await;
    let slept = timer.now() >= before + asked;
    ensure!(slept, "a sleep ended before its time");
    let again = transport.timer().or_fail(NONE)?.now();
    let close = again >= timer.now().saturating_sub(asked);
    ensure!(close, "the transport's timers don't share their epoch");
    Ok(())
}
