//! What a rule asks of a request.

use std::{fmt, panic::Location, sync::Arc};

use http::Method;
use orq_core::transport::Operation;
use serde_json::Value;

use crate::request::RecordedRequest;

/// What a rule of a [`MemoryTransport`](crate::MemoryTransport) asks of a request, or a test of its
/// [requests](crate::MemoryTransport::requests_for).
///
/// It is made from an [`Operation`], from a deployment's key (`"greeter"`), from a method and a path
/// (`(Method::GET, "/v2/deployments")`), or by a function of this type. A rule with several asks for all of them.
#[derive(Clone)]
pub struct Condition {
    /// What it asks for, in words.
    description: String,
    difference: Arc<Difference>,
}

/// What of a request isn't as it should be, in words.
type Difference = dyn Fn(&RecordedRequest) -> Option<String> + Send + Sync;

impl Condition {
    fn new(
        description: String,
        difference: impl Fn(&RecordedRequest) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        Self {
            description,
            difference: Arc::new(difference),
        }
    }

    /// Asks that what `get` returns, which `name` names, is `wanted`.
    fn is(
        name: String,
        wanted: impl Into<Value>,
        get: impl Fn(&RecordedRequest, &str) -> Option<Value> + Send + Sync + 'static,
    ) -> Self {
        let wanted = wanted.into();
        let description = format!("{name} {wanted}");
        Self::new(description, move |request| match get(request, &name) {
            Some(is) if is == wanted => None,
            Some(is) => Some(format!("{name} is {is}, not {wanted}")),
            None => Some(format!("there is no {name}, and it should be {wanted}")),
        })
    }

    /// Asks that `holds` returns true.
    fn holds(
        description: String,
        holds: impl Fn(&RecordedRequest) -> bool + Send + Sync + 'static,
    ) -> Self {
        let otherwise = format!("{description:?} isn't true of it");
        Self::new(description, move |request| {
            (!holds(request)).then(|| otherwise.clone())
        })
    }

    /// Asks that the call is this operation: [`RecordedRequest::operation`].
    pub fn operation(operation: Operation) -> Self {
        Self::is("operation".into(), operation.as_str(), |request, _| {
            Some(request.operation().as_str().into())
        })
    }

    /// Asks that the call is for the deployment with this key: [`RecordedRequest::deployment`].
    pub fn deployment(key: impl Into<String>) -> Self {
        Self::is("deployment".into(), key.into(), |request, _| {
            request.deployment().map(Value::from)
        })
    }

    /// Asks for this method, and this path without the query.
    pub fn route(method: Method, path: impl Into<String>) -> Self {
        let wanted = format!("{method} {}", path.into());
        Self::is("route".into(), wanted, |request, _| {
            Some(format!("{} {}", request.method(), request.path()).into())
        })
    }

    /// Asks that the query has a parameter of this name, and that the first one, decoded, has this value.
    pub fn query(name: impl Into<String>, value: impl Into<String>) -> Self {
        Self::is(name.into(), value.into(), |request, name| {
            request.query(name).map(Value::from)
        })
    }

    /// Asks that the first header of this name, in any case, has this value. Messages don't show the value.
    pub fn header(name: impl Into<String>, value: impl Into<String>) -> Self {
        let (name, value) = (name.into(), value.into());
        Self::new(format!("header {name}"), move |request| {
            match request.header(&name) {
                Some(is) if is == value => None,
                Some(_) => Some(format!("the header {name} has another value")),
                None => Some(format!("it has no header {name}")),
            }
        })
    }

    /// Asks that the body is JSON and has `value` at this [JSON Pointer], such as `/inputs/firstname`.
    ///
    /// [JSON Pointer]: https://www.rfc-editor.org/rfc/rfc6901
    pub fn json(pointer: impl Into<String>, value: impl Into<Value>) -> Self {
        Self::is(pointer.into(), value, |request, pointer| {
            let mut body: Value = serde_json::from_slice(request.body()).ok()?;
            body.pointer_mut(pointer).map(Value::take)
        })
    }

    /// Asks that the body is JSON for which `holds` returns true. Messages show `description`.
    pub fn json_where(
        description: impl Into<String>,
        holds: impl Fn(&Value) -> bool + Send + Sync + 'static,
    ) -> Self {
        Self::holds(description.into(), move |request| {
            serde_json::from_slice(request.body()).is_ok_and(|body| holds(&body))
        })
    }

    /// Asks that `holds` returns true for the request. Messages show the line of this call.
    ///
    /// ```
    /// use orq_testkit::Condition;
    ///
    /// let long = Condition::matching(|request| request.body().len() > 1000);
    /// ```
    #[track_caller]
    pub fn matching(holds: impl Fn(&RecordedRequest) -> bool + Send + Sync + 'static) -> Self {
        Self::holds(format!("the predicate at {}", Location::caller()), holds)
    }

    /// Returns what of the request isn't as it should be, if anything.
    pub(super) fn difference(&self, request: &RecordedRequest) -> Option<String> {
        (self.difference)(request)
    }
}

/// In words, for messages: `operation "stream"`.
impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.description)
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
