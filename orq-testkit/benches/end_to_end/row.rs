//! What is measured.

use crate::{contender::Read, load::Load, origin::Protocol};

/// A kind of work that all contenders do. One of its units is an event or a call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row {
    pub(crate) name: &'static str,
    /// What selects this row too, beside its name.
    pub(crate) group: &'static str,
    pub(crate) protocol: Protocol,
    pub(crate) load: Load,
    pub(crate) work: Work,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Work {
    /// So many streams, one after another.
    Stream { read: Read, streams: usize },
    /// So many calls, one after another, with so many bytes of text in the request.
    Invoke { calls: usize, request: usize },
}

const MIB: usize = 1024 * 1024;

impl Row {
    /// Returns all rows in their order.
    pub(crate) fn all() -> Vec<Self> {
        use Protocol::{Http1, Http2, Tls};
        let stream = |name, protocol, load, read| Self {
            name,
            group: "streams",
            protocol,
            load,
            work: Work::Stream {
                read,
                streams: if load == Load::Short { 500 } else { 1 },
            },
        };
        let invoke = |name, protocol, load, calls, request| Self {
            name,
            group: "calls",
            protocol,
            load,
            work: Work::Invoke { calls, request },
        };
        let of = |group, row| Self { group, ..row };
        vec![
            stream("text", Http1, Load::Text, Read::Text),
            stream("deltas", Http1, Load::Text, Read::Deltas),
            stream("chunks", Http1, Load::Text, Read::Chunks),
            stream("tools", Http1, Load::Tools, Read::Deltas),
            stream("choices", Http1, Load::Choices, Read::Deltas),
            stream("changing", Http1, Load::Changing, Read::Text),
            stream("short", Http1, Load::Short, Read::Text),
            stream("unlike", Http1, Load::Unlike, Read::Text),
            invoke("unary", Http1, Load::Unary, 500, 0),
            invoke("request_1mib", Http1, Load::Unary, 20, MIB),
            invoke("answer_10mib", Http1, Load::Large, 4, 0),
            invoke("answer_10mib_escaped", Http1, Load::LargeEscaped, 4, 0),
            of("tls", stream("text_tls", Tls, Load::Text, Read::Text)),
            of("tls", stream("short_tls", Tls, Load::Short, Read::Text)),
            of("tls", invoke("unary_tls", Tls, Load::Unary, 500, 0)),
            of("h2", stream("text_h2", Http2, Load::Text, Read::Text)),
            of("h2", stream("short_h2", Http2, Load::Short, Read::Text)),
            of("h2", invoke("unary_h2", Http2, Load::Unary, 500, 0)),
        ]
    }

    /// Returns the size in bytes whose multiple the peak of the heap is, if this row is about it.
    pub(crate) fn size(&self) -> Option<usize> {
        match self.work {
            _ if matches!(self.load, Load::Large | Load::LargeEscaped) => {
                Some(self.load.answer().data.len())
            }
            Work::Invoke { request, .. } if request > 0 => Some(request),
            _ => None,
        }
    }

    /// Returns how many events or calls there are, and how many bytes of text a contender takes from them.
    pub(crate) fn expected(&self, long: usize) -> (usize, usize) {
        match self.work {
            Work::Stream { streams, .. } => {
                let events = self.load.events(long);
                let taken: usize = events.iter().map(|event| event.taken).sum();
                (streams * events.len(), streams * taken)
            }
            Work::Invoke { calls, .. } => (calls, calls * self.load.answer().taken),
        }
    }
}
