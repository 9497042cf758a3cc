//! Settings of a client that can't be meant, and what one setting leaves of another.

use std::sync::Arc;

use orq_core::{
    Client, ClientBuilder, DeploymentRequest, ErrorKind, Timer, async_trait,
    transport::{Body, HttpTransport, TransportError},
};
use orq_testkit::{MemoryTransport, Reply};
use serde_json::json;

use super::{answer, replying, request};

fn builder(memory: &MemoryTransport) -> ClientBuilder {
    Client::builder(memory.handle()).api_key("sk-orq-secret")
}

#[test]
fn a_setting_that_cannot_be_meant_is_refused() {
    let memory = MemoryTransport::new();
    let not_ascii = "the contact id contains a character that is not ASCII, and servers read those of a header in \
                     different ways; name the contact with DeploymentRequest::identity";
    let quoted = "the API key has quotation marks around it: remove them";
    for (builder, why) in [
        (builder(&memory).contact_id("Zoë"), not_ascii),
        (builder(&memory).contact_id("佐伊"), not_ascii),
        (builder(&memory).contact_id("\u{200b}zoe"), not_ascii),
        (
            builder(&memory).contact_id("a\nb"),
            "the contact id contains a control character, U+000A",
        ),
        (
            builder(&memory).contact_id("zoe\r"),
            "the contact id contains a control character, U+000D",
        ),
        (
            builder(&memory).contact_id("a\tb"),
            "the contact id contains a control character, U+0009",
        ),
        (
            builder(&memory).contact_id(" zoe"),
            "the contact id begins or ends with white space",
        ),
        (builder(&memory).contact_id(""), "the contact id is empty"),
        (
            builder(&memory).environment("production\r"),
            "the environment contains a control character, U+000D",
        ),
        (
            builder(&memory).environment("production "),
            "the environment begins or ends with white space",
        ),
        (builder(&memory).environment(""), "the environment is empty"),
        (builder(&memory).api_key("\"sk-orq\""), quoted),
        (builder(&memory).api_key("'sk-orq'"), quoted),
    ] {
        let error = builder.build().unwrap_err();
        assert_eq!(
            (error.kind(), error.message()),
            (ErrorKind::Config, Some(why))
        );
    }
    for name in ["Zoe", "O'Brien", "\"Zoe\"", "a b", "zoe@example.com"] {
        assert!(builder(&memory).contact_id(name).build().is_ok(), "{name}");
    }
    for name in ["production", "pré-prod", "佐", "a b", "👩‍💻"] {
        assert!(builder(&memory).environment(name).build().is_ok(), "{name}");
    }
}

#[tokio::test]
async fn a_header_that_servers_read_in_different_ways_is_refused() {
    let memory = MemoryTransport::new();
    let why = "the value of the header `x-orq-contact-id` contains a character that is not ASCII, which servers read \
               in different ways";
    let error = builder(&memory)
        .header("x-orq-contact-id", "Zoë")
        .build()
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.message()),
        (ErrorKind::Config, Some(why))
    );
    let client = builder(&memory).build().unwrap();
    for (name, call) in each_call!(client, |call| call.header("x-orq-contact-id", "Zoë")) {
        let error = call.await.unwrap_err();
        assert_eq!(
            (error.kind(), error.message()),
            (ErrorKind::Argument, Some(why)),
            "{name}"
        );
    }
    assert!(memory.requests().is_empty());
}

#[derive(Debug)]
struct Named(&'static str);

#[async_trait]
impl HttpTransport for Named {
    async fn send(
        &self,
        _: http::Request<bytes::Bytes>,
    ) -> Result<http::Response<Body>, TransportError> {
        Ok(http::Response::new(Body::empty()))
    }

    fn name(&self) -> &str {
        self.0
    }

    fn timer(&self) -> Option<Arc<dyn Timer>> {
        None
    }
}

#[test]
fn a_transport_whose_name_no_header_can_carry_is_refused() {
    for (name, is_good) in [("plain", true), ("zoë", false), ("a\nb", false)] {
        let built = Client::builder(Named(name)).api_key("k").timeout(None);
        let built = built.head_timeout(None).idle_timeout(None).build();
        assert_eq!(built.is_ok(), is_good, "{name}");
    }
}

/// What is sent as the request's context, with the client's environment `production`.
async fn context(request: &DeploymentRequest) -> serde_json::Value {
    let memory = replying(3, &answer());
    let client = builder(&memory).environment("production").build().unwrap();
    client.deployments().invoke(request).await.unwrap();
    client.deployments().get_config(request).await.unwrap();
    drop(client.deployments().stream(request).await.unwrap());
    let sent: Vec<_> = memory
        .requests()
        .iter()
        .map(|it| it.json()["context"].clone())
        .collect();
    assert!(sent.iter().all(|it| *it == sent[0]), "{sent:?}");
    sent[0].clone()
}

#[tokio::test]
async fn the_environment_joins_a_context_that_is_an_extra_field() {
    let extra = |context| request().extra("context", context);
    for (request, expected) in [
        (request(), json!({"environments": "production"})),
        (
            extra(json!({"tier": "gold"})),
            json!({"tier": "gold", "environments": "production"}),
        ),
        (extra(json!({})), json!({"environments": "production"})),
        (
            extra(json!({"environments": ["a"]})),
            json!({"environments": ["a"]}),
        ),
        // What isn't an object is sent as it was given.
        (extra(json!(null)), json!(null)),
        (extra(json!("gold")), json!("gold")),
        // A field that is set comes before an extra one of its name.
        (
            extra(json!({"tier": "gold"})).context_value("a", 1),
            json!({"a": 1, "environments": "production"}),
        ),
    ] {
        assert_eq!(context(&request).await, expected, "{request:?}");
    }
}

#[tokio::test]
async fn an_identity_that_is_an_extra_field_wins_over_the_contact() {
    let memory = replying(2, &answer());
    let client = builder(&memory).contact_id("contact_1").build().unwrap();
    let identified = request().extra("identity", json!({"id": "contact_2"}));
    client.deployments().invoke(&identified).await.unwrap();
    client.deployments().invoke(&request()).await.unwrap();
    let sent = memory.requests();
    let contacts = sent.iter().map(|sent| sent.header("x-orq-contact-id"));
    assert_eq!(contacts.collect::<Vec<_>>(), [None, Some("contact_1")]);
}

#[tokio::test]
async fn json_may_begin_with_a_byte_order_mark() {
    let memory = MemoryTransport::new();
    memory.reply(Reply::json_text("\u{feff}{\"a\":1}"));
    let client = builder(&memory).build().unwrap();
    let response = client.request(http::Method::GET, "/v2/x").await.unwrap();
    assert_eq!(
        response.json::<serde_json::Value>().unwrap(),
        json!({"a": 1})
    );
    assert!(
        response.starts_with("\u{feff}".as_bytes()),
        "the bytes are kept"
    );
}
