//! What is printed for logs without an error: builders, answers, streams and reports.

use std::sync::{Arc, Mutex};

use http::Method;
use orq_core::{
    Client, ErrorKind,
    observe::{CallReport, Observer, Outcome},
};
use orq_testkit::{MemoryTransport, Reply};

use super::{KEY, leaks, view::spelled_in_json};
use crate::{DONE, FINAL, request};

/// Keeps each report as its `Debug` text.
#[derive(Clone, Debug, Default)]
struct Log(Arc<Mutex<Vec<String>>>);

impl Observer for Log {
    fn call_ended(&self, report: &CallReport, _: Outcome<'_>) {
        self.0.lock().unwrap().push(format!("{report:?}"));
    }
}

#[tokio::test]
async fn an_answer_that_repeats_the_key_in_its_fields_shows_it_in_no_debug() {
    let [quoted, php] = spelled_in_json(KEY);
    for key in [quoted, php] {
        let log = Log::default();
        let memory = MemoryTransport::new();
        let builder = Client::builder(memory.handle()).api_key(KEY);
        let client = builder.observer(log.clone()).build().unwrap();
        let deployments = client.deployments();
        let echo = format!(
            r#"{{"id":"{key}","model":"{key}","telemetry":{{"trace_id":"{key}","span_id":"{key}"}},"echo":["{key}"],
                "choices":[{{"index":0,"message":{{"role":"{key}","content":"a {key}"}},"finish_reason":"{key}"}}],
                "key":"{key}","data":[{{"id":"{key}"}}]}}"#
        );
        let mut shown = Vec::new();
        macro_rules! show {
            ($value:expr) => {
                shown.extend([format!("{:?}", $value), format!("{:#?}", $value)])
            };
        }
        memory.reply_json_text(echo.clone());
        let answer = deployments.invoke(&request()).await.unwrap();
        show!(answer);
        show!(answer.meta());
        show!(answer.meta().trace_id());
        assert_eq!(
            answer.id.as_deref(),
            Some(KEY),
            "data is as it was received"
        );
        memory.reply_json_text(echo.clone());
        let config = deployments.get_config(&request()).await.unwrap();
        show!(config);
        memory.reply_json_text(echo.clone());
        let page = deployments.list().await.unwrap();
        show!(page);
        memory.reply_json_text(echo.clone());
        let bytes = client.request(Method::GET, "/v2/prompts").await.unwrap();
        show!(bytes);

        memory.reply_sse([&*echo.replace('\n', ""), FINAL, DONE]);
        let mut stream = deployments.stream(&request()).await.unwrap();
        while stream.next_chunk().await.unwrap().is_some() {
            show!(stream);
        }
        show!(stream.meta().trace_id());
        let answer = stream.finish().await.unwrap();
        show!(answer);
        shown.extend(log.0.lock().unwrap().drain(..));
        for text in shown {
            assert_eq!(leaks(KEY, &text), None, "{text}");
        }
    }
}

#[test]
fn no_debug_shows_who_logs_in_at_a_base_url() {
    for url in [
        "https://user:hunter2@orq.internal",
        "https://hunter2@orq.internal/x",
        "hunter2:hunter2@orq.internal",
        "https://orq.internal?token=hunter2",
        "https://orq.internal/#hunter2",
    ] {
        let memory = MemoryTransport::new();
        let builder = Client::builder(memory.handle()).api_key(KEY).base_url(url);
        let shown = format!("{builder:?} {builder:#?}");
        assert!(!shown.contains("hunter2"), "{shown}");
        let error = builder.build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config, "{url}");
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains("hunter2"), "{shown}");
    }
    let memory = MemoryTransport::new();
    let builder = Client::builder(memory.handle()).base_url("https://orq.internal/x");
    let shown = format!("{builder:?}");
    assert!(shown.contains("https://orq.internal/x"), "{shown}");
}

#[tokio::test]
async fn a_short_key_is_hidden_where_a_key_stands_and_cut_out_of_no_word() {
    for key in ["key", "test", "code", "invalid", "t", "sk-orq"] {
        let memory = MemoryTransport::new();
        let client = Client::new(memory.handle(), key).unwrap();
        let words = format!("invalid {key} code, test the api_key");
        let body = format!(
            r#"{{"error":{{"code":"invalid_api_{key}","type":"{key}","message":"{words}"}}}}"#
        );
        let reply = Reply::status(401, body.clone()).header("content-type", "application/json");
        let reply = reply
            .header("x-mode", format!("latest-{key}"))
            .header("x-word", key);
        let reply = reply.header("x-orq-trace-id", format!("trace-{key}"));
        let reply = reply.header("x-echo", format!("Bearer {key}"));
        let reply = reply.header(
            "x-echoes",
            format!("authorization=bearer {key}, Bearer {key}board; {key}"),
        );
        memory.reply(reply);
        let error = client.deployments().invoke(&request()).await.unwrap_err();
        assert_eq!(error.code(), Some(&*format!("invalid_api_{key}")));
        assert_eq!(error.error_type(), Some(key));
        assert_eq!(error.message(), Some(&*words));
        assert_eq!(error.body().unwrap(), &body);
        assert_eq!(error.trace_id(), Some(&*format!("trace-{key}")));
        let headers = error.headers();
        assert_eq!(headers["x-mode"], format!("latest-{key}"));
        assert_eq!(headers["x-word"], key);
        assert_eq!(headers["x-echo"], "Bearer [redacted]");
        let echoes = format!("authorization=bearer [redacted], Bearer {key}board; {key}");
        assert_eq!(headers["x-echoes"], echoes);

        let to = format!("https://{key}.example.com/{key}?{key}={key}");
        memory.reply(Reply::status(307, "").header("location", &*to));
        let error = client.deployments().invoke(&request()).await.unwrap_err();
        assert!(!error.to_string().contains("[redacted]"), "{error}");
        assert_eq!(error.headers()["location"], to);
    }
}
