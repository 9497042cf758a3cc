//! `orq chat`, with its questions in a pipe.

use serde_json::{Value, json};
use tokio::{io::AsyncWriteExt, net::TcpStream};

use crate::{
    program::{TRANSPORTS, end, orq},
    server::Server,
};

pub(crate) const HEAD: &str =
    "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n";
pub(crate) const BEGUN: &str = "data: {\"choices\":[{\"message\":{\"content\":\"Hel\"}}]}\n\n";
const REST: &str = "data: {\"choices\":[{\"message\":{\"content\":\"lo\"}}]}\n\ndata: [DONE]\n\n";

pub(crate) async fn answer(mut socket: TcpStream, parts: &[&str]) {
    for part in parts {
        socket.write_all(part.as_bytes()).await.unwrap();
    }
}

/// The texts of the messages of each request.
pub(crate) fn asked(server: &Server) -> Vec<Vec<String>> {
    let messages = |body: &str| {
        let body: Value = serde_json::from_str(body).unwrap();
        let messages = body["messages"].as_array().unwrap().clone();
        let text = |message: &Value| {
            let [role, content] = ["role", "content"].map(|name| message[name].as_str().unwrap());
            format!("{role}: {content}")
        };
        messages.iter().map(text).collect()
    };
    let requests = server.requests();
    requests.iter().map(|it| messages(&it.body)).collect()
}

#[test]
fn each_question_is_asked_with_all_before_it() {
    for transport in TRANSPORTS {
        let server = Server::scripted(|socket| answer(socket, &[HEAD, BEGUN, REST]));
        let arguments = [
            "chat",
            "c",
            "--system",
            "Be brief.",
            "--message",
            "I'm Jane.",
        ];
        let mut command = orq(arguments.into_iter().chain(["--transport", transport]));
        command.env("ORQ_BASE_URL", &server.url);
        assert_eq!(
            end(&mut command, "one\n\n  \r\ntwo").good(),
            "Hello\nHello\n"
        );
        let all = [
            "system: Be brief.",
            "user: I'm Jane.",
            "user: one",
            "assistant: Hello",
            "user: two",
        ];
        assert_eq!(asked(&server), [&all[..3], &all]);
    }
}

#[test]
fn json_is_a_chunk_a_line() {
    let server = Server::fake();
    let arguments = [
        "chat",
        "chat",
        "--base-url",
        &server.url,
        "--output",
        "json",
    ];
    let run = end(&mut orq(arguments), "a b\nc\n");
    let content = |line: &str| {
        let chunk: Value = serde_json::from_str(line).unwrap();
        chunk["choices"][0]["message"]["content"].clone()
    };
    let pieces: Vec<_> = run.good().lines().map(content).collect();
    assert_eq!(pieces, ["You", " said:", " a", " b", "You", " said:", " c"]);
}

#[test]
fn what_failed_is_left_out_and_the_conversation_goes_on() {
    let number = std::sync::atomic::AtomicUsize::new(0);
    let server = Server::scripted(move |socket| {
        let number = number.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let parts: &[&str] = match number {
            0 => &["HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n"],
            1 => &[HEAD, BEGUN],
            _ => &[HEAD, BEGUN, REST],
        };
        answer(socket, parts)
    });
    let mut command = orq(["chat", "chat", "--base-url", &server.url]);
    let run = end(&mut command, "refused\ncut\ngood\nlast");
    assert_eq!((run.code, &*run.stdout), (1, "Hel\nHello\nHello\n"));
    let kinds: Vec<_> = run.stderr.lines().map(|it| it.split(':').next()).collect();
    assert_eq!(kinds, [Some("error[api]"), Some("error[truncated]")]);
    let asked = asked(&server);
    assert_eq!(asked[2], ["user: good"]);
    assert_eq!(asked[3], ["user: good", "assistant: Hello", "user: last"]);
}

#[test]
fn an_answer_that_no_question_can_follow_is_left_out() {
    let server = Server::fake();
    for (deployment, output, why) in [
        (
            "tools",
            "[tool call call_1_0] get_weather {\"city\":\"x\"}\n",
            "the answer asks for a tool, and none is run here",
        ),
        (
            "image",
            "[image] https://example.com/image.png\n",
            "the answer is an image and has no text",
        ),
    ] {
        let mut command = orq(["chat", deployment, "--base-url", &server.url]);
        let run = end(&mut command, "x");
        assert_eq!((run.code, &*run.stdout), (0, output));
        let note = format!("note: left out of the conversation: {why}\n");
        assert_eq!(run.stderr, note);
    }
}

#[test]
fn stdin_has_the_questions_and_no_request() {
    let mut command = orq(["chat", "--json", "-", "--output", "json"]);
    let error = end(&mut command, "{\"key\":\"chat\"}").error();
    let message = "stdin has the questions, so --json must name a file";
    assert_eq!(
        [&error["kind"], &error["message"]],
        [&json!("argument"), &json!(message)]
    );
}
