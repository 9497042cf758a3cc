//! What every transport must do on real sockets.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    unreachable_pub
)]
//!
//! The checks know the seam only. `wire_tests!(make)` makes a test of each; `make` builds the transport under
//! test with the [`Settings`] given.

pub mod faults;
pub mod fidelity;
pub mod flow;
pub mod http2;
pub mod peer;
pub mod server;
pub mod tls;

use std::{error::Error, future::Future, sync::Arc, time::Duration};

use bytes::Bytes;
use futures::StreamExt;
use http::{Method, Request, Response};
use orq_core::transport::{Body, HttpTransport, TransportError};

/// What a check asks of the transport it gets. All else is the transport's default.
#[derive(Default)]
pub struct Settings {
    /// Certificate authorities to trust beside the usual ones, in DER.
    pub roots: Vec<Vec<u8>>,
    pub connect_timeout: Option<Duration>,
}

pub type Transport = Arc<dyn HttpTransport>;
/// Builds the transport under test.
pub type Make = fn(Settings) -> Transport;

/// Stands in every request, and must stand in no error.
pub const SECRET: &str = "sk-orq-very-secret";

macro_rules! wire_tests {
    ($make:path) => {
        wire_tests! { $make =>
            fidelity {
                a_get_arrives_as_given
                a_post_arrives_as_given
                nothing_but_documented_headers_is_added
                request_bodies_of_every_size
                response_bodies_of_every_size
                chunks_of_one_byte
                bodies_that_end_with_the_connection
                response_headers_keep_their_bytes
                as_many_as_250_response_headers
                interim_responses_are_passed_over
                responses_without_a_body
                every_status_is_an_answer
                redirects_are_not_followed
                gzip_is_decoded_if_it_was_asked_for
                an_encoding_asked_for_by_name_is_asked_for_as_given
            }
            flow {
                the_head_does_not_wait_for_the_body
                a_connection_is_used_again
                a_connection_that_the_server_closed_sends_nothing_twice
                requests_run_side_by_side
                dropping_the_request_closes_its_connection
                dropping_the_body_closes_its_connection
                an_unread_body_stops_the_server
                outside_of_a_runtime_nothing_is_sent
                the_timer_is_the_runtimes
            }
            faults {
                refused
                unknown_host
                not_an_exchange
                accept_and_close
                reset_at_once
                closed_after_the_request
                reset_after_the_request
                closed_after_the_request_on_a_used_connection
                closed_while_sending
                half_a_head
                garbage
                too_many_headers
                head_too_large
                body_shorter_than_announced
                chunks_without_an_end
                broken_chunk
                reset_in_the_body
                broken_gzip
                cut_gzip
            }
            tls {
                https_with_an_added_authority
                unknown_authority
                wrong_host
                expired
                a_server_without_tls
                closed_in_the_handshake
                a_handshake_that_stalls
                cut_without_a_goodbye
            }
            http2 {
                exchanges_share_a_connection
                responses_without_a_body
                dropping_the_request_resets_its_stream
                dropping_the_body_resets_its_stream
                an_unread_body_stops_the_server
                refused_stream
                reset_after_the_request
                going_away_before_the_request
                going_away_and_closing_after_the_request
                reset_in_the_body
                reset_without_an_error_in_the_body
            }
        }
    };
    ($make:path => $($module:ident { $($check:ident)* })*) => {$(
        mod $module {
            $(
                #[tokio::test]
                async fn $check() {
                    crate::wire::guarded(crate::wire::$module::$check($make)).await;
                }
            )*
        }
    )*};
}

/// Runs a check, and ends it should it hang. Nothing is concluded from how long it took.
#[expect(
    clippy::disallowed_methods,
    reason = "a guard against hanging; no test waits for it"
)]
pub async fn guarded(check: impl Future<Output = ()>) {
    let hung = tokio::time::timeout(Duration::from_secs(120), check).await;
    hung.expect("the check hangs");
}

pub fn default(make: Make) -> Transport {
    make(Settings::default())
}

/// A request with the secret in it.
pub fn request(method: Method, url: &str, body: impl Into<Bytes>) -> Request<Bytes> {
    Request::builder()
        .method(method)
        .uri(url)
        .header("authorization", format!("Bearer {SECRET}"))
        .body(body.into())
        .unwrap()
}

pub fn get(url: &str) -> Request<Bytes> {
    request(Method::GET, url, "")
}

pub fn post(url: &str) -> Request<Bytes> {
    request(Method::POST, url, "{}")
}

/// The whole body.
pub async fn read(response: Response<Body>) -> Result<Vec<u8>, TransportError> {
    let mut body = response.into_body();
    let mut bytes = Vec::new();
    while let Some(chunk) = body.next().await {
        bytes.extend_from_slice(&chunk?);
    }
    assert!(body.next().await.is_none(), "a body ends once");
    Ok(bytes)
}

/// `kind phase delivery`, once it is sure that no secret is shown.
pub fn verdict(error: &TransportError) -> String {
    let mut shown = format!("{error:?}");
    let mut cause: Option<&dyn Error> = Some(error);
    while let Some(error) = cause {
        shown += &format!("\n{error}\n{error:?}");
        cause = error.source();
    }
    assert!(!shown.contains(SECRET), "{shown}");
    format!("{} {} {}", error.kind(), error.phase(), error.delivery())
}

/// What became of a request, body and all.
pub async fn outcome(transport: &Transport, request: Request<Bytes>) -> String {
    let result = match transport.send(request).await {
        Ok(response) => read(response).await,
        Err(error) => Err(error),
    };
    match result {
        Ok(body) => format!("ok, {} bytes", body.len()),
        Err(error) => verdict(&error),
    }
}
