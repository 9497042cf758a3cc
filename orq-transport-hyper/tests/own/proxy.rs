//! Proxies that the environment names.

use std::{
    io::{BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
};

use orq_testkit::conformance::{RawServer, Settings, outcome};

use crate::{child, guarded, post};

const VARIABLES: [&str; 6] = [
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
    "http_proxy",
    "https_proxy",
    "all_proxy",
];

/// Runs the test of that name with `proxy` as the proxy for everything.
fn run(test: &str, proxy: &str) {
    let mut variables = VARIABLES.map(|name| (name, proxy)).to_vec();
    variables.push(("NO_PROXY", "excluded.invalid"));
    child::run(&format!("proxy::{test}"), &variables);
}

#[test]
fn a_dead_proxy_does_not_stand_before_loopback() {
    run("loopback", "http://127.0.0.1:1");
}

#[tokio::test]
#[ignore = "run by the test above"]
async fn loopback() {
    guarded(async {
        let server =
            RawServer::answering("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok").unwrap();
        let transport = crate::make(&Settings::default());
        for host in ["127.0.0.1", "localhost"] {
            let url = format!("http://{host}:{}/", server.address().port());
            assert_eq!(outcome(&transport, post(&url)).await, "ok, 2 bytes");
        }
        assert_eq!(server.connections(), 2);

        let closing = RawServer::serving(|_| async { Ok(()) }).unwrap();
        let https = format!("https://{}/", closing.address());
        assert_eq!(
            outcome(&transport, post(&https)).await,
            "closed connect not_sent"
        );
        assert_eq!(closing.connections(), 1);
    })
    .await;
}

#[test]
fn https_to_another_machine_goes_through_the_proxy() {
    let proxy = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = proxy.local_addr().unwrap();
    let listener = proxy.try_clone().unwrap();
    let refusing = std::thread::spawn(move || {
        let (mut socket, _) = listener.accept().unwrap();
        let lines = BufReader::new(socket.try_clone().unwrap()).lines();
        let lines = lines
            .map(Result::unwrap)
            .take_while(|line| !line.is_empty());
        let head: Vec<_> = lines.collect();
        socket
            .write_all(b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n")
            .unwrap();
        head
    });
    run(
        "elsewhere",
        &format!("http://us%3Aer:pass%40word@{address}"),
    );
    // Frees the thread if there was no connection.
    let mut nobody = TcpStream::connect(address).unwrap();
    nobody.write_all(b"no connection\r\n\r\n").unwrap();
    // The requests before it weren't sent here.
    let head = refusing.join().unwrap();
    assert_eq!(head[0], "CONNECT orq.invalid:443 HTTP/1.1");
    let credentials = head.iter().filter_map(|line| {
        let (name, value) = line.split_once(": ")?;
        name.eq_ignore_ascii_case("proxy-authorization")
            .then_some(value)
    });
    // "us:er:pass@word"
    assert_eq!(
        credentials.collect::<Vec<_>>(),
        ["Basic dXM6ZXI6cGFzc0B3b3Jk"]
    );
}

#[tokio::test]
#[ignore = "run by the test above"]
async fn elsewhere() {
    guarded(async {
        let transport = crate::make(&Settings::default());
        for (url, expected) in [
            ("http://orq.invalid/", "connect connect not_sent"),
            ("https://excluded.invalid/", "connect connect not_sent"),
            ("https://orq.invalid/", "proxy connect not_sent"),
        ] {
            assert_eq!(outcome(&transport, post(url)).await, expected, "{url}");
        }
    })
    .await;
}
