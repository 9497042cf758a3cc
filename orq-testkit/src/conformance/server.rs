//! A server of raw bytes, which answers wrongly as well as rightly.

use std::{
    future::Future,
    io,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpListener, TcpSocket, TcpStream},
    task::JoinHandle,
};

/// What runs for each connection accepted. Dropping the server ends them all.
pub struct Server {
    pub address: SocketAddr,
    connections: Arc<AtomicUsize>,
    task: JoinHandle<()>,
}

impl Server {
    /// Serves each connection with `handler`, which gets the socket and the connection's number from 0.
    pub async fn start<F, H>(handler: F) -> Self
    where
        F: Fn(TcpStream, usize) -> H + Send + 'static,
        H: Future<Output = io::Result<()>> + Send + 'static,
    {
        let socket = TcpSocket::new_v4().unwrap();
        // Small, so that what the kernel takes on for a reader that doesn't read is little.
        socket.set_send_buffer_size(64 * 1024).unwrap();
        socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let listener = socket.listen(64).unwrap();
        Self::listen(listener, handler)
    }

    fn listen<F, H>(listener: TcpListener, handler: F) -> Self
    where
        F: Fn(TcpStream, usize) -> H + Send + 'static,
        H: Future<Output = io::Result<()>> + Send + 'static,
    {
        let address = listener.local_addr().unwrap();
        let connections = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&connections);
        let task = tokio::spawn(async move {
            let mut handlers = tokio::task::JoinSet::new();
            while let Ok((socket, _)) = listener.accept().await {
                let index = counter.fetch_add(1, Ordering::SeqCst);
                // A handler's failure is the client's doing, or the point of the test.
                handlers.spawn(handler(socket, index));
            }
        });
        Self {
            address,
            connections,
            task,
        }
    }

    /// Serves each connection with `handler`, which speaks HTTP/1.1 by hand.
    pub async fn http1<F, H>(handler: F) -> Self
    where
        F: Fn(Connection<TcpStream>, usize) -> H + Send + 'static,
        H: Future<Output = io::Result<()>> + Send + 'static,
    {
        Self::start(move |socket, index| handler(Connection::new(socket), index)).await
    }

    /// Answers every request with the bytes given, on connections that stay open.
    pub async fn answering(answer: impl Into<Vec<u8>>) -> Self {
        let answer = Arc::new(answer.into());
        Self::http1(move |mut connection, _| {
            let answer = Arc::clone(&answer);
            async move {
                while connection.request().await?.is_some() {
                    connection.write(&*answer).await?;
                }
                Ok(())
            }
        })
        .await
    }

    /// How many connections were accepted so far.
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// One connection, and what was read of it and not yet used.
pub struct Connection<S> {
    socket: S,
    buffer: Vec<u8>,
}

/// A request as it stood on the wire. Names of headers are in lower case.
#[derive(Debug)]
pub struct Request {
    pub line: String,
    pub headers: Vec<(String, Vec<u8>)>,
    pub body: Vec<u8>,
}

impl Request {
    /// All values of a header, in order.
    pub fn values(&self, name: &str) -> Vec<&[u8]> {
        self.headers
            .iter()
            .filter(|(own, _)| own == name)
            .map(|(_, value)| value.as_slice())
            .collect()
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Connection<S> {
    pub fn new(socket: S) -> Self {
        Self {
            socket,
            buffer: Vec::new(),
        }
    }

    /// The next request, or `None` if the client closed the connection instead.
    pub async fn request(&mut self) -> io::Result<Option<Request>> {
        let Some(mut request) = self.head().await? else {
            return Ok(None);
        };
        let length = match request.values("content-length").first() {
            Some(value) => std::str::from_utf8(value).unwrap().parse().unwrap(),
            None => 0,
        };
        while self.buffer.len() < length {
            if self.socket.read_buf(&mut self.buffer).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        let rest = self.buffer.split_off(length);
        request.body = std::mem::replace(&mut self.buffer, rest);
        Ok(Some(request))
    }

    /// The next request's head; its body is left unread.
    pub async fn head(&mut self) -> io::Result<Option<Request>> {
        let end = loop {
            if let Some(end) = self.buffer.windows(4).position(|four| four == b"\r\n\r\n") {
                break end;
            }
            if self.socket.read_buf(&mut self.buffer).await? == 0 {
                return Ok(None);
            }
        };
        let rest = self.buffer.split_off(end + 4);
        let head = std::mem::replace(&mut self.buffer, rest);
        let mut lines = head[..end]
            .split(|byte| *byte == b'\n')
            .map(|line| line.strip_suffix(b"\r").unwrap_or(line));
        let line = String::from_utf8(lines.next().unwrap().to_vec()).unwrap();
        let headers = lines
            .map(|line| {
                let colon = line.iter().position(|byte| *byte == b':').unwrap();
                let name = String::from_utf8(line[..colon].to_ascii_lowercase()).unwrap();
                (name, line[colon + 1..].trim_ascii().to_vec())
            })
            .collect();
        Ok(Some(Request {
            line,
            headers,
            body: Vec::new(),
        }))
    }

    pub async fn write(&mut self, bytes: impl AsRef<[u8]>) -> io::Result<()> {
        self.socket.write_all(bytes.as_ref()).await?;
        self.socket.flush().await
    }

    /// Waits until the client has closed the connection.
    pub async fn closed(&mut self) {
        let mut sink = [0; 4096];
        while matches!(self.socket.read(&mut sink).await, Ok(count) if count > 0) {}
    }

    pub fn into_inner(self) -> S {
        self.socket
    }
}

impl Connection<TcpStream> {
    /// Resets the connection instead of closing it.
    pub fn reset(self) {
        self.socket.set_zero_linger().unwrap();
    }
}
