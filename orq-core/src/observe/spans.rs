//! The settings of the spans of calls.

use std::{fmt, sync::Arc};

use http::{HeaderMap, HeaderValue};
use tracing::Span;

use crate::{
    headers::checked,
    maybe_send::{MaybeSend, MaybeSync},
};

/// The number of members that a `tracestate` may have; receivers ignore one with more.
const MEMBERS: usize = 32;

/// What the spans of calls have in them. It exists with the feature `tracing`.
///
/// Each call has a span of the target `orq` and the level `INFO`, with the attributes of OpenTelemetry's conventions for
/// generative AI ([`names`](super::names)), as [tracing-opentelemetry](https://docs.rs/tracing-opentelemetry) reads them.
/// It begins when the call is first polled, and its parent is the current span. It ends with the call; that of a stream
/// ends with the stream, also if it is dropped. In it, each attempt has a span that ends with the head of the response, and in
/// which the transport runs. [`Observer::call_ended`](super::Observer::call_ended) is called within the call's span.
///
/// `otel.status_code` is `error` if the call failed, and `error.type` says why. A call or stream that was dropped has
/// neither. A finish reason that didn't come is `error`.
///
/// By default nothing of the prompt, the answer or the words of an error is in a span. The API key is redacted, also where
/// the caller has put it into the path or the content of a request.
///
/// With OpenTelemetry:
///
/// ```
/// use opentelemetry::{Array, Value, propagation::TextMapPropagator};
/// use opentelemetry_http::HeaderInjector;
/// use opentelemetry_sdk::propagation::TraceContextPropagator;
/// use orq_core::{Client, observe::{Attribute, Spans}};
/// use tracing_opentelemetry::OpenTelemetrySpanExt;
/// # use orq_testkit::FakeOrq;
///
/// let propagator = TraceContextPropagator::new();
/// let spans = Spans::new()
///     .attributes(|span, name, value| {
///         let value = match value {
///             Attribute::List(texts) => {
///                 let texts = texts.iter().map(|text| (*text).to_owned().into());
///                 Value::Array(Array::String(texts.collect()))
///             }
///             Attribute::Text(text) => text.to_owned().into(),
///             _ => return,
///         };
///         span.set_attribute(name.to_owned(), value);
///     })
///     .propagator(move |span, headers| {
///         propagator.inject_context(&span.context(), &mut HeaderInjector(headers));
///     });
/// # let transport = FakeOrq::new();
/// let client = Client::builder(transport).api_key("my-key").spans(spans).build()?;
/// # Ok::<(), orq_core::Error>(())
/// ```
#[derive(Clone, Default)]
#[must_use]
pub struct Spans {
    pub(super) content: bool,
    pub(super) attributes: Option<Arc<dyn Record>>,
    propagator: Option<Arc<dyn Propagate>>,
}

pub(super) trait Record: Fn(&Span, &str, Attribute<'_>) + MaybeSend + MaybeSync {}
impl<F: Fn(&Span, &str, Attribute<'_>) + MaybeSend + MaybeSync> Record for F {}

trait Propagate: Fn(&Span, &mut HeaderMap) + MaybeSend + MaybeSync {}
impl<F: Fn(&Span, &mut HeaderMap) + MaybeSend + MaybeSync> Propagate for F {}

/// The value of an attribute that `tracing` can't record.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Attribute<'a> {
    /// A list, which `tracing` doesn't have: the finish reasons.
    List(&'a [&'a str]),
    /// A text whose name isn't known in advance: a variable of the prompt, if the content is recorded.
    Text(&'a str),
}

impl Spans {
    /// Creates the default: no content, no hooks.
    pub fn new() -> Self {
        Self::default()
    }

    /// Records the content, too: messages, tools, variables of the prompt, answers, and the words of errors. They may be
    /// personal data. The API key in them is redacted.
    /// JSON in messages that is nested more than 127 levels deep, or has a number beyond the range of `f64`, is left out.
    pub fn with_content(mut self) -> Self {
        self.content = true;
        self
    }

    /// Sets the function that records what `tracing` can't: lists, and names that aren't known in advance. Without it,
    /// finish reasons are recorded as the text `["stop"]`, and the variables of the prompt aren't recorded.
    pub fn attributes(
        mut self,
        record: impl Fn(&Span, &str, Attribute<'_>) + MaybeSend + MaybeSync + 'static,
    ) -> Self {
        self.attributes = Some(Arc::new(record));
        self
    }

    /// Sets the function that adds headers for the context of an attempt's span, such as `traceparent`. Of those that the
    /// request has already, and of those that [`ClientBuilder::header`](crate::ClientBuilder::header) rejects, none is
    /// added.
    ///
    /// `orq=1` is added to the [`tracestate`](https://www.w3.org/TR/trace-context/#tracestate-header), without which orq
    /// doesn't continue the trace; of more than 32 members the last are left out. If the request has a `traceparent`
    /// already, no `tracestate` is added. The function is called with the current span if that of the attempt is disabled.
    pub fn propagator(
        mut self,
        propagate: impl Fn(&Span, &mut HeaderMap) + MaybeSend + MaybeSync + 'static,
    ) -> Self {
        self.propagator = Some(Arc::new(propagate));
        self
    }

    /// Adds the headers for the context of this span.
    pub(super) fn propagate(&self, span: &Span, headers: &mut HeaderMap) {
        let Some(propagator) = &self.propagator else {
            return;
        };
        let mut added = HeaderMap::new();
        propagator(span, &mut added);
        if headers.contains_key("traceparent") {
            // It is the state of another trace.
            added.remove("tracestate");
        } else if added.contains_key("traceparent") {
            let given = added.get_all("tracestate").iter();
            let given: Vec<_> = given.filter_map(|given| given.to_str().ok()).collect();
            let members = given.iter().flat_map(|given| given.split(','));
            let members = members.map(str::trim);
            let others = members.filter(|member| !member.is_empty() && !member.starts_with("orq="));
            let state: Vec<_> = ["orq=1"].into_iter().chain(others).take(MEMBERS).collect();
            if let Ok(state) = HeaderValue::try_from(state.join(",")) {
                added.insert("tracestate", state);
            }
        }
        let names = added.keys().filter(|name| !headers.contains_key(*name));
        let names: Vec<_> = names.cloned().collect();
        for name in names {
            for value in added.get_all(&name) {
                if let Ok((name, value)) = checked(name.clone(), value.clone()) {
                    // One that there is no room for is left out.
                    let _ = headers.try_append(name, value);
                }
            }
        }
    }
}

impl fmt::Debug for Spans {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Spans")
            .field("content", &self.content)
            .finish_non_exhaustive()
    }
}
