//! A double on a socket, from the other end of it.

use std::sync::{Arc, Mutex};

use orq_testkit::{FakeOrq, FakeServer, Fault, MemoryTransport, Reply};
use serde_json::{Value, json};
use tokio::{io::AsyncReadExt, net::TcpStream};

use super::{Connection, request, request_with_key, start};

#[tokio::test]
async fn one_connection_serves_one_request_after_the_other() {
    let server = start().await;
    let mut connection = Connection::open(&server).await;

    let invoke = request(
        "POST",
        "/v2/deployments/invoke",
        r#"{"key": "chat", "inputs": {"firstname": "Jane"}}"#,
    );
    let answer = connection.ask(&invoke).await;
    assert_eq!(answer.status, 200);
    assert!(answer.head.contains("content-type: application/json"));
    assert!(answer.head.contains("x-orq-trace-id: "));
    let text = &answer.json()["choices"][0]["message"]["content"];
    assert_eq!(text, "You said: Hello, I am Jane.");

    let stream = request("POST", "/v2/deployments/stream", r#"{"key": "chat"}"#);
    assert_eq!(connection.ask(&stream).await.status, 200);

    let list = request("GET", "/v2/deployments?limit=2", "");
    let page = connection.ask(&list).await.json();
    assert_eq!(page["data"].as_array().unwrap().len(), 2);

    let nobody = request("POST", "/v2/deployments/get_config", r#"{"key": "nobody"}"#);
    assert_eq!(connection.ask(&nobody).await.status, 404);
    let stranger = request_with_key("x", "GET", "/v2/deployments", "");
    assert_eq!(connection.ask(&stranger).await.status, 401);
}

#[tokio::test]
async fn a_stream_comes_in_one_chunk_for_each_event() {
    let server = start().await;
    let mut connection = Connection::open(&server).await;
    let body =
        json!({"key": "chat", "stream": true, "messages": [{"role": "user", "content": "a b c"}]});
    let answer = connection
        .ask(&request(
            "POST",
            "/v2/deployments/invoke",
            &body.to_string(),
        ))
        .await;
    assert!(answer.head.contains("content-type: text/event-stream"));
    let (end, events) = answer.chunks.split_last().unwrap();
    assert_eq!(end, "data: [DONE]\n\n");
    let content = |event: &String| {
        let data = event
            .strip_prefix("data: ")
            .unwrap()
            .strip_suffix("\n\n")
            .unwrap();
        let chunk: Value = serde_json::from_str(data).unwrap();
        chunk["choices"][0]["message"]["content"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let words: Vec<_> = events.iter().map(content).collect();
    assert_eq!(words, ["You", " said:", " a", " b", " c"]);
}

#[tokio::test]
async fn connections_are_served_at_the_same_time() {
    let server = start().await;
    let mut unfinished = Connection::open(&server).await;
    unfinished
        .send("POST /v2/deployments/invoke HTTP/1.1\r\n")
        .await;
    let mut other = Connection::open(&server).await;
    let list = request("GET", "/v2/deployments", "");
    assert_eq!(other.ask(&list).await.status, 200);
}

/// A stream that is far longer than what the sockets between client and server hold.
fn endless() -> String {
    let words = "word ".repeat(2_000_000);
    let body = json!({"key": "chat", "invoke_options": {"mock_response": words}});
    request("POST", "/v2/deployments/stream", &body.to_string())
}

#[tokio::test]
async fn a_client_that_goes_away_ends_its_stream() {
    let server = start().await;
    let mut connection = Connection::open(&server).await;
    connection.send(&endless()).await;
    connection.until("data: ").await;
    drop(connection);
    // This waits for all streams. It would take gigabytes if the one above went on.
    server.shutdown().await.unwrap();
}

#[tokio::test]
async fn shutdown_lets_a_stream_come_to_its_end() {
    let server = start().await;
    let mut connection = Connection::open(&server).await;
    let words = "word ".repeat(3000);
    let body = json!({"key": "chat", "invoke_options": {"mock_response": words}});
    connection
        .send(&request(
            "POST",
            "/v2/deployments/stream",
            &body.to_string(),
        ))
        .await;
    let first = connection.until("data: ").await;
    assert!(first.starts_with("HTTP/1.1 200"));
    let address = server.local_addr();
    let (stopped, rest) = tokio::join!(server.shutdown(), async {
        let mut rest = Vec::new();
        connection.stream.read_to_end(&mut rest).await.unwrap();
        String::from_utf8(rest).unwrap()
    });
    stopped.unwrap();
    assert!(
        rest.ends_with("data: [DONE]\n\n\r\n0\r\n\r\n"),
        "{rest:.100}"
    );
    assert!(TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn dropping_the_guard_closes_the_connections() {
    let server = start().await;
    let mut connection = Connection::open(&server).await;
    connection.send(&endless()).await;
    connection.until("data: ").await;
    drop(server);
    // An end or a reset, whichever the system makes of it, but not the end of the stream.
    let mut rest = Vec::new();
    let _ = connection.stream.read_to_end(&mut rest).await;
    let rest = String::from_utf8_lossy(&rest);
    assert!(!rest.contains("[DONE]"));
}

#[tokio::test]
async fn the_log_has_a_line_for_each_request_and_no_key() {
    let lines = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&lines);
    let server = FakeServer::bind(FakeOrq::new(), "127.0.0.1:0")
        .await
        .unwrap();
    let server = server.on_request(move |request| log.lock().unwrap().push(request.to_string()));
    let server = server.spawn();
    let mut connection = Connection::open(&server).await;
    for (path, body) in [
        ("/v2/deployments/invoke", r#"{"key": "chat"}"#),
        ("/v2/deployments/stream", r#"{"key": "no\nbody"}"#),
        ("/nowhere?secret=1", ""),
    ] {
        connection.ask(&request("POST", path, body)).await;
    }
    let expected = [
        "POST /v2/deployments/invoke 200 chat",
        "POST /v2/deployments/stream 404 no\\nbody",
        "POST /nowhere 404",
    ];
    assert_eq!(*lines.lock().unwrap(), expected);
}

/// The program, killed when the test is over.

#[tokio::test]
async fn a_fault_discards_nothing_that_came_before_it() {
    let body = "x".repeat(1 << 20);
    for fault in Fault::ALL {
        let memory = MemoryTransport::new();
        memory.reply(Reply::status(200, body.clone()).break_off(fault));
        let server = FakeServer::bind(memory.handle(), "127.0.0.1:0").await;
        let server = server.unwrap().spawn();
        let mut connection = Connection::open(&server).await;
        connection.send(&request("POST", "/", "{}")).await;
        connection.until("\r\n\r\n100000\r\n").await;
        let arrived = connection.exactly(body.len()).await;
        assert!(arrived == body, "{fault:?}");
    }
}
