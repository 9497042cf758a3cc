//! Who decodes.

use std::{
    convert::Infallible,
    hint::black_box,
    num::NonZeroUsize,
    pin::pin,
    task::{Context, Poll, Waker},
};

use bytes::Bytes;
use eventsource_stream::Eventsource;
use futures::{Stream, stream};
use memchr::memchr2_iter;
use orq_core::sse::Decoder;

use crate::inputs::Tally;

/// What a contender's time is compared as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Ours,
    Peer,
    /// No decoder: part of the work that every decoder must do.
    Floor,
}

/// One way of reading an input.
pub(crate) struct Contender {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) run: fn(&[&'static [u8]]) -> Tally,
}

pub(crate) const CONTENDERS: &[Contender] = &[
    Contender {
        name: "orq-core",
        kind: Kind::Ours,
        run: ours,
    },
    Contender {
        name: "sse-stream",
        kind: Kind::Peer,
        run: sse_stream,
    },
    Contender {
        name: "sse-core",
        kind: Kind::Peer,
        run: sse_core,
    },
    Contender {
        name: "sseer",
        kind: Kind::Peer,
        run: sseer,
    },
    Contender {
        name: "eventsource-stream",
        kind: Kind::Peer,
        run: eventsource_stream,
    },
    Contender {
        name: "line scan",
        kind: Kind::Floor,
        run: line_scan,
    },
    Contender {
        name: UTF_8_FLOOR,
        kind: Kind::Floor,
        run: line_scan_utf8,
    },
    Contender {
        name: "memcpy",
        kind: Kind::Floor,
        run: memcpy,
    },
];

/// The floor that the `RATIO` lines speak of.
pub(crate) const UTF_8_FLOOR: &str = "line scan + UTF-8";

impl Tally {
    fn add(&mut self, data: &str) {
        self.events += 1;
        self.data += black_box(data).len();
    }
}

fn ours(chunks: &[&'static [u8]]) -> Tally {
    let (mut decoder, mut tally) = (Decoder::new(), Tally::default());
    for mut chunk in chunks.iter().copied() {
        while let Ok(Some(event)) = decoder.next(&mut chunk) {
            tally.add(event.data);
        }
    }
    tally
}

/// Room for the largest input: its default is 512 KiB.
const LIMIT: NonZeroUsize = NonZeroUsize::new(32 * 1024 * 1024).unwrap();

fn sse_core(chunks: &[&'static [u8]]) -> Tally {
    let (mut decoder, mut tally) = (sse_core::SseDecoder::with_limit(LIMIT), Tally::default());
    for mut chunk in chunks.iter().copied() {
        while let Some(event) = decoder.next(&mut chunk) {
            if let Ok(sse_core::SseEvent::Message(event)) = event {
                tally.add(&event.data);
            }
        }
    }
    tally
}

fn sse_stream(chunks: &[&'static [u8]]) -> Tally {
    let body = stream::iter(chunks.iter().copied().map(Ok::<_, Infallible>));
    drain(sse_stream::SseByteStream::new(body), |tally, event| {
        if let Some(data) = event.ok().and_then(|event| event.data) {
            tally.add(&data);
        }
    })
}

fn sseer(chunks: &[&'static [u8]]) -> Tally {
    let chunks = chunks.iter().copied().map(Bytes::from_static);
    let body = stream::iter(chunks.map(Ok::<_, Infallible>));
    drain(
        sseer::event_stream::EventStream::new(body),
        |tally, event| {
            if let Ok(event) = event {
                tally.add(&event.data);
            }
        },
    )
}

fn eventsource_stream(chunks: &[&'static [u8]]) -> Tally {
    let body = stream::iter(chunks.iter().copied().map(Ok::<_, Infallible>));
    drain(body.eventsource(), |tally, event| {
        if let Ok(event) = event {
            tally.add(&event.data);
        }
    })
}

/// Takes all items of a stream that is always ready.
fn drain<S: Stream>(stream: S, mut take: impl FnMut(&mut Tally, S::Item)) -> Tally {
    let (mut stream, mut tally) = (pin!(stream), Tally::default());
    let mut context = Context::from_waker(Waker::noop());
    while let Poll::Ready(Some(item)) = stream.as_mut().poll_next(&mut context) {
        take(&mut tally, item);
    }
    tally
}

fn line_scan(chunks: &[&'static [u8]]) -> Tally {
    let mut tally = Tally::default();
    for chunk in chunks {
        for end in memchr2_iter(b'\n', b'\r', chunk) {
            black_box(end);
            tally.events += 1;
        }
    }
    tally
}

fn line_scan_utf8(chunks: &[&'static [u8]]) -> Tally {
    let mut tally = Tally::default();
    for chunk in chunks {
        let mut start = 0;
        for end in memchr2_iter(b'\n', b'\r', chunk).chain([chunk.len()]) {
            // What lies in two chunks is checked as far as it goes.
            black_box(simdutf8::basic::from_utf8(&chunk[start..end]).is_ok());
            start = end + 1;
            tally.events += 1;
        }
    }
    tally
}

fn memcpy(chunks: &[&'static [u8]]) -> Tally {
    let mut copy = Vec::with_capacity(chunks.iter().map(|chunk| chunk.len()).sum());
    for chunk in chunks {
        copy.extend_from_slice(chunk);
    }
    black_box(&copy);
    Tally::default()
}
