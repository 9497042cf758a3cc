//! What `FakeOrq` answers over a socket beside the API.

use orq_testkit::{FakeDeployment, FakeFault, FakeOrq, FakeServer, Fault, MemoryTransport, Reply};
use serde_json::{Value, json};

use super::{Answer, Connection, request, request_with_key, start};

const SEED: &str = r#"{"deployments": [{"key": "greeter", "replies": ["Hello {{name}}!"]}]}"#;

fn invoke(key: &str) -> String {
    let body = json!({"key": key, "inputs": {"name": "Jane"}});
    request("POST", "/v2/deployments/invoke", &body.to_string())
}

/// A request of a page, which has an origin and no key.
fn of_page(method: &str, path: &str, headers: &str) -> String {
    format!("{method} {path} HTTP/1.1\r\nhost: x\r\norigin: http://page.example\r\n{headers}\r\n")
}

async fn calls(connection: &mut Connection) -> Value {
    let answer = connection.ask(&request("GET", "/__fake/calls", "")).await;
    assert_eq!(answer.status, 200);
    answer.json()
}

#[tokio::test]
async fn it_says_that_it_is_there() {
    let server = start().await;
    let mut connection = Connection::open(&server).await;
    let health = request_with_key("nobody", "GET", "/__fake/health", "");
    let answer = connection.ask(&health).await;
    assert_eq!(
        (answer.status, answer.json()),
        (200, json!({"status": "ok"}))
    );
    for (method, path, status, allow) in [
        ("POST", "/__fake/health", 405, "allow: get\r\n"),
        ("PUT", "/__fake/calls", 405, "allow: get, delete\r\n"),
        ("GET", "/__fake/seed", 405, "allow: put\r\n"),
        ("GET", "/__fake/elsewhere", 404, ""),
    ] {
        let answer = connection.ask(&request(method, path, "")).await;
        assert_eq!(answer.status, status, "{method} {path}");
        assert!(answer.head.contains(allow), "{}", answer.head);
    }
    assert_eq!(
        calls(&mut connection).await,
        json!([]),
        "these are no calls of the API"
    );
}

#[tokio::test]
async fn it_tells_its_calls_and_forgets_them() {
    let deployment = FakeDeployment::new("a").reply("one two");
    let deployment = deployment.fault(FakeFault::break_before_head(Fault::Reset).nth(2));
    let fake = FakeOrq::builder()
        .deployment(deployment)
        .api_key("one")
        .api_key("two");
    let server = FakeServer::bind(fake.build(), "127.0.0.1:0")
        .await
        .unwrap()
        .spawn();
    let mut connection = Connection::open(&server).await;
    let body = r#"{"key": "a", "metadata": {"z": 1, "a": 0.10}}"#;
    connection
        .ask(&request_with_key(
            "two",
            "POST",
            "/v2/deployments/stream",
            body,
        ))
        .await;
    connection
        .ask(&request_with_key(
            "no",
            "GET",
            "/v2/deployments?limit=1&x=no",
            "",
        ))
        .await;
    connection
        .ask(&request_with_key(
            "one",
            "POST",
            "/v2/deployments/invoke",
            "{",
        ))
        .await;
    let mut broken = Connection::open(&server).await;
    broken
        .send(&request_with_key(
            "one",
            "POST",
            "/v2/deployments/invoke",
            r#"{"key": "a"}"#,
        ))
        .await;
    assert!(
        tokio::io::AsyncReadExt::read_u8(&mut broken.stream)
            .await
            .is_err()
    );

    let answer = connection.ask(&request("GET", "/__fake/calls", "")).await;
    assert!(
        answer.chunks.concat().contains(body),
        "the body is as it was written"
    );
    let call = |number: u64, method: &str, path: &str| {
        json!({"number": number, "method": method, "path": path, "query": null, "deployment": null, "api_key": null,
            "status": null, "chunks": 0, "end": "read", "body": null})
    };
    let mut expected = [
        call(1, "POST", "/v2/deployments/stream"),
        call(2, "GET", "/v2/deployments"),
        call(3, "POST", "/v2/deployments/invoke"),
        call(4, "POST", "/v2/deployments/invoke"),
    ];
    let mut set = |index: usize, fields: Value| {
        let fields = fields.as_object().unwrap().clone();
        expected[index].as_object_mut().unwrap().extend(fields);
    };
    let sent: Value = serde_json::from_str(body).unwrap();
    set(
        0,
        json!({"deployment": "a", "api_key": 1, "status": 200, "chunks": 3, "body": sent}),
    );
    set(
        1,
        json!({"query": "limit=1&x=<redacted>", "status": 401, "chunks": 1}),
    );
    set(
        2,
        json!({"api_key": 0, "status": 400, "chunks": 1, "body": "{"}),
    );
    set(
        3,
        json!({"deployment": "a", "api_key": 0, "end": "reset", "body": {"key": "a"}}),
    );
    assert_eq!(answer.json(), json!(expected));

    let forget = request("DELETE", "/__fake/calls", "");
    connection.send(&forget).await;
    assert!(
        connection
            .until("\r\n\r\n")
            .await
            .starts_with("HTTP/1.1 204")
    );
    assert_eq!(calls(&mut connection).await, json!([]));
    connection
        .ask(&request_with_key("no", "GET", "/v2/deployments", ""))
        .await;
    assert_eq!(
        calls(&mut connection).await[0]["number"],
        5,
        "they are counted on"
    );
}

#[tokio::test]
async fn a_seed_replaces_the_world_while_it_runs() {
    let server = start().await;
    let mut connection = Connection::open(&server).await;
    assert_eq!(connection.ask(&invoke("chat")).await.status, 200);
    let both = SEED.replacen('{', r#"{"builtins": true, "#, 1);
    for (seed, greeter, chat) in [
        (SEED, 200, 404),
        (&both, 200, 200),
        (r#"{"rate_limit": {"requests": 1}}"#, 404, 429),
        // A byte order mark is no part of the seed.
        ("\u{feff}{}", 404, 200),
    ] {
        let put = request_with_key("nobody", "PUT", "/__fake/seed", seed);
        connection.send(&put).await;
        let head = connection.until("\r\n\r\n").await;
        assert!(head.starts_with("HTTP/1.1 204"), "{head}");
        for (key, status) in [("greeter", greeter), ("chat", chat)] {
            let answer = connection.ask(&invoke(key)).await;
            assert_eq!(answer.status, status, "{seed} {key}");
        }
    }
}

#[tokio::test]
async fn a_bad_seed_changes_nothing() {
    let server = start().await;
    let mut connection = Connection::open(&server).await;
    for (seed, place) in [
        ("", "EOF while parsing a value at line 1 column 0"),
        ("{\n]", "at line 2 column 1"),
        ("[]", "invalid type: sequence, expected an object"),
        (
            r#"{"deployments": [{"key": "a", "replies": [{"txt": ""}]}]}"#,
            "deployments[0].replies[0].txt: unknown field",
        ),
        (r#"{"api_keys": ["sk secret"]}"#, "api_keys[0]: expected"),
    ] {
        let answer = connection.ask(&request("PUT", "/__fake/seed", seed)).await;
        assert_eq!(answer.status, 400, "{seed}");
        let message = answer.json()["message"].as_str().unwrap().to_owned();
        assert!(message.contains(place), "{message}");
        assert!(!message.contains("secret"), "{message}");
    }
    assert_eq!(connection.ask(&invoke("chat")).await.status, 200);
}

#[tokio::test]
async fn keys_of_the_start_stay_and_those_of_a_seed_go() {
    let fake = FakeOrq::builder().api_key("given").build();
    let server = FakeServer::bind(fake.clone(), "127.0.0.1:0")
        .await
        .unwrap()
        .spawn();
    let mut connection = Connection::open(&server).await;
    for (seed, expected) in [
        (r#"{"api_keys": ["seeded", "given"]}"#, [200, 200, 401]),
        ("{}", [200, 401, 401]),
    ] {
        connection.send(&request("PUT", "/__fake/seed", seed)).await;
        assert!(
            connection
                .until("\r\n\r\n")
                .await
                .starts_with("HTTP/1.1 204")
        );
        for (key, expected) in ["given", "seeded", "sk-orq-test"].into_iter().zip(expected) {
            let list = request_with_key(key, "GET", "/v2/deployments", "");
            assert_eq!(connection.ask(&list).await.status, expected, "{seed} {key}");
        }
    }
    let default = start().await;
    let mut connection = Connection::open(&default).await;
    connection
        .send(&request(
            "PUT",
            "/__fake/seed",
            r#"{"api_keys": ["seeded"]}"#,
        ))
        .await;
    connection.until("\r\n\r\n").await;
    assert_eq!(
        connection
            .ask(&request("GET", "/v2/deployments", ""))
            .await
            .status,
        401
    );
}

#[tokio::test]
async fn a_page_may_use_it() {
    let script = FakeDeployment::new("scripted").script(Reply::status(201, "x"));
    let fake = FakeOrq::builder().builtins().deployment(script).build();
    let server = FakeServer::bind(fake, "127.0.0.1:0").await.unwrap().spawn();
    let mut connection = Connection::open(&server).await;
    let asked = "access-control-request-method: POST\r\n\
                 access-control-request-headers: authorization,content-type\r\n";
    connection
        .send(&of_page("OPTIONS", "/v2/deployments/invoke", asked))
        .await;
    let head = connection.until("\r\n\r\n").await;
    assert!(head.starts_with("HTTP/1.1 204"), "{head}");
    for header in [
        "access-control-allow-origin: *",
        "access-control-allow-methods: POST",
        "access-control-allow-headers: authorization,content-type",
    ] {
        assert!(head.contains(header), "{head}");
    }
    let from_page =
        |request: String| request.replacen("\r\n", "\r\norigin: http://page.example\r\n", 1);
    let allowed = |answer: &Answer| {
        answer.head.contains("access-control-allow-origin: *")
            && answer.head.contains("access-control-expose-headers: *")
    };
    for (request, status) in [
        (of_page("GET", "/v2/deployments", ""), 401),
        (of_page("OPTIONS", "/v2/deployments", ""), 405),
        (from_page(invoke("chat")), 200),
        (from_page(invoke("scripted")), 201),
    ] {
        let answer = connection.ask(&request).await;
        assert_eq!(answer.status, status, "{request}");
        assert!(allowed(&answer), "{}", answer.head);
    }
    for (origin, may_read) in [
        ("http://localhost:5173", true),
        ("http://127.0.0.1", true),
        ("https://[::1]:8080", true),
        ("http://page.example", false),
        ("http://localhost.example", false),
        ("null", false),
    ] {
        let request = of_page("GET", "/__fake/calls", "").replace("http://page.example", origin);
        let answer = connection.ask(&request).await;
        assert_eq!(allowed(&answer), may_read, "{origin}: {}", answer.head);
    }
    let preflight = of_page("OPTIONS", "/__fake/seed", asked);
    assert_eq!(connection.ask(&preflight).await.status, 405);
    // Others get no header that they have no use for.
    let answer = connection.ask(&invoke("chat")).await;
    assert!(!answer.head.contains("access-control"), "{}", answer.head);
}

#[tokio::test]
async fn other_doubles_have_none_of_it() {
    let memory = MemoryTransport::new();
    memory.reply(Reply::status(299, "mine"));
    let server = FakeServer::bind(memory.handle(), "127.0.0.1:0")
        .await
        .unwrap()
        .spawn();
    let mut connection = Connection::open(&server).await;
    connection.send(&of_page("GET", "/__fake/health", "")).await;
    let head = connection.until("\r\n\r\n").await;
    assert!(
        head.starts_with("HTTP/1.1 299") && !head.contains("access-control"),
        "{head}"
    );
}
