//! What a rule asks of a request.

use std::{fmt, panic::Location, sync::Arc};

use http::Method;
use orq_core::transport::Operation;
use serde_json::Value;

use crate::request::RecordedRequest;

/// A condition on a request, for the rules of a [`MemoryTransport`](crate::MemoryTransport) and to select its
/// [requests](crate::MemoryTransport::requests_for).
///
/// It is made from an [`Operation`], from a deployment's key (`"greeter"`), from a method and a path
/// (`(Method::GET, "/v2/deployments")`), or by a function of this type. If a rule has several, all must hold.
#[derive(Clone)]
pub struct Condition {
    /// What it requires, in words.
    description: String,
    difference: Arc<Difference>,
}

/// How a request differs from the condition, in words.
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

    /// Requires that what `get` returns is `wanted`. `part` names that part of the request.
    fn is(
        part: String,
        wanted: impl Into<Value>,
        get: impl Fn(&RecordedRequest) -> Option<Value> + Send + Sync + 'static,
    ) -> Self {
        let wanted = wanted.into();
        let description = format!("{part} {wanted}");
        Self::new(description, move |request| match get(request) {
            Some(is) if is == wanted => None,
            Some(is) => Some(format!("{part} is {is}, not {wanted}")),
            None => Some(format!("{part} is missing (expected {wanted})")),
        })
    }

    /// Requires that `holds` returns true.
    fn holds(
        predicate: String,
        holds: impl Fn(&RecordedRequest) -> bool + Send + Sync + 'static,
    ) -> Self {
        Self::new(predicate.clone(), move |request| {
            (!holds(request)).then(|| format!("{predicate} returned false"))
        })
    }

    /// Requires this operation: [`RecordedRequest::operation`].
    pub fn operation(operation: Operation) -> Self {
        Self::is("operation".into(), operation.as_str(), |request| {
            Some(request.operation().as_str().into())
        })
    }

    /// Requires the deployment with this key: [`RecordedRequest::deployment`].
    pub fn deployment(key: impl Into<String>) -> Self {
        Self::is("deployment".into(), key.into(), |request| {
            request.deployment().map(Value::from)
        })
    }

    /// Requires this method, and this path without the query.
    pub fn route(method: Method, path: impl Into<String>) -> Self {
        let wanted = format!("{method} {}", path.into());
        Self::is("route".into(), wanted, |request| {
            Some(format!("{} {}", request.method(), request.path()).into())
        })
    }

    /// Requires that the query has a parameter of this name, and that the first one, decoded, has this value.
    ///
    /// ```
    /// use orq_testkit::{Condition, MemoryTransport, fixture};
    ///
    /// # futures::executor::block_on(async {
    /// let memory = MemoryTransport::new();
    /// let first = fixture::list_page(["a"]).set("/data/0/id", "id-of-a").has_more(true);
    /// memory.on(Condition::query("limit", 1)).and(Condition::no_query("starting_after")).reply(first);
    /// memory.on(Condition::query("starting_after", "id-of-a")).reply(fixture::list_page(["b"]));
    ///
    /// let mut items = memory.client().deployments().list().limit(1).items();
    /// assert_eq!(items.next_item().await?.unwrap().key.as_deref(), Some("a"));
    /// assert_eq!(items.next_item().await?.unwrap().key.as_deref(), Some("b"));
    /// # Ok::<(), orq_core::Error>(())
    /// # }).unwrap();
    /// ```
    pub fn query(name: impl Into<String>, value: impl ToString) -> Self {
        let name = name.into();
        let part = format!("query parameter {name}");
        Self::is(part, value.to_string(), move |request| {
            request.query(&name).map(Value::from)
        })
    }

    /// Requires that the query has no parameter of this name.
    pub fn no_query(name: impl Into<String>) -> Self {
        let name = name.into();
        Self::new(format!("no query parameter {name}"), move |request| {
            let is = request.query(&name)?;
            Some(format!("query parameter {name} is {is:?}"))
        })
    }

    /// Requires that the first header of this name, in any case, has this value. Messages don't show the value.
    pub fn header(name: impl Into<String>, value: impl Into<String>) -> Self {
        let (name, value) = (name.into(), value.into());
        Self::new(format!("header {name}"), move |request| {
            match request.header(&name) {
                Some(is) if is == value => None,
                Some(_) => Some(format!("header {name} has another value")),
                None => Some(format!("header {name} is missing")),
            }
        })
    }

    /// Requires that the body is JSON and has `value` at this [JSON Pointer], such as `/inputs/firstname`.
    ///
    /// [JSON Pointer]: https://www.rfc-editor.org/rfc/rfc6901
    pub fn json(pointer: impl Into<String>, value: impl Into<Value>) -> Self {
        let pointer = pointer.into();
        Self::is(format!("body {pointer}"), value, move |request| {
            let mut body: Value = serde_json::from_slice(request.body()).ok()?;
            body.pointer_mut(&pointer).map(Value::take)
        })
    }

    /// Requires that the body is JSON for which `holds` returns true. Messages show `description`.
    pub fn json_where(
        description: impl Into<String>,
        holds: impl Fn(&Value) -> bool + Send + Sync + 'static,
    ) -> Self {
        let predicate = format!("predicate {:?}", description.into());
        Self::holds(predicate, move |request| {
            serde_json::from_slice(request.body()).is_ok_and(|body| holds(&body))
        })
    }

    /// Requires that `holds` returns true for the request. Messages show the line of this call.
    ///
    /// ```
    /// use orq_testkit::Condition;
    ///
    /// let long = Condition::matching(|request| request.body().len() > 1000);
    /// ```
    #[track_caller]
    pub fn matching(holds: impl Fn(&RecordedRequest) -> bool + Send + Sync + 'static) -> Self {
        Self::holds(format!("predicate at {}", Location::caller()), holds)
    }

    /// Returns how the request differs from this, if it does.
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
