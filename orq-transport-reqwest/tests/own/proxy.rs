//! Proxies that the environment names. Each test runs a child, because an environment belongs to a process.

use std::{
    io::{BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    process::Command,
};

use orq_testkit::conformance::{RawServer, Settings, outcome};

use crate::{guarded, post};

/// Runs the test of that name with `proxy` as the proxy for everything.
fn run(child: &str, proxy: &str) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args([&format!("proxy::{child}"), "--exact", "--ignored"]);
    for name in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"] {
        command.env(name, proxy);
        command.env(name.to_lowercase(), proxy);
    }
    for name in ["NO_PROXY", "no_proxy", "REQUEST_METHOD"] {
        command.env_remove(name);
    }
    let output = command.output().unwrap();
    let stdout = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{stdout}");
    assert!(stdout.contains("1 passed"), "{stdout}");
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
        let mut lines = BufReader::new(socket.try_clone().unwrap()).lines();
        let first = lines.next().unwrap().unwrap();
        while lines.next().is_some_and(|line| !line.unwrap().is_empty()) {}
        socket
            .write_all(b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n")
            .unwrap();
        first
    });
    run("elsewhere", &format!("http://{address}"));
    // Frees the thread should nobody have come.
    let mut nobody = TcpStream::connect(address).unwrap();
    nobody.write_all(b"nobody came\r\n\r\n").unwrap();
    // The plain request before it did not come here.
    assert_eq!(refusing.join().unwrap(), "CONNECT orq.invalid:443 HTTP/1.1");
}

#[tokio::test]
#[ignore = "run by the test above"]
async fn elsewhere() {
    guarded(async {
        let transport = crate::make(&Settings::default());
        for url in ["http://orq.invalid/", "https://orq.invalid/"] {
            let outcome = outcome(&transport, post(url)).await;
            assert_eq!(outcome, "connect connect not_sent", "{url}");
        }
    })
    .await;
}
