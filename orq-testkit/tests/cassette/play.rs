//! What is played is what happened.

use std::{collections::BTreeMap, sync::Mutex, time::Duration};

use futures::{FutureExt, SinkExt, StreamExt, channel::mpsc, executor::block_on, poll};
use http::{Request, Response};
use orq_core::{
    DeploymentRequest, Timer,
    transport::{Body, CallContext, HttpTransport, Operation},
};
use orq_testkit::{
    FakeOrq, ManualTimer,
    cassette::{Cassette, Recorder, Replay},
};

use crate::{Folder, KEY, Real, client, read, request, send};

const MILLISECOND: Duration = Duration::from_millis(1);

#[test]
fn every_operation_of_a_client_is_played_as_it_was_recorded() {
    async fn calls(transport: impl HttpTransport + 'static, key: &str) -> [String; 4] {
        let deployments = client(transport, key).deployments();
        let request = DeploymentRequest::new("chat").input("firstname", "Jane");
        let invoked = deployments.invoke(&request).await.unwrap();
        let streamed = deployments
            .stream(&request)
            .await
            .unwrap()
            .finish()
            .await
            .unwrap();
        let headers = streamed.meta().headers().iter();
        let headers: BTreeMap<_, _> = headers
            .map(|(name, value)| (name.as_str(), value))
            .collect();
        let config = deployments.get_config(&request).await.unwrap();
        let list = deployments.list().limit(2).await.unwrap();
        [
            format!("{:?}", *invoked),
            format!("{:?} {:?}", *streamed, headers),
            format!("{:?}", *config),
            format!("{:?}", *list),
        ]
    }

    let folder = Folder::new();
    let cassette = Cassette::at(folder.cassette()).keep_header("cache-control");
    let recorder = Recorder::new(FakeOrq::new(), cassette);
    let happened = block_on(calls(recorder.handle(), FakeOrq::DEFAULT_API_KEY));
    recorder.save().unwrap();

    let replay = Replay::open(folder.cassette()).unwrap();
    assert_eq!(block_on(calls(replay.handle(), "another-key")), happened);
    replay.verify();
}

#[test]
fn a_cassette_can_be_read_by_people() {
    let folder = Folder::new();
    let real = Real::new(|_| {
        let response = Response::builder()
            .status(201)
            .header("x-orq-a", "1")
            .header("x-orq-a", "2")
            .header("x-b", "3");
        Ok(response.body(Body::from("data: x\n\n")).unwrap())
    });
    let recorder = Recorder::new(real, folder.cassette());
    read(send(
        &recorder.handle(),
        request(r#"{"key":"chat","stream":true}"#),
    ));
    recorder.save().unwrap();

    let expected = r#"{
  "version": 1,
  "redact": [],
  "interactions": [
    {
      "request": {
        "operation": "invoke",
        "deployment": "chat",
        "attempt": 1,
        "method": "POST",
        "path": "/v2/deployments/invoke",
        "headers": {
          "content-type": "application/json"
        },
        "body": {
          "json": {
            "key": "chat",
            "stream": true
          }
        }
      },
      "response": {
        "after_ms": 0,
        "status": 201,
        "headers": {
          "x-orq-a": [
            "1",
            "2"
          ]
        },
        "chunks": [
          {
            "at_ms": 0,
            "text": "data: x\n\n"
          }
        ],
        "end": {
          "how": "complete",
          "at_ms": 0
        }
      }
    }
  ]
}
"#;
    assert_eq!(folder.text(), expected);
}

#[test]
fn chunks_are_the_same_bytes_even_where_they_split_a_character_or_are_no_text() {
    let folder = Folder::new();
    let chunks: [&[u8]; 6] = [
        b"caf\xc3",
        b"\xa9",
        b"",
        b"\xff\x00",
        b"\xf0\x9f",
        b"\x98\x80!",
    ];
    let recorder = Recorder::new(Real::chunks(&chunks), folder.cassette());
    let (recorded, _) = read(send(&recorder.handle(), request("{}")));
    assert_eq!(recorded, chunks);
    recorder.save().unwrap();

    let replay = Replay::open(folder.cassette()).unwrap();
    let (played, error) = read(send(&replay.handle(), request("{}")));
    assert_eq!(played, chunks);
    assert!(error.is_none());
}

#[test]
fn the_recorder_passes_everything_on_as_it_comes() {
    let folder = Folder::new();
    let (mut chunks, source) = mpsc::channel(0);
    let source = Mutex::new(Some(source));
    let real = Real::new(move |request| {
        assert_eq!(request.headers()["authorization"], format!("Bearer {KEY}"));
        let source = source.lock().unwrap().take().unwrap();
        Ok(Response::new(Body::from_stream(source)))
    });
    let timer = real.timer.clone();
    let recorder = Recorder::new(real, folder.cassette());
    let transport = recorder.handle();
    assert_eq!(transport.name(), "real");
    timer.advance(MILLISECOND);
    assert_eq!(transport.timer().unwrap().now(), MILLISECOND);

    block_on(async {
        let mut body = transport.send(request("{}")).await.unwrap().into_body();
        assert!(poll!(body.next()).is_pending());
        chunks.try_send(Ok("one".into())).unwrap();
        assert_eq!(body.next().await.unwrap().unwrap(), "one");
        // Nobody polls the body now, so nothing is taken out of the channel, which has room for one.
        chunks.try_send(Ok("two".into())).unwrap();
        assert!(chunks.try_send(Ok("three".into())).unwrap_err().is_full());
    });
    recorder.save().unwrap();
}

#[test]
fn equal_requests_get_their_answers_in_the_recorded_order() {
    let folder = Folder::new();
    let count = Mutex::new(0);
    let recorder = Recorder::new(
        Real::new(move |_| {
            let mut count = count.lock().unwrap();
            *count += 1;
            Ok(Response::new(Body::from(count.to_string())))
        }),
        folder.cassette(),
    );
    for body in [r#"{"a":1,"b":2}"#, r#"{"a":2}"#, r#"{"a":1,"b":2}"#] {
        read(send(&recorder.handle(), request(body)));
    }
    recorder.save().unwrap();

    let replay = Replay::open(folder.cassette()).unwrap();
    let played = [r#"{"b":2,"a":1}"#, r#"{"b":2.0,"a":1}"#, r#"{"a":2}"#]
        .map(|body| read(send(&replay.handle(), request(body))).0.concat());
    assert_eq!(played, [b"1", b"3", b"2"]);
}

#[test]
fn calls_at_the_same_time_are_recorded_in_the_order_in_which_they_began() {
    let folder = Folder::new();
    let (mut first_chunks, first) = mpsc::channel(1);
    let (mut second_chunks, second) = mpsc::channel(1);
    let sources = Mutex::new(vec![second, first]);
    let real = Real::new(move |_| {
        Ok(Response::new(Body::from_stream(
            sources.lock().unwrap().pop().unwrap(),
        )))
    });
    let recorder = Recorder::new(real, folder.cassette());
    let transport = recorder.handle();
    block_on(async {
        let mut first = transport
            .send(request(r#""first""#))
            .await
            .unwrap()
            .into_body();
        let mut second = transport
            .send(request(r#""second""#))
            .await
            .unwrap()
            .into_body();
        second_chunks.send(Ok("b".into())).await.unwrap();
        second.next().await.unwrap().unwrap();
        first_chunks.send(Ok("a".into())).await.unwrap();
        first.next().await.unwrap().unwrap();
        drop((first_chunks, second_chunks));
        assert!(second.next().await.is_none());
        assert!(first.next().await.is_none());
    });
    recorder.save().unwrap();
    let interactions = &folder.json()["interactions"];
    assert_eq!(interactions[0]["request"]["body"]["json"], "first");
    assert_eq!(interactions[0]["response"]["chunks"][0]["text"], "a");

    let replay = Replay::open(folder.cassette()).unwrap();
    assert_eq!(
        read(send(&replay.handle(), request(r#""second""#))).0,
        ["b"]
    );
    assert_eq!(read(send(&replay.handle(), request(r#""first""#))).0, ["a"]);
}

/// Records a head after 20 ms, chunks 5 and 12 ms later, and the end 30 ms after the head.
fn record_slowly(folder: &Folder) {
    let timer = ManualTimer::new();
    let clock = timer.clone();
    let real = Real {
        timer: timer.clone(),
        answer: std::sync::Arc::new(move |_| {
            clock.advance(20 * MILLISECOND);
            let clock = clock.clone();
            let steps = [(5, Some("a")), (7, Some("b")), (18, None)];
            let steps = futures::stream::iter(steps).filter_map(move |(pause, chunk)| {
                clock.advance(pause * MILLISECOND);
                async move { chunk.map(|chunk| Ok(chunk.into())) }
            });
            Ok(Response::new(Body::from_stream(steps)))
        }),
    };
    let recorder = Recorder::new(real, folder.cassette());
    read(send(&recorder.handle(), request("{}")));
    recorder.save().unwrap();
}

#[test]
fn a_replay_is_over_at_once() {
    let folder = Folder::new();
    record_slowly(&folder);
    let replay = Replay::open(folder.cassette()).unwrap();
    let (chunks, _) = read(send(&replay.handle(), request("{}")));
    assert_eq!(chunks, ["a", "b"]);
    assert_eq!(replay.timer().now(), Duration::ZERO);
}

#[test]
fn a_replay_in_its_own_time_takes_as_long_as_it_took() {
    let folder = Folder::new();
    record_slowly(&folder);
    let response = &folder.json()["interactions"][0]["response"];
    assert_eq!(response["after_ms"], 20);
    assert_eq!(response["chunks"][0]["at_ms"], 5);
    assert_eq!(response["chunks"][1]["at_ms"], 12);
    assert_eq!(response["end"]["at_ms"], 30);

    let timer = ManualTimer::new();
    let cassette = Cassette::at(folder.cassette())
        .in_own_time()
        .timer(timer.clone());
    let replay = Replay::open(cassette).unwrap();
    let transport = replay.handle();

    let mut head = transport.send(request("{}"));
    assert!((&mut head).now_or_never().is_none());
    assert_eq!(timer.advance_to_next_sleep(), Some(20 * MILLISECOND));
    let mut body = head.now_or_never().unwrap().unwrap().into_body();

    assert!(body.next().now_or_never().is_none());
    assert_eq!(timer.advance_to_next_sleep(), Some(5 * MILLISECOND));
    assert_eq!(body.next().now_or_never().unwrap().unwrap().unwrap(), "a");

    // A reader that comes late finds the chunk there, and the end no later than it was.
    timer.advance(20 * MILLISECOND);
    assert_eq!(body.next().now_or_never().unwrap().unwrap().unwrap(), "b");
    assert!(body.next().now_or_never().is_none());
    assert_eq!(timer.advance_to_next_sleep(), Some(5 * MILLISECOND));
    assert!(body.next().now_or_never().unwrap().is_none());
}

#[test]
fn the_query_of_a_list_matters_and_the_host_does_not() {
    let ask = |transport: &dyn HttpTransport, uri: &str| {
        let mut request = Request::get(uri).body("".into()).unwrap();
        request
            .extensions_mut()
            .insert(CallContext::new(Operation::List, None));
        read(block_on(transport.send(request))).0.concat()
    };
    let folder = Folder::new();
    let real = Real::new(|request| {
        Ok(Response::new(
            request.uri().query().unwrap_or("none").to_owned().into(),
        ))
    });
    let recorder = Recorder::new(real, folder.cassette());
    ask(
        &recorder.handle(),
        "https://my.orq.ai/v2/deployments?limit=1",
    );
    ask(&recorder.handle(), "https://my.orq.ai/v2/deployments");
    recorder.save().unwrap();
    assert!(!folder.text().contains("my.orq.ai"));

    let replay = Replay::open(folder.cassette()).unwrap();
    assert_eq!(
        ask(&replay.handle(), "http://gateway/orq/v2/deployments"),
        b"none"
    );
    assert_eq!(
        ask(
            &replay.handle(),
            "http://gateway/orq/v2/deployments?limit=1"
        ),
        b"limit=1"
    );
}
