//! The settings of a call win over those of its client, whatever the call.

use http::{HeaderName, StatusCode};
use orq_core::{Client, ClientBuilder, ErrorKind, error::Clock, retry::NoRetry};
use orq_testkit::{MemoryTransport, Reply};

use super::{KINDS, answer, expired, replying, request, secs};

fn builder(memory: &MemoryTransport) -> ClientBuilder {
    Client::builder(memory.handle()).api_key("test-key")
}

macro_rules! a_timeout_wins {
    ($($test:ident: $setter:ident is $clock:ident, after $reply:expr;)*) => {$(
        #[tokio::test]
        async fn $test() {
            let memory = replying(2 * KINDS, &$reply);
            let client = builder(&memory).retry(NoRetry).$setter(secs(9)).build().unwrap();
            for (name, call) in each_call!(client, |call| call) {
                let error = call.await.unwrap_err();
                assert_eq!(expired(&error), (Clock::$clock, Some(secs(9))), "{name}");
            }
            for (name, call) in each_call!(client, |call| call.$setter(secs(3))) {
                let error = call.await.unwrap_err();
                assert_eq!(expired(&error), (Clock::$clock, Some(secs(3))), "{name}");
            }
        }
    )*};
}

a_timeout_wins! {
    the_timeout_of_the_whole_call: timeout is Call, after Reply::never();
    the_timeout_of_the_head: head_timeout is Head, after Reply::never();
    the_timeout_between_bytes: idle_timeout is Idle, after Reply::json_text("{").stall();
}

#[tokio::test]
async fn the_timeout_between_events() {
    let memory = replying(2, &Reply::sse_chunks([": wait\n\n"]).stall());
    let client = builder(&memory).event_timeout(secs(9)).build().unwrap();
    let call = || client.deployments().stream(&request());
    let error = call().await.unwrap_err();
    assert_eq!(expired(&error), (Clock::Event, Some(secs(9))));
    let error = call().event_timeout(secs(3)).await.unwrap_err();
    assert_eq!(expired(&error), (Clock::Event, Some(secs(3))));
}

#[tokio::test]
async fn a_timeout_that_the_call_turns_off_is_off() {
    let memory = replying(KINDS, &answer().head_after(secs(3600)));
    let timeouts = builder(&memory).timeout(secs(1)).head_timeout(secs(1));
    let client = timeouts.build().unwrap();
    for (name, call) in each_call!(client, |call| call.timeout(None).head_timeout(None)) {
        assert!(call.await.is_ok(), "{name}");
    }
}

#[tokio::test]
async fn a_number_of_attempts_is_that_of_the_client_unless_the_call_has_its_own() {
    for (asked, own, made) in [(1, None, 1), (2, None, 2), (1, Some(3), 3), (4, Some(2), 2)] {
        let memory = replying(made * KINDS, &Reply::status(429, ""));
        let client = builder(&memory).max_attempts(asked).build().unwrap();
        let calls = match own {
            None => each_call!(client, |call| call),
            Some(own) => each_call!(client, |call| call.max_attempts(own)),
        };
        for (name, call) in calls {
            let error = call.await.unwrap_err();
            assert_eq!(error.attempts().len(), made, "{name}: {asked}, {own:?}");
        }
    }
}

#[tokio::test]
async fn the_policy_of_the_call_wins() {
    let memory = replying(KINDS, &Reply::status(429, ""));
    let client = builder(&memory).max_attempts(3).build().unwrap();
    for (name, call) in each_call!(client, |call| call.retry(NoRetry)) {
        let error = call.await.unwrap_err();
        assert_eq!(error.status(), Some(StatusCode::TOO_MANY_REQUESTS));
        assert_eq!(error.attempts().len(), 1, "{name}");
    }
}

#[tokio::test]
async fn a_header_of_the_call_wins_over_the_clients() {
    let memory = replying(2 * KINDS, &answer());
    let client = builder(&memory).header("x-team", "a").build().unwrap();
    let calls = each_call!(client, |call| call)
        .into_iter()
        .chain(each_call!(client, |call| call
            .header("x-team", "b")
            .header("x-own", "c")));
    for (name, call) in calls {
        call.await.unwrap_or_else(|error| panic!("{name}: {error}"));
    }
    for (at, sent) in memory.requests().iter().enumerate() {
        let (team, own) = match at < KINDS {
            true => ("a", None),
            false => ("b", Some("c")),
        };
        assert_eq!(sent.header("x-team"), Some(team), "{sent}");
        assert_eq!(sent.header("x-own"), own, "{sent}");
        assert_eq!(sent.headers().get_all("x-team").iter().count(), 1, "{sent}");
    }
}

#[tokio::test]
async fn a_header_of_the_operation_wins_over_the_clients_and_yields_to_the_calls() {
    let memory = replying(2, &answer());
    let client = builder(&memory).header("accept", "text/a").build().unwrap();
    let call = || client.deployments().invoke(&request());
    call().await.unwrap();
    call().header("accept", "text/b").await.unwrap();
    let accepted = memory.requests();
    assert_eq!(accepted[0].header("accept"), Some("application/json"));
    assert_eq!(accepted[1].header("accept"), Some("text/b"));
}

const REFUSED: [(&str, &str); 7] = [
    ("authorization", "Bearer other"),
    ("Host", "example.com"),
    ("content-length", "1"),
    ("transfer-encoding", "chunked"),
    ("connection", "close"),
    ("not a name", "x"),
    ("x-a", "two\nlines"),
];

#[tokio::test]
async fn a_refused_header_of_a_call_is_an_argument_error_and_nothing_is_sent() {
    let memory = MemoryTransport::new();
    let client = memory.client();
    for (header, value) in REFUSED {
        let calls = each_call!(client, |call| call
            .header(header, value)
            .header("x-good", "b"));
        for (name, call) in calls {
            let error = call.await.unwrap_err();
            let expected = (ErrorKind::Argument, Some("header"));
            assert_eq!((error.kind(), error.field()), expected, "{name} {header}");
            assert!(!error.to_string().contains(value), "{error}");
        }
    }
    assert!(memory.requests().is_empty());
}

#[test]
fn a_refused_header_of_a_client_is_a_configuration_error() {
    for (header, value) in REFUSED {
        let memory = MemoryTransport::new();
        let builder = builder(&memory).header(header, value).header("x-good", "b");
        let error = builder.build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config, "{header}: {error}");
        let is_name = header.parse::<HeaderName>().is_ok();
        let named = error.to_string().contains(&header.to_lowercase());
        assert_eq!(named, is_name, "{error}");
    }
}
