//! What the client sends: paths, headers, defaults, and what it refuses to send.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::Method;
use orq_core::{
    Client, ClientBuilder, DeploymentRequest, Error, ErrorKind, HttpTransport, Message, Timer,
    model::{Document, Identity, KnowledgeFilter, Nullable, ToolMessage, UserMessage},
    transport::{Body, CallContext, Operation, TransportError},
};
use orq_testkit::MemoryTransport;
use serde_json::json;

fn builder(memory: &MemoryTransport) -> ClientBuilder {
    Client::builder(memory.handle()).api_key("sk-test")
}

fn answering(times: usize) -> MemoryTransport {
    let memory = MemoryTransport::new();
    for _ in 0..times {
        memory.reply_json(json!({ "choices": [], "data": [], "messages": [] }));
    }
    memory
}

#[tokio::test]
async fn each_verb_has_its_path_and_headers() {
    let memory = answering(4);
    let deployments = memory.client().deployments();
    let request = DeploymentRequest::new("chat");
    deployments.invoke(&request).await.unwrap();
    let _ = deployments.stream(&request).await.unwrap();
    deployments.get_config(&request).await.unwrap();
    deployments.list().await.unwrap();

    let seen: Vec<_> = memory
        .requests()
        .iter()
        .map(|request| {
            let context = request.context().unwrap();
            format!(
                "{} {} {} | {} {:?} | {:?}",
                request.method(),
                request.uri(),
                request.header("accept").unwrap(),
                context.operation(),
                context.deployment(),
                request.header("content-type"),
            )
        })
        .collect();
    let json = r#"Some("application/json")"#;
    assert_eq!(
        seen,
        [
            format!(
                r#"POST https://my.orq.ai/v2/deployments/invoke application/json | invoke Some("chat") | {json}"#
            ),
            format!(
                r#"POST https://my.orq.ai/v2/deployments/stream text/event-stream | stream Some("chat") | {json}"#
            ),
            format!(
                r#"POST https://my.orq.ai/v2/deployments/get_config application/json | get_config Some("chat") | {json}"#
            ),
            "GET https://my.orq.ai/v2/deployments application/json | list None | None".to_owned(),
        ]
    );
    for (at, request) in memory.requests().iter().enumerate() {
        assert_eq!(request.bearer(), Some("test-key"));
        assert!(request.headers()["authorization"].is_sensitive());
        let agent = concat!("orq-rust/", env!("CARGO_PKG_VERSION"), " (memory)");
        assert_eq!(request.header("user-agent"), Some(agent));
        assert_eq!(
            request.header("accept-encoding"),
            (at == 1).then_some("identity")
        );
        assert_eq!(
            request.text(),
            if at == 3 { "" } else { r#"{"key":"chat"}"# }
        );
    }
}

#[tokio::test]
async fn the_base_url_may_have_a_prefix() {
    let memory = answering(1);
    let client = builder(&memory)
        .base_url("https://ai.corp:8443/orq/")
        .build()
        .unwrap();
    client
        .deployments()
        .invoke(&DeploymentRequest::new("chat"))
        .await
        .unwrap();
    assert_eq!(
        memory.requests()[0].uri(),
        "https://ai.corp:8443/orq/v2/deployments/invoke"
    );
}

#[tokio::test]
async fn the_environment_is_a_default_of_the_context() {
    let memory = answering(4);
    let client = builder(&memory).environment("production").build().unwrap();
    let deployments = client.deployments();
    let plain = DeploymentRequest::new("chat");
    let with_context = plain.clone().context_value("locale", "en");
    let with_own = plain.clone().context_value("environments", ["staging"]);
    deployments.invoke(&plain).await.unwrap();
    let _ = deployments.stream(&with_context).await.unwrap();
    deployments.get_config(&with_own).await.unwrap();
    deployments.list().await.unwrap();

    let bodies: Vec<_> = memory
        .requests()
        .iter()
        .map(|request| request.text().into_owned())
        .collect();
    assert_eq!(
        bodies,
        [
            r#"{"key":"chat","context":{"environments":"production"}}"#,
            r#"{"key":"chat","context":{"locale":"en","environments":"production"}}"#,
            r#"{"key":"chat","context":{"environments":["staging"]}}"#,
            "",
        ]
    );
}

#[tokio::test]
async fn the_contact_id_is_a_default_beside_an_identity() {
    let memory = answering(5);
    let client = builder(&memory).contact_id("contact_1").build().unwrap();
    let deployments = client.deployments();
    let plain = DeploymentRequest::new("chat");
    deployments.invoke(&plain).await.unwrap();
    let _ = deployments.stream(&plain).await.unwrap();
    deployments
        .invoke(&plain.clone().identity(Identity::new("contact_2")))
        .await
        .unwrap();
    deployments.get_config(&plain).await.unwrap();
    deployments
        .invoke(&plain)
        .header("x-orq-contact-id", "contact_3")
        .await
        .unwrap();
    let sent: Vec<_> = memory
        .requests()
        .iter()
        .map(|request| request.header("x-orq-contact-id").map(str::to_owned))
        .collect();
    let [one, three] = ["contact_1", "contact_3"].map(|id| Some(id.to_owned()));
    assert_eq!(sent, [one.clone(), one, None, None, three]);
}

#[tokio::test]
async fn headers_of_the_call_win_over_the_clients() {
    let memory = answering(2);
    let client = builder(&memory)
        .header("x-team", "a")
        .header("user-agent", "mine/1")
        .build()
        .unwrap();
    client
        .deployments()
        .invoke(&DeploymentRequest::new("chat"))
        .await
        .unwrap();
    client
        .deployments()
        .invoke(&DeploymentRequest::new("chat"))
        .header("x-team", "b")
        .await
        .unwrap();
    let requests = memory.requests();
    assert_eq!(requests[0].header("x-team"), Some("a"));
    assert_eq!(requests[0].header("user-agent"), Some("mine/1"));
    assert_eq!(requests[1].header("x-team"), Some("b"));

    assert_eq!(
        builder(&memory)
            .header("a b", "c")
            .build()
            .unwrap_err()
            .kind(),
        ErrorKind::Config
    );
    assert_eq!(
        builder(&memory)
            .header("authorization", "c")
            .build()
            .unwrap_err()
            .kind(),
        ErrorKind::Config
    );
    let call = client
        .deployments()
        .invoke(&DeploymentRequest::new("chat"))
        .header("x", "a\nb");
    assert_eq!(call.await.unwrap_err().kind(), ErrorKind::Argument);
}

#[tokio::test]
async fn another_tenants_key() {
    let memory = answering(2);
    let client = memory.client();
    let other = client.with_api_key("sk-other").unwrap();
    other
        .deployments()
        .invoke(&DeploymentRequest::new("chat"))
        .await
        .unwrap();
    client
        .deployments()
        .invoke(&DeploymentRequest::new("chat"))
        .await
        .unwrap();
    assert_eq!(memory.requests()[0].bearer(), Some("sk-other"));
    assert_eq!(memory.requests()[1].bearer(), Some("test-key"));
    assert!(client.with_api_key("").is_err());
}

#[tokio::test]
async fn a_stream_field_read_from_json_does_not_decide_the_verb() {
    let memory = answering(2);
    let request: DeploymentRequest =
        serde_json::from_str(r#"{"key":"chat","stream":true,"x":1}"#).unwrap();
    memory
        .client()
        .deployments()
        .invoke(&request)
        .await
        .unwrap();
    let _ = memory
        .client()
        .deployments()
        .stream(&request)
        .via_invoke()
        .await
        .unwrap();
    assert_eq!(memory.requests()[0].text(), r#"{"key":"chat","x":1}"#);
    assert_eq!(
        memory.requests()[1].text(),
        r#"{"key":"chat","x":1,"stream":true}"#
    );
}

#[tokio::test]
async fn an_answer_and_a_history_go_into_the_next_request() {
    let memory = MemoryTransport::new();
    let message = json!({ "role": "assistant", "content": "Hello" });
    memory.reply_json(json!({ "choices": [{ "message": message }] }));
    let history = vec![Message::user("Hi")];
    let request = DeploymentRequest::new("chat").messages(&history);
    let answer = memory
        .client()
        .deployments()
        .invoke(&request)
        .await
        .unwrap();
    let next = request.message(&answer).prefix_message(&history[0]);
    let expected = [history[0].clone(), Message::assistant("Hello")];
    assert_eq!(next.messages.as_deref(), Some(expected.as_slice()));
    assert_eq!(next.prefix_messages, Some(history));
}

#[tokio::test]
async fn arguments_are_refused_before_anything_is_sent() {
    let memory = MemoryTransport::new();
    let deployments = memory.client().deployments();
    let chat = || DeploymentRequest::new("chat");
    let tool = |id| {
        let mut message = ToolMessage::new("4 °C");
        message.tool_call_id = id;
        Message::Tool(message)
    };
    let mut no_text = Document::new("text");
    no_text.text = None;
    let unserialisable = std::collections::HashMap::from([((1, 2), 3)]);
    let table = [
        (DeploymentRequest::new(""), "key"),
        (
            chat().document(Document::new("text")).document(no_text),
            "documents[1].text",
        ),
        (chat().document(Document::new("")), "documents[0].text"),
        (
            chat()
                .message(Message::user("hi"))
                .message(tool(Nullable::Absent)),
            "messages[1].tool_call_id",
        ),
        (
            chat().prefix_message(tool(Nullable::Value(String::new()))),
            "prefix_messages[0].tool_call_id",
        ),
        (chat().input("map", unserialisable), "inputs.map"),
        (chat().inputs([("city", "Oslo")]), "inputs"),
        (
            chat().tool(json!({ "name": "weather" })),
            "extra_params.tools",
        ),
        (chat().input("score", f64::NAN), "inputs.score"),
        (
            chat()
                .metadata(json!({}))
                .metadata_value("x", vec![Some(f32::INFINITY)]),
            "metadata.x",
        ),
        (chat().inputs(1).inputs(json!({ "city": "Oslo" })), "inputs"),
        (
            chat().tool(json!(7)).tool(json!({ "type": "x" })),
            "extra_params.tools",
        ),
        (chat().extra("x", f64::NAN), "x"),
        (
            chat().knowledge_filter(KnowledgeFilter::field("year").gt(f64::NAN)),
            "knowledge_filter",
        ),
        (
            chat()
                .message(Message::user("Hi."))
                .message(UserMessage::new("Hi.").extra("x", f64::NAN)),
            "messages",
        ),
    ];
    for (request, field) in table {
        for error in [
            deployments.invoke(&request).await.map(drop).unwrap_err(),
            deployments.stream(&request).await.map(drop).unwrap_err(),
            deployments
                .get_config(&request)
                .await
                .map(drop)
                .unwrap_err(),
        ] {
            assert_eq!(
                (error.kind(), error.field()),
                (ErrorKind::Argument, Some(field)),
                "{error}"
            );
            assert_eq!((error.delivery(), error.phase()), (None, None));
            assert!(error.to_string().contains(field), "{error}");
        }
    }
    for limit in [0, 51, u32::MAX] {
        let error = deployments.list().limit(limit).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.field()),
            (ErrorKind::Argument, Some("limit"))
        );
    }
    let both = deployments
        .list()
        .starting_after("a")
        .ending_before("b")
        .await
        .unwrap_err();
    assert_eq!(
        (both.kind(), both.field()),
        (ErrorKind::Argument, Some("ending_before"))
    );
    assert!(memory.requests().is_empty());
}

#[tokio::test]
async fn a_null_tool_call_id_is_legal() {
    let memory = answering(1);
    let mut message = ToolMessage::new("4 °C");
    message.tool_call_id = Nullable::Null;
    let request = DeploymentRequest::new("chat").message(Message::Tool(message));
    memory
        .client()
        .deployments()
        .invoke(&request)
        .await
        .unwrap();
    assert_eq!(
        memory.requests()[0].json()["messages"][0]["tool_call_id"],
        json!(null)
    );
}

#[tokio::test]
async fn a_client_that_cannot_work_is_not_built() {
    let memory = MemoryTransport::new();
    let config =
        |result: Result<Client, Error>| assert_eq!(result.unwrap_err().kind(), ErrorKind::Config);
    config(Client::builder(memory.handle()).build());
    config(Client::new(memory.handle(), ""));
    config(builder(&memory).base_url("nonsense").build());
    config(builder(&memory).base_url("http://my.orq.ai").build());
    config(builder(&memory).contact_id("a\nb").build());
    assert!(
        builder(&memory)
            .base_url("http://my.orq.ai")
            .allow_http()
            .build()
            .is_ok()
    );
}

#[tokio::test]
async fn endpoints_that_are_not_modelled() {
    let memory = MemoryTransport::new();
    memory
        .reply_json(json!({ "ok": 1 }))
        .reply_status(204, "")
        .reply_status(404, r#"{"message":"No"}"#);
    let client = memory.client();
    let answer = client
        .request(Method::PUT, "/v2/things/1?a=b")
        .query("q", "ü &")
        .header("x-y", "z")
        .json(&json!({ "n": 1 }))
        .await
        .unwrap();
    assert_eq!(
        answer.json::<serde_json::Value>().unwrap(),
        json!({ "ok": 1 })
    );
    assert_eq!(
        answer.json::<Vec<u8>>().unwrap_err().kind(),
        ErrorKind::Decode
    );
    let sent = &memory.requests()[0];
    assert_eq!(sent.method(), Method::PUT);
    assert_eq!(sent.uri(), "https://my.orq.ai/v2/things/1?a=b&q=%C3%BC+%26");
    assert_eq!(
        (sent.text().as_ref(), sent.header("x-y")),
        (r#"{"n":1}"#, Some("z"))
    );
    assert_eq!(sent.context().unwrap().operation(), Operation::Other);

    assert_eq!(
        client
            .request(Method::DELETE, "/v2/things/1")
            .await
            .unwrap()
            .meta()
            .status(),
        204
    );
    assert!(
        client
            .request(Method::GET, "/v2/things/2")
            .await
            .unwrap_err()
            .is_not_found()
    );
    for path in ["v2", "", "https://evil.example/", "/a b", "@evil.example"] {
        let error = client.request(Method::GET, path).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.field()),
            (ErrorKind::Argument, Some("path")),
            "{path}"
        );
    }
}

#[derive(Debug)]
struct Counting {
    inner: Arc<dyn HttpTransport>,
    seen: Arc<Mutex<Vec<String>>>,
    name: &'static str,
}

#[async_trait::async_trait]
impl HttpTransport for Counting {
    async fn send(
        &self,
        request: http::Request<Bytes>,
    ) -> Result<http::Response<Body>, TransportError> {
        let context = request.extensions().get::<CallContext>().unwrap();
        let line = format!(
            "{} {} {}",
            self.name,
            context.operation(),
            context.attempt()
        );
        self.seen.lock().unwrap().push(line);
        self.inner.send(request).await
    }

    fn timer(&self) -> Option<Arc<dyn Timer>> {
        self.inner.timer()
    }
}

#[tokio::test]
async fn layers_wrap_the_transport_the_last_one_outermost() {
    let memory = answering(1);
    let seen = Arc::new(Mutex::new(Vec::new()));
    let layer = |name| {
        let seen = seen.clone();
        move |inner| Counting { inner, seen, name }
    };
    let client = builder(&memory)
        .layer(layer("inner"))
        .layer(layer("outer"))
        .build()
        .unwrap();
    client
        .deployments()
        .invoke(&DeploymentRequest::new("chat"))
        .await
        .unwrap();
    assert_eq!(*seen.lock().unwrap(), ["outer invoke 1", "inner invoke 1"]);
    assert!(
        memory.requests()[0]
            .header("user-agent")
            .unwrap()
            .ends_with("(memory)")
    );
}
