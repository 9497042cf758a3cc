//! A server in a task of its own.

use std::{io, net::SocketAddr};

use futures::channel::oneshot;
use tokio::task::JoinHandle;

use super::{FakeServer, url};

/// The guard of a server that runs in a task: [`FakeServer::spawn`].
///
/// When it is dropped, the server stops and closes its connections, also in the middle of an exchange.
/// [`shutdown`](RunningServer::shutdown) lets the exchanges finish.
#[derive(Debug)]
#[must_use = "dropping the guard stops the server"]
pub struct RunningServer {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<()>,
}

impl FakeServer {
    /// Runs in a task of the current tokio runtime, until the guard is dropped.
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime.
    pub fn spawn(self) -> RunningServer {
        let (stop, stopped) = oneshot::channel();
        let stopped = async {
            // A sender that was dropped says the same as one that was used.
            let _ = stopped.await;
        };
        RunningServer {
            address: self.local_addr(),
            stop: Some(stop),
            task: tokio::spawn(self.run_until(stopped)),
        }
    }
}

impl RunningServer {
    /// Returns the address of the socket.
    pub fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// Returns the base URL for a client, such as `http://127.0.0.1:4010`.
    pub fn url(&self) -> String {
        url(self.address)
    }

    /// Stops accepting connections, and waits until the exchanges in progress have ended.
    ///
    /// # Errors
    ///
    /// If the server's task failed.
    pub async fn shutdown(mut self) -> io::Result<()> {
        self.stop = None;
        (&mut self.task).await.map_err(io::Error::other)
    }
}

impl Drop for RunningServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}
