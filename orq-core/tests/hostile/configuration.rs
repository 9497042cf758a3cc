//! Settings that would send the key astray, or spoil a request.

use http::Method;
use orq_core::{Client, ClientBuilder, Error, ErrorKind};
use orq_testkit::MemoryTransport;
use serde_json::json;

use super::{DONE, HEL, request};

fn builder() -> ClientBuilder {
    Client::builder(MemoryTransport::new().handle()).api_key("test-key")
}

fn refused(url: &str) -> Error {
    let error = builder().base_url(url).build().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config, "{url}");
    error
}

#[test]
fn a_port_that_is_none_is_refused() {
    for url in [
        "https://my.orq.ai:",
        "https://my.orq.ai:/v2",
        "https://my.orq.ai:65536",
        "http://localhost:99999",
        "http://[::1]:",
    ] {
        let why = "the base URL has a port that is not a number from 0 to 65535";
        assert_eq!(refused(url).message(), Some(why), "{url}");
    }
    for url in ["https://my.orq.ai:abc", "https://my.orq.ai:443:1"] {
        refused(url);
    }
}

#[test]
fn what_only_looks_like_this_machine_gets_no_key_over_plain_http() {
    for url in [
        "http://127.0.0.1.evil.com",
        "http://localhost.evil",
        "HTTP://evil.com",
        "http://0.0.0.0",
        "http://127.1.evil",
    ] {
        let error = refused(url);
        assert!(error.to_string().contains("is plain http"), "{error}");
    }
    for url in [
        "http://localhost@evil",
        "http://127.0.0.1:80@evil",
        "http://localhost%2eevil.com",
        "http://localhost\\@evil.com",
        "http://]127.0.0.1[",
        "http://[[127.0.0.1]]:80",
        "http://127.0.0.1]",
        "http://[127.0.0.1",
        "http://[::1",
    ] {
        refused(url);
    }
}

#[tokio::test]
async fn no_path_and_no_query_leads_to_another_host_or_adds_a_header() {
    for (path, sent) in [
        (
            "//evil.com/x",
            "https://my.orq.ai//evil.com/x?a=b%26c%0D%0A",
        ),
        ("/\\evil", "https://my.orq.ai/\\evil?a=b%26c%0D%0A"),
        ("/@evil.com", "https://my.orq.ai/@evil.com?a=b%26c%0D%0A"),
    ] {
        let memory = MemoryTransport::new();
        memory.reply_json(json!({}));
        let call = memory.client().request(Method::GET, path);
        call.query("a", "b&c\r\n").await.unwrap();
        let uri = memory.requests()[0].uri().clone();
        assert_eq!(
            (uri.host(), uri.to_string().as_str()),
            (Some("my.orq.ai"), sent)
        );
    }
    let memory = MemoryTransport::new();
    for path in [
        "*",
        ".evil.com/",
        ":80@evil.com/",
        "/x\r\nhost: evil",
        "/x#fragment",
    ] {
        let error = memory
            .client()
            .request(Method::GET, path)
            .await
            .unwrap_err();
        assert_eq!(
            (error.kind(), error.field()),
            (ErrorKind::Argument, Some("path")),
            "{path:?}"
        );
    }
}

#[tokio::test]
async fn headers_that_frame_the_message_are_refused() {
    let memory = MemoryTransport::new();
    for name in ["content-length", "Transfer-Encoding", "host", "connection"] {
        let why = format!(
            "the header `{}` is set by the transport",
            name.to_lowercase()
        );
        let error = builder().header(name, "7").build().unwrap_err();
        assert_eq!(
            (error.kind(), error.message()),
            (ErrorKind::Config, Some(why.as_str()))
        );
        let call = memory.client().deployments().invoke(&request());
        let error = call.header(name, "7").await.unwrap_err();
        assert_eq!(
            (error.kind(), error.message()),
            (ErrorKind::Argument, Some(why.as_str()))
        );
    }
}

#[tokio::test]
async fn via_invoke_said_twice_is_said_once() {
    let memory = MemoryTransport::new();
    memory.reply_sse([HEL, DONE]);
    let call = memory.client().deployments().stream(&request());
    let stream = call.via_invoke().via_invoke().await.unwrap();
    assert_eq!(
        stream.finish().await.unwrap().text().as_deref(),
        Some("Hel")
    );
    let sent = memory.requests();
    assert_eq!(sent[0].text(), r#"{"key":"chat","stream":true}"#);
}

/// Runs itself once for each variable: a process's own environment can't be changed while others may read it.
#[cfg(unix)]
#[test]
fn a_variable_that_is_not_unicode_is_refused_by_its_name() {
    use std::{env, ffi::OsStr, os::unix::ffi::OsStrExt, process::Command};

    const EXPECTED: &str = "ORQ_TEST_EXPECTED_MESSAGE";
    let variables = [
        "ORQ_API_KEY",
        "ORQ_BASE_URL",
        "ORQ_ENVIRONMENT",
        "ORQ_CONTACT_ID",
    ];
    if let Ok(expected) = env::var(EXPECTED) {
        let error = builder().read_env().build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert_eq!(error.message(), Some(expected.as_str()));
        return;
    }
    let this = "configuration::a_variable_that_is_not_unicode_is_refused_by_its_name";
    for name in variables {
        let mut child = Command::new(env::current_exe().unwrap());
        for other in variables {
            child.env_remove(other);
        }
        let output = child
            .args(["--exact", this])
            .env(name, OsStr::from_bytes(b"caf\xe9"))
            .env(EXPECTED, format!("{name} is not Unicode"))
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{name}: {said}");
        assert!(said.contains("1 passed"), "{said}");
    }
}
