//! The client that the global flags describe.

use std::{env, sync::Arc};

use orq_core::{Client, Error, HttpTransport, retry::StandardRetry};
use orq_transport_hyper::HyperTransport;
use orq_transport_reqwest::ReqwestTransport;

use crate::args::{Global, Transport};

/// Flags over environment variables over defaults.
pub(crate) fn build(global: &Global) -> Result<Client, Error> {
    if env::var_os("ORQ_API_KEY").is_none_or(|key| key.to_string_lossy().trim().is_empty()) {
        return Err(Error::config("no API key: set ORQ_API_KEY"));
    }
    let mut builder = Client::builder(transport(global)?).read_env();
    if let Some(url) = &global.base_url {
        builder = builder.base_url(url);
    }
    if global.allow_http {
        builder = builder.allow_http();
    }
    if let Some(environment) = &global.environment {
        builder = builder.environment(environment);
    }
    if let Some(contact_id) = &global.contact_id {
        builder = builder.contact_id(contact_id);
    }
    if let Some(timeout) = global.timeout {
        builder = builder.timeout(timeout);
    }
    if let Some(timeout) = global.head_timeout {
        builder = builder.head_timeout(timeout);
    }
    if let Some(timeout) = global.idle_timeout {
        builder = builder.idle_timeout(timeout);
    }
    let attempts = global.retries.saturating_add(1);
    builder
        .retry(StandardRetry::new().max_attempts(attempts))
        .build()
}

fn transport(global: &Global) -> Result<Arc<dyn HttpTransport>, Error> {
    let connect_timeout = global.connect_timeout;
    Ok(match global.transport {
        Transport::Reqwest => {
            let builder = ReqwestTransport::builder().connect_timeout(connect_timeout);
            Arc::new(builder.build().map_err(Error::config)?)
        }
        Transport::Hyper => {
            let builder = HyperTransport::builder().connect_timeout(connect_timeout);
            Arc::new(builder.build().map_err(Error::config)?)
        }
    })
}
