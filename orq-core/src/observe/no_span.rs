//! What stands for the spans of a call without the feature `tracing`.

use std::future::Future;

use bytes::Bytes;
use http::{Request, Response, Uri};

use super::{CallReport, Outcome};
use crate::{error::Error, model::Completion, secret::ApiKey, transport::CallContext};

#[derive(Clone, Debug, Default)]
pub(crate) struct Spans(());

#[derive(Clone, Default)]
pub(crate) struct CallSpan(());

pub(crate) struct AttemptSpan;

impl CallSpan {
    pub(crate) fn start(_: &Spans, _: &CallContext, _: &Uri) -> Self {
        Self(())
    }

    pub(super) fn is_disabled(&self) -> bool {
        true
    }

    pub(super) fn attempt(
        &self,
        _: &Spans,
        _: u32,
        _: &mut Request<Bytes>,
        _: &ApiKey,
    ) -> AttemptSpan {
        AttemptSpan
    }

    pub(super) fn answer(&mut self, _: &Completion, _: &ApiKey) {}

    pub(super) fn end(&self, _: &CallReport, _: Outcome<'_>) {}

    pub(super) fn inside(&self, call: impl FnOnce()) {
        call();
    }
}

impl AttemptSpan {
    pub(crate) fn inside<F: Future>(&self, sending: F) -> F {
        sending
    }

    pub(crate) fn end<B>(self, _: &Result<Response<B>, Error>) {}
}
