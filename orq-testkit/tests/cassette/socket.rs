//! A cassette that is recorded through a real transport, over a real socket.

use http::Method;
use orq_core::{DeploymentRequest, Message, Timer, transport::HttpTransport};
use orq_testkit::{
    FakeDeployment, FakeOrq, FakeServer, ManualTimer, RunningServer,
    cassette::{Cassette, Recorder, Replay},
};
use orq_transport_hyper::HyperTransport;
use orq_transport_reqwest::ReqwestTransport;

use crate::{Folder, client};

const LIVE_KEY: &str = "sk-orq-live-0123456789";

async fn start() -> RunningServer {
    let fake = FakeOrq::builder()
        .api_key(LIVE_KEY)
        .deployment(
            FakeDeployment::new("echo").reply("{{firstname}}, you said: {{last_user_message}}"),
        )
        .build();
    FakeServer::bind(fake, "127.0.0.1:0").await.unwrap().spawn()
}

/// What a test sees: the answers in words.
async fn calls(transport: impl HttpTransport + 'static, url: &str, key: &str) -> Vec<String> {
    let builder = orq_core::Client::builder(transport)
        .base_url(url)
        .api_key(key);
    let client = builder.build().unwrap();
    let deployments = client.deployments();
    let request = DeploymentRequest::new("echo")
        .input("firstname", "Zoë")
        .message(Message::user(format!("my key is {key}")));
    let mut seen = Vec::new();
    let mut stream = deployments.stream(&request).await.unwrap();
    while let Some(text) = stream.next_text().await.unwrap() {
        seen.push(text.to_owned());
    }
    let invoked = deployments.invoke(&request).await.unwrap();
    seen.push(invoked.text().unwrap().into_owned());
    let missing = deployments.invoke(&DeploymentRequest::new("no-such")).await;
    seen.push(missing.unwrap_err().to_string());
    seen.push(format!("{:?}", *deployments.list().limit(1).await.unwrap()));
    let list = client.request(Method::GET, "/v2/deployments");
    let list = list
        .query("limit", 1)
        .query("note", key)
        .header("x-note", key);
    let list: serde_json::Value = list.await.unwrap().json().unwrap();
    seen.push(list.to_string());
    seen
}

async fn records_and_plays(real: impl HttpTransport + 'static) {
    let server = start().await;
    let folder = Folder::new();
    let recorder = Recorder::new(real, Cassette::at(folder.cassette()).keep_header("x-note"));
    let happened = calls(recorder.handle(), &server.url(), LIVE_KEY).await;
    recorder.save().unwrap();
    drop(server);
    assert!(!folder.text().contains(LIVE_KEY), "{}", folder.text());
    let asked = &folder.json()["interactions"][4]["request"];
    assert_eq!(asked["path"], "/v2/deployments?limit=1&note=[redacted]");
    assert_eq!(asked["headers"]["x-note"], "[redacted]");
    let expected: Vec<_> = happened
        .iter()
        .map(|text| text.replace(LIVE_KEY, "[redacted]"))
        .collect();

    let url = "http://localhost";
    let at_once = Replay::open(folder.cassette()).unwrap();
    assert_eq!(calls(at_once.handle(), url, "made-up-key").await, expected);
    at_once.verify();

    let timer = ManualTimer::new();
    let cassette = Cassette::at(folder.cassette())
        .in_own_time()
        .timer(timer.clone());
    let in_own_time = Replay::open(cassette).unwrap();
    let mut playing = std::pin::pin!(calls(in_own_time.handle(), url, "made-up-key"));
    let played = loop {
        match futures::poll!(&mut playing) {
            std::task::Poll::Ready(played) => break played,
            // The client's own clocks come later than anything that was recorded.
            std::task::Poll::Pending => assert!(timer.advance_to_next_sleep().is_some()),
        }
    };
    assert_eq!(played, expected);
    let recorded = folder.json();
    let recorded = recorded["interactions"].as_array().unwrap().iter();
    let recorded = recorded.map(|interaction| {
        let response = &interaction["response"];
        // A reader that has enough doesn't wait for the moment at which it had: it is there with the last chunk.
        let last = match response["end"]["how"] == "dropped" {
            true => response["chunks"].as_array().unwrap().last().unwrap(),
            false => &response["end"],
        };
        response["after_ms"].as_u64().unwrap() + last["at_ms"].as_u64().unwrap()
    });
    assert_eq!(timer.now().as_millis(), u128::from(recorded.sum::<u64>()));
}

#[tokio::test]
async fn through_reqwest() {
    records_and_plays(ReqwestTransport::new().unwrap()).await;
}

#[tokio::test]
async fn through_hyper() {
    records_and_plays(HyperTransport::new().unwrap()).await;
}

#[tokio::test]
async fn a_wrong_key_is_played_as_refused() {
    let server = start().await;
    let folder = Folder::new();
    let recorder = Recorder::new(ReqwestTransport::new().unwrap(), folder.cassette());
    let request = DeploymentRequest::new("echo");
    let builder = orq_core::Client::builder(recorder.handle())
        .base_url(server.url())
        .api_key("sk-orq-wrong");
    let error = builder
        .build()
        .unwrap()
        .deployments()
        .invoke(&request)
        .await
        .unwrap_err();
    assert!(error.is_auth());
    recorder.save().unwrap();

    let replay = Replay::open(folder.cassette()).unwrap();
    let error = client(replay.handle(), "made-up-key")
        .deployments()
        .invoke(&request)
        .await
        .unwrap_err();
    assert!(error.is_auth());
}
