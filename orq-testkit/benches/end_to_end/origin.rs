//! The server's process, as the client knows it.

use std::{
    env,
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::{Result, server};

/// What the connection to the server speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    /// HTTP/1.1 over plain TCP.
    Http1,
    /// HTTP/1.1 over TLS.
    Tls,
    /// HTTP/2 over TLS.
    Http2,
}

/// A running server. Dropping it ends the process.
pub(crate) struct Origin {
    child: Child,
    addresses: [String; 3],
    /// The certificate of the server's authority, in DER.
    pub(crate) authority: Vec<u8>,
}

impl Origin {
    /// Starts this program as a server whose long streams have so many events.
    pub(crate) fn start(long: usize) -> Result<Self> {
        let mut child = Command::new(env::current_exe()?)
            .args([server::FLAG, &long.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut line = String::new();
        let output = child.stdout.take().ok_or("the server has no output")?;
        BufReader::new(output).read_line(&mut line)?;
        let words: Vec<_> = line.split_whitespace().collect();
        let [plain, tls, http2, digits] = words[..] else {
            return Err(format!("the server says {line:?}").into());
        };
        let authority = digits.as_bytes().chunks(2).map(|byte| {
            let digits = str::from_utf8(byte)?;
            Ok(u8::from_str_radix(digits, 16)?)
        });
        Ok(Self {
            addresses: [plain, tls, http2].map(str::to_owned),
            authority: authority.collect::<Result<_>>()?,
            child,
        })
    }

    /// Returns a base URL beneath which every request gets the answer of this name.
    pub(crate) fn url(&self, protocol: Protocol, name: &str) -> String {
        let scheme = if protocol == Protocol::Http1 {
            "http"
        } else {
            "https"
        };
        let [plain, tls, http2] = &self.addresses;
        let address = match protocol {
            Protocol::Http1 => plain,
            Protocol::Tls => tls,
            Protocol::Http2 => http2,
        };
        format!("{scheme}://{address}/{name}")
    }

    /// Makes the paced streams go on that are open.
    pub(crate) async fn go_on(&self) -> Result<()> {
        let [plain, ..] = &self.addresses;
        let mut socket = TcpStream::connect(plain).await?;
        let request = format!("GET /{} HTTP/1.1\r\n\r\n", server::GO_ON);
        socket.write_all(request.as_bytes()).await?;
        // The answer comes after the signal.
        socket.read_u8().await?;
        Ok(())
    }
}

impl Drop for Origin {
    fn drop(&mut self) {
        // A process that has ended already is no loss.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
