//! The state that all calls of a client share.

use std::sync::Arc;

use http::HeaderValue;

use crate::{
    base_url::BaseUrl,
    limits::Limits,
    observe::{Observer, Spans},
    options::CallOptions,
    retry::RetryBudget,
    time::Timer,
    transport::HttpTransport,
};

/// The transport and the settings of a client.
#[derive(Clone, Debug)]
pub(crate) struct Shared {
    pub(crate) transport: Arc<dyn HttpTransport>,
    pub(crate) timer: Option<Arc<dyn Timer>>,
    pub(crate) base_url: BaseUrl,
    pub(crate) environment: Option<String>,
    pub(crate) contact_id: Option<HeaderValue>,
    pub(crate) options: CallOptions,
    pub(crate) limits: Limits,
    pub(crate) retry_budget: Option<RetryBudget>,
    pub(crate) observer: Option<Arc<dyn Observer>>,
    pub(crate) spans: Spans,
}
