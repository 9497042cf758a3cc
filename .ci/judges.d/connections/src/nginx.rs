//! nginx before a server.

use std::{
    fs,
    net::{Ipv4Addr, TcpListener},
    process::Stdio,
    time::Duration,
};

use tempfile::TempDir;
use tokio::{
    net::TcpStream,
    process::{Child, Command},
    time::sleep,
};

use crate::{certificate::Certificate, protocol::Protocol, server, verdict::Fallible};

/// A running nginx, until it is dropped.
pub(crate) struct Nginx {
    url: String,
    _process: Child,
    _folder: TempDir,
}

impl Nginx {
    /// The header in which nginx names the client's connection to the server behind it.
    pub(crate) const CONNECTION: &str = "x-connection";

    /// Starts nginx on a free port of 127.0.0.1, before the server on the port `upstream`.
    pub(crate) async fn start(
        protocol: Protocol,
        certificate: &Certificate,
        upstream: u16,
    ) -> Fallible<Self> {
        let folder = TempDir::with_prefix("orq-judge-")?;
        // nginx can't be asked for a free port, so one is looked for.
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?
            .local_addr()?
            .port();
        fs::write(folder.path().join("certificate.pem"), certificate.pem())?;
        fs::write(folder.path().join("key.pem"), certificate.key_pem())?;
        fs::write(
            folder.path().join("nginx.conf"),
            configuration(protocol, port, upstream),
        )?;
        let mut process = Command::new("nginx")
            .args(["-e", "stderr", "-c", "nginx.conf", "-p"])
            .arg(folder.path())
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .spawn()?;
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port))
            .await
            .is_err()
        {
            if let Some(status) = process.try_wait()? {
                return Err(format!("nginx ended: {status}").into());
            }
            sleep(Duration::from_millis(10)).await;
        }
        Ok(Self {
            url: format!("https://127.0.0.1:{port}"),
            _process: process,
            _folder: folder,
        })
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}

/// Returns a configuration of one process, in the words of nginx 1.9.5 to date. From 1.25.1 on it warns of `http2`
/// beside `listen`.
fn configuration(protocol: Protocol, port: u16, upstream: u16) -> String {
    let streams = server::STREAMS;
    let header = Nginx::CONNECTION;
    let http2 = if protocol == Protocol::Http2Tls {
        "http2"
    } else {
        ""
    };
    format!(
        "daemon off;
master_process off;
pid nginx.pid;
error_log stderr error;
worker_rlimit_nofile 8192;
events {{ worker_connections 4096; }}
http {{
    access_log off;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
    server {{
        listen 127.0.0.1:{port} ssl {http2} backlog=1024;
        ssl_certificate certificate.pem;
        ssl_certificate_key key.pem;
        http2_max_concurrent_streams {streams};
        location / {{
            proxy_pass http://127.0.0.1:{upstream};
            proxy_http_version 1.1;
            proxy_buffering off;
            proxy_set_header connection \"\";
            proxy_set_header {header} $connection;
        }}
    }}
}}
"
    )
}
