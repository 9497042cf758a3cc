//! How long a connection is used that the network has swallowed.

use std::{env, net::IpAddr, process::Stdio, time::Duration};

use futures::future::try_join_all;
use orq_core::{Client, DeploymentRequest};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, BufReader},
    process::Command,
    time::{Instant, timeout},
};

use crate::{
    body,
    certificate::Certificate,
    library::Library,
    protocol::Protocol,
    server::Server,
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
    let found = try_join_all(cases.iter().map(|(_, _, client)| measure(client, router))).await?;

    let mut verdict = Verdict::default();
    println!("the first answer after the network has swallowed a connection; limit {LIMIT:?}");
    for ((library, protocol, _), found) in cases.iter().zip(found) {
        let after = match found.answered {
            Some(after) => format!("after {:>5.1} s", after.as_secs_f64()),
            None => format!("none in {END:?}"),
        };
        println!(
            "{library:<10} {protocol:<16} {after}  failed before: {}",
            found.failures()
        );
        verdict.require(found.answered.is_some_and(|after| after <= LIMIT), || {
            format!("{library}, {protocol}, first answer {after}")
        });
    }
    Ok(verdict)
}

/// Serves on `host` until its standard input ends. It prints its certificate, in hexadecimal digits, and a URL for
/// each measurement. It answers with the clients' ports of the open connections.
pub(crate) async fn answer(host: IpAddr) -> Fallible<Verdict> {
    let certificate = Certificate::new(host)?;
    let mut servers = Vec::new();
    for _ in Library::ALL {
        for protocol in Protocol::TLS {
            let server = Server::start(host, protocol, &certificate, |_, counts| {
                let open: Vec<String> = counts.open().iter().map(u16::to_string).collect();
                body::completion(&open.join(" "))
            });
            servers.push(server.await?);
        }
    }
    let urls: Vec<&str> = servers.iter().map(Server::url).collect();
    println!("{} {}", to_hex(&certificate.der()), urls.join(" "));
    tokio::io::stdin().read_to_end(&mut Vec::new()).await?;
    Ok(Verdict::default())
}

/// What came after the silence began.
struct Found {
    /// When the first call was answered.
    answered: Option<Duration>,
    /// The kinds of the calls' errors before it.
    failures: Vec<String>,
}

impl Found {
    fn failures(&self) -> String {
        match self.failures.as_slice() {
            [] => "none".to_owned(),
            [first, ..] => format!("{} ({first})", self.failures.len()),
        }
    }
}

async fn measure(client: &Client, router: &str) -> Fallible<Found> {
    let swallowed = open_ports(client).await?;
    for port in swallowed.split(' ') {
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
    let Ok(open) = timeout(END, calls).await else {
        let answered = None;
        return Ok(Found { answered, failures });
    };
    let answered = Some(begin.elapsed());
    if open == swallowed {
        return Err("the silent connection has answered".into());
    }
    Ok(Found { answered, failures })
}

/// Makes one call without a time limit of its own.
async fn open_ports(client: &Client) -> Result<String, orq_core::Error> {
    let request = DeploymentRequest::new("greeter");
    let call = client.deployments().invoke(&request);
    let answer = call.timeout(None).head_timeout(END).await?;
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
