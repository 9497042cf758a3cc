//! What a rule asks of a request.

use std::{fmt, sync::Arc};

use http::Method;
use orq_core::transport::Operation;
use serde_json::Value;

use crate::request::RecordedRequest;

/// What a rule of a [`MemoryTransport`](crate::MemoryTransport) asks of a request.
///
/// It is made from an [`Operation`], from a deployment's key (`"greeter"`), from a method and a path
/// (`(Method::GET, "/v2/deployments")`), or by a function of this type. A rule with several asks for all of them.
#[derive(Clone)]
pub struct Condition(Kind);

#[derive(Clone)]
enum Kind {
    Operation(Operation),
    Deployment(String),
    Route(Method, String),
    Header(String, String),
    Json(String, Value),
    JsonWhere(String, Arc<dyn Fn(&Value) -> bool + Send + Sync>),
}

impl Condition {
    /// The call is this operation: [`RecordedRequest::operation`].
    pub fn operation(operation: Operation) -> Self {
        Self(Kind::Operation(operation))
    }

    /// The call is for the deployment with this key: [`RecordedRequest::deployment`].
    pub fn deployment(key: impl Into<String>) -> Self {
        Self(Kind::Deployment(key.into()))
    }

    /// The request has this method, and this path without the query.
    pub fn route(method: Method, path: impl Into<String>) -> Self {
        Self(Kind::Route(method, path.into()))
    }

    /// The first header of this name, in any case, has this value.
    pub fn header(name: impl Into<String>, value: impl Into<String>) -> Self {
        Self(Kind::Header(name.into(), value.into()))
    }

    /// The body is JSON and has `value` at this [JSON Pointer], such as `/inputs/firstname`.
    ///
    /// [JSON Pointer]: https://www.rfc-editor.org/rfc/rfc6901
    pub fn json(pointer: impl Into<String>, value: impl Into<Value>) -> Self {
        Self(Kind::Json(pointer.into(), value.into()))
    }

    /// The body is JSON for which `holds` is true. `description` says of which, for messages.
    pub fn json_where(
        description: impl Into<String>,
        holds: impl Fn(&Value) -> bool + Send + Sync + 'static,
    ) -> Self {
        Self(Kind::JsonWhere(description.into(), Arc::new(holds)))
    }

    /// What of the request isn't as it should be, if anything.
    pub(super) fn difference(&self, request: &RecordedRequest) -> Option<String> {
        let body = || serde_json::from_slice::<Value>(request.body()).ok();
        match &self.0 {
            Kind::Operation(wanted) => {
                let is = request.operation();
                (is != *wanted).then(|| format!("the operation is {is}, not {wanted}"))
            }
            Kind::Deployment(wanted) => match request.deployment() {
                Some(is) if is == *wanted => None,
                Some(is) => Some(format!("the deployment is {is:?}, not {wanted:?}")),
                None => Some(format!("it names no deployment, and not {wanted:?}")),
            },
            Kind::Route(method, path) => {
                let same = request.method() == method && request.path() == path;
                let (is, at) = (request.method(), request.path());
                (!same).then(|| format!("it is {is} {at}, not {method} {path}"))
            }
            Kind::Header(name, wanted) => match request.header(name) {
                Some(is) if is == wanted => None,
                Some(_) => Some(format!("the header {name} has another value")),
                None => Some(format!("it has no header {name}")),
            },
            Kind::Json(pointer, wanted) => match body() {
                None => Some("its body isn't JSON".to_owned()),
                Some(body) => match body.pointer(pointer) {
                    Some(is) if is == wanted => None,
                    Some(is) => {
                        let is = request.redacted(&is.to_string()).into_owned();
                        Some(format!("{pointer} is {is}, not {wanted}"))
                    }
                    None => Some(format!("there is no {pointer}, and it should be {wanted}")),
                },
            },
            Kind::JsonWhere(description, holds) => match body() {
                None => Some("its body isn't JSON".to_owned()),
                Some(body) => (!holds(&body)).then(|| format!("{description:?} isn't true of it")),
            },
        }
    }
}

/// In words, for messages: `operation stream`.
impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Operation(operation) => write!(f, "operation {operation}"),
            Kind::Deployment(key) => write!(f, "deployment {key:?}"),
            Kind::Route(method, path) => write!(f, "{method} {path}"),
            // A value may be a secret.
            Kind::Header(name, _) => write!(f, "header {name}"),
            Kind::Json(pointer, value) => write!(f, "{pointer} = {value}"),
            Kind::JsonWhere(description, _) => f.write_str(description),
        }
    }
}

impl fmt::Debug for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Condition({self})")
    }
}

impl From<Operation> for Condition {
    fn from(operation: Operation) -> Self {
        Self::operation(operation)
    }
}

/// A deployment's key.
impl From<&str> for Condition {
    fn from(key: &str) -> Self {
        Self::deployment(key)
    }
}

impl From<(Method, &str)> for Condition {
    fn from((method, path): (Method, &str)) -> Self {
        Self::route(method, path)
    }
}
