//! Services that panic, in one call.

use std::{
    convert::Infallible,
    panic::AssertUnwindSafe,
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering::Relaxed},
    },
};

use bytes::Bytes;
use futures::FutureExt;
use orq_core::HttpTransport;

use super::*;

const CLONED: u8 = 1;
const READY: u8 = 2;
const CALLED: u8 = 3;
const AWAITED: u8 = 4;

/// A service that panics once, at this moment.
struct Panics(Arc<AtomicU8>);

impl Panics {
    fn at(&self, moment: u8) {
        if self.0.compare_exchange(moment, 0, Relaxed, Relaxed).is_ok() {
            panic!("a service");
        }
    }
}

impl Clone for Panics {
    fn clone(&self) -> Self {
        self.at(CLONED);
        Self(self.0.clone())
    }
}

impl Service<Request<RequestBody>> for Panics {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = futures::future::BoxFuture<'static, Result<Response<Body>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.at(READY);
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request<RequestBody>) -> Self::Future {
        self.at(CALLED);
        let this = Self(self.0.clone());
        Box::pin(async move {
            this.at(AWAITED);
            Ok(Response::new(Body::empty()))
        })
    }
}

#[tokio::test]
async fn a_panic_fails_no_other_call() {
    for moment in [CLONED, READY, CALLED, AWAITED] {
        let service = Panics(Arc::new(AtomicU8::new(moment)));
        let transport = ServiceTransport::without_timer(service);
        let send = || AssertUnwindSafe(transport.send(Request::new(Bytes::new()))).catch_unwind();
        assert!(send().await.is_err(), "{moment}");
        assert!(send().await.unwrap().is_ok(), "{moment}");
    }
}
