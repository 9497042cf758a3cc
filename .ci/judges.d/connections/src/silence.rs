//! How long a connection is used that has gone silent.

use std::{env, net::Ipv4Addr, process::Stdio, time::Duration};

use futures::future::try_join_all;
use hyper::HeaderMap;
use orq_core::{Client, DeploymentRequest};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, BufReader},
    process::Command,
    time::{Instant, timeout},
};

use crate::{
    body::{self, Answer},
    certificate::Certificate,
    library::Library,
    protocol::Protocol,
    server::{Counts, Server},
    verdict::{Fallible, Verdict},
};

const LIMIT: Duration = Duration::from_secs(35);
/// When a measurement is given up.
const END: Duration = Duration::from_secs(120);

/// Calls a server in the network namespace `server`, through the namespace `router`, which then drops the packets of
/// the connections that are open, and no others.
pub(crate) async fn run(router: &str, server: &str) -> Fallible<Verdict> {
    let mut process = Command::new("ip")
        .args(["netns", "exec", server])
        .arg(env::current_exe()?)
        .args(["answer", &address_of(server).await?])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()?;
    let output = process.stdout.take().ok_or("the server has no output")?;
    let mut greeting = String::new();
    BufReader::new(output).read_line(&mut greeting).await?;
    let mut words = greeting.split_whitespace();
    let root = from_hex(words.next().ok_or("the server didn't start")?)?;

    let mut cases = Vec::new();
    for library in Library::ALL {
        for protocol in Protocol::TLS {
            let url = words.next().ok_or("the server names too few URLs")?;
            cases.push((library, protocol, library.client(url, &root)?));
        }
    }
    let measuring = cases.iter().map(|(library, protocol, client)| async {
        let open = open_ports(client).await?;
        drop_packets(router, &open).await?;
        first_answer(*library, *protocol, client, &open).await
    });
    println!("the first answer after the network drops a connection's packets; limit {LIMIT:?}");
    conclude(try_join_all(measuring).await?)
}

/// Calls a server that stops to read from the connections that are open. Its machine goes on to acknowledge what
/// arrives, so TCP notices nothing, and over HTTP/1.1 there is nothing to notice.
pub(crate) async fn frozen() -> Fallible<Verdict> {
    let protocol = Protocol::Http2Tls;
    let measuring = Library::ALL.map(|library| async move {
        let certificate = Certificate::new(Ipv4Addr::LOCALHOST)?;
        let server = Server::start(Ipv4Addr::LOCALHOST, protocol, &certificate, ports).await?;
        let client = library.client(server.url(), &certificate.der())?;
        let open = open_ports(&client).await?;
        server.counts().freeze();
        first_answer(library, protocol, &client, &open).await
    });
    println!("the first answer after the server stops to read from a connection; limit {LIMIT:?}");
    conclude(try_join_all(measuring).await?)
}

/// Serves on `host` until its standard input ends. It prints its certificate, in hexadecimal digits, and a URL for
/// each measurement. It answers with the clients' ports of the open connections.
pub(crate) async fn answer(host: Ipv4Addr) -> Fallible<Verdict> {
    let certificate = Certificate::new(host)?;
    let mut servers = Vec::new();
    for _ in Library::ALL {
        for protocol in Protocol::TLS {
            servers.push(Server::start(host, protocol, &certificate, ports).await?);
        }
    }
    let urls: Vec<&str> = servers.iter().map(Server::url).collect();
    println!("{} {}", to_hex(&certificate.der()), urls.join(" "));
    tokio::io::stdin().read_to_end(&mut Vec::new()).await?;
    Ok(Verdict::default())
}

/// Answers with the clients' ports of the open connections.
fn ports(_: &HeaderMap, counts: &Counts) -> Answer {
    let open: Vec<String> = counts.open().iter().map(u16::to_string).collect();
    body::completion(&open.join(" "))
}

/// What came after a connection had gone silent.
struct Found {
    case: String,
    /// When the first call was answered.
    answered: Option<Duration>,
    /// The kinds of the errors of the calls before it.
    failures: Vec<String>,
}

/// Makes one call after the other until one is answered, on another connection than those named in `silent`.
async fn first_answer(
    library: Library,
    protocol: Protocol,
    client: &Client,
    silent: &str,
) -> Fallible<Found> {
    let begin = Instant::now();
    let mut failures = Vec::new();
    let calls = async {
        loop {
            match open_ports(client).await {
                Ok(open) => return open,
                Err(error) => failures.push(error.kind().to_string()),
            }
        }
    };
    let open = timeout(END, calls).await.ok();
    if open.as_deref() == Some(silent) {
        return Err("the silent connection has answered".into());
    }
    Ok(Found {
        case: format!("{library:<10} {protocol:<16}"),
        answered: open.map(|_| begin.elapsed()),
        failures,
    })
}

fn conclude(found: Vec<Found>) -> Fallible<Verdict> {
    let mut verdict = Verdict::default();
    for Found {
        case,
        answered,
        failures,
    } in found
    {
        let after = match answered {
            Some(after) => format!("after {:.1} s", after.as_secs_f64()),
            None => format!("none in {END:?}"),
        };
        println!("{case} {after:<14} errors before: {}", failures.join(" "));
        verdict.require(answered.is_some_and(|after| after <= LIMIT), || {
            format!("{case} {after}")
        });
    }
    Ok(verdict)
}

/// Has a network namespace drop the packets to and from these ports, which blanks separate.
async fn drop_packets(router: &str, ports: &str) -> Fallible<()> {
    for port in ports.split(' ') {
        for side in ["sport", "dport"] {
            let mut rule = Command::new("ip");
            rule.args([
                "-n", router, "rule", "add", "pref", "1", "ipproto", "tcp", side, port,
            ]);
            if !rule.arg("blackhole").status().await?.success() {
                return Err("the router takes no rule".into());
            }
        }
    }
    Ok(())
}

/// Makes one call without a time limit of its own.
async fn open_ports(client: &Client) -> Result<String, orq_core::Error> {
    let request = DeploymentRequest::new("greeter");
    let call = client.deployments().invoke(&request);
    let answer = call.timeout(None).head_timeout(END * 2).await?;
    Ok(answer.text().unwrap_or_default().into_owned())
}

/// Finds the address of the interface in a network namespace.
async fn address_of(namespace: &str) -> Fallible<String> {
    let mut command = Command::new("ip");
    command.args([
        "-n", namespace, "-brief", "-4", "address", "show", "dev", "eth0",
    ]);
    let printed = String::from_utf8(command.output().await?.stdout)?;
    let address = printed
        .split_whitespace()
        .find_map(|word| word.split_once('/'));
    let (address, _) = address.ok_or("the server's namespace has no address")?;
    Ok(address.to_owned())
}

fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn from_hex(digits: &str) -> Fallible<Vec<u8>> {
    let bytes = digits.as_bytes().chunks(2).map(|pair| {
        let pair = std::str::from_utf8(pair)?;
        Ok(u8::from_str_radix(pair, 16)?)
    });
    bytes.collect()
}
