//! Annotating answers: values of reviews and corrections on the spans of their traces, and feedback.
//!
//! ```
//! use orq_core::{Client, DeploymentRequest};
//! # use orq_testkit::FakeOrq;
//!
//! # futures::executor::block_on(async {
//! # let client = Client::new(FakeOrq::new(), "sk-orq-test")?;
//! let stream = client.deployments().stream(&DeploymentRequest::new("chat")).await?;
//! let answer = stream.finish().await?;
//! answer.annotate(&client, "rating", "good").await?;
//! answer.delete_annotation(&client, "rating").await?;
//! # Ok::<(), orq_core::Error>(())
//! # }).unwrap();
//! ```

use http::Method;
use serde::Serialize;

use crate::{
    call::{Call, Exchange, RequestTemplate, TimedBody, run, segment},
    client::Client,
    error::{Error, says_error},
    headers::JSON,
    model::{
        Annotation, AnnotationDeletion, AnnotationRequest, AnnotationValue, Completion, Feedback,
        JsonMap, RawJson,
    },
    response::{Response, ResponseMeta},
    transport::{CallContext, Operation},
};

/// The operations on the annotations of spans, returned by [`Client::annotations`]. It owns a clone of its client.
///
/// A span is named by its trace's id and its own, which an answer has in
/// [`telemetry`](crate::model::Completion::telemetry). Annotations of a deployment's span are shown in its log, too.
#[derive(Clone, Debug)]
pub struct Annotations {
    client: Client,
}

impl Client {
    /// Returns the operations on the annotations of spans. For an answer at hand [`Response::annotate`] is shorter.
    pub fn annotations(&self) -> Annotations {
        Annotations {
            client: self.clone(),
        }
    }

    /// Sends feedback on a completion: `POST /v2/feedback`.
    ///
    /// **Deprecated by orq**, for servers without annotations. Prefer [`Response::annotate`].
    ///
    /// ```
    /// use orq_core::{Client, DeploymentRequest, model::Feedback};
    /// # use orq_testkit::FakeOrq;
    /// # futures::executor::block_on(async {
    /// # let client = Client::new(FakeOrq::new(), "sk-orq-test")?;
    /// let answer = client.deployments().invoke(&DeploymentRequest::new("chat")).await?;
    /// let id = answer.id.as_deref().unwrap_or_default();
    /// client.feedback(&Feedback::new("rating", "good", id)).await?;
    /// # Ok::<(), orq_core::Error>(())
    /// # }).unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Argument`](crate::ErrorKind::Argument), before anything is sent: an empty property or trace id. See
    /// [`ErrorKind`](crate::ErrorKind) for the others.
    pub fn feedback(&self, feedback: &Feedback) -> Call<Response<()>> {
        let given = [
            ("property", &feedback.property),
            ("trace_id", &feedback.trace_id),
        ];
        let empty = given.into_iter().find(|(_, value)| value.is_empty());
        let path = match empty {
            Some((field, _)) => Err(Error::argument(field, "it is empty")),
            None => Ok("/v2/feedback".to_owned()),
        };
        call(self, Operation::Feedback, Method::POST, path, feedback)
    }
}

impl Annotations {
    /// Creates annotations of a span: `POST /v2/traces/{trace_id}/spans/{span_id}/annotation`.
    ///
    /// orq accepts up to 10 at once, and answers 404 if the review of a key isn't defined.
    ///
    /// ```
    /// use orq_core::{Client, DeploymentRequest};
    /// use orq_core::model::{Annotation, AnnotationRequest};
    /// # use orq_testkit::FakeOrq;
    /// # futures::executor::block_on(async {
    /// # let client = Client::new(FakeOrq::new(), "sk-orq-test")?;
    /// # client.deployments().invoke(&DeploymentRequest::new("chat")).await?;
    /// # let (trace_id, span_id) = ("00000000000000000000000000000001", "0000000000000001");
    /// let request = AnnotationRequest::new()
    ///     .annotation(Annotation::new("rating", "good"))
    ///     .annotation(Annotation::correction("eval_01", 4).explanation("It is complete."))
    ///     .identity_id("reviewer_7");
    /// client.annotations().create(trace_id, span_id, &request).await?;
    /// # Ok::<(), orq_core::Error>(())
    /// # }).unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Argument`](crate::ErrorKind::Argument), before anything is sent: an empty id, no annotation, a
    /// value that can't be serialized as JSON. See [`ErrorKind`](crate::ErrorKind) for the others.
    pub fn create(
        &self,
        trace_id: &str,
        span_id: &str,
        request: &AnnotationRequest,
    ) -> Call<Response<()>> {
        let path = match request.annotations.as_deref() {
            None | Some([]) => Err(Error::argument("annotations", "there is none")),
            Some(_) => path(trace_id, span_id),
        };
        call(
            &self.client,
            Operation::Annotate,
            Method::POST,
            path,
            request,
        )
    }

    /// Deletes annotations of a span: `DELETE /v2/traces/{trace_id}/spans/{span_id}/annotation`.
    ///
    /// ```
    /// use orq_core::{Client, DeploymentRequest, model::AnnotationDeletion};
    /// # use orq_testkit::FakeOrq;
    /// # futures::executor::block_on(async {
    /// # let client = Client::new(FakeOrq::new(), "sk-orq-test")?;
    /// # client.deployments().invoke(&DeploymentRequest::new("chat")).await?;
    /// # let (trace_id, span_id) = ("00000000000000000000000000000001", "0000000000000001");
    /// let request = AnnotationDeletion::new().key("rating").parent_annotation_id("eval_01");
    /// client.annotations().delete(trace_id, span_id, &request).await?;
    /// # Ok::<(), orq_core::Error>(())
    /// # }).unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Argument`](crate::ErrorKind::Argument), before anything is sent: an empty id, neither a key nor the
    /// id of an annotation. See [`ErrorKind`](crate::ErrorKind) for the others.
    pub fn delete(
        &self,
        trace_id: &str,
        span_id: &str,
        request: &AnnotationDeletion,
    ) -> Call<Response<()>> {
        let mut named = request
            .keys
            .iter()
            .chain(&request.parent_annotation_ids)
            .flatten();
        let path = match named.next() {
            None => Err(Error::argument("keys", "there is nothing to delete")),
            Some(_) => path(trace_id, span_id),
        };
        call(
            &self.client,
            Operation::DeleteAnnotations,
            Method::DELETE,
            path,
            request,
        )
    }
}

impl Response<Completion> {
    /// Annotates the answer with the value of a review, such as the rating of a user: a text, a number, a boolean or
    /// several texts. It is the one of the review with this key, which must be defined in orq.
    ///
    /// For corrections, several annotations at once or an identity use [`Annotations::create`].
    ///
    /// ```
    /// use orq_core::{Client, DeploymentRequest};
    /// # use orq_testkit::FakeOrq;
    /// # futures::executor::block_on(async {
    /// # let client = Client::new(FakeOrq::new(), "sk-orq-test")?;
    /// let answer = client.deployments().invoke(&DeploymentRequest::new("chat")).await?;
    /// answer.annotate(&client, "rating", "good").await?;
    /// # Ok::<(), orq_core::Error>(())
    /// # }).unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`Annotations::create`], and [`ErrorKind::Argument`](crate::ErrorKind::Argument) if the answer's
    /// telemetry doesn't have both ids.
    pub fn annotate(
        &self,
        client: &Client,
        key: impl Into<String>,
        value: impl Into<AnnotationValue>,
    ) -> Call<Response<()>> {
        let request = AnnotationRequest::new().annotation(Annotation::new(key, value));
        let (trace_id, span_id) = self.span();
        client.annotations().create(trace_id, span_id, &request)
    }

    /// Deletes the annotation of the answer with this key.
    ///
    /// ```
    /// use orq_core::{Client, DeploymentRequest};
    /// # use orq_testkit::FakeOrq;
    /// # futures::executor::block_on(async {
    /// # let client = Client::new(FakeOrq::new(), "sk-orq-test")?;
    /// let answer = client.deployments().invoke(&DeploymentRequest::new("chat")).await?;
    /// answer.annotate(&client, "rating", "good").await?;
    /// answer.delete_annotation(&client, "rating").await?;
    /// # Ok::<(), orq_core::Error>(())
    /// # }).unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`annotate`](Response::annotate).
    pub fn delete_annotation(&self, client: &Client, key: impl Into<String>) -> Call<Response<()>> {
        let request = AnnotationDeletion::new().key(key);
        let (trace_id, span_id) = self.span();
        client.annotations().delete(trace_id, span_id, &request)
    }

    /// Returns the ids of the trace and the span; an unknown one is empty, which the operations reject.
    fn span(&self) -> (&str, &str) {
        let Some(telemetry) = &self.telemetry else {
            return ("", "");
        };
        let (trace_id, span_id) = (&telemetry.trace_id, &telemetry.span_id);
        (
            trace_id.as_deref().unwrap_or_default(),
            span_id.as_deref().unwrap_or_default(),
        )
    }
}

fn path(trace_id: &str, span_id: &str) -> Result<String, Error> {
    let trace_id = segment("trace_id", trace_id)?;
    let span_id = segment("span_id", span_id)?;
    Ok(format!("/v2/traces/{trace_id}/spans/{span_id}/annotation"))
}

/// Returns the call that sends this request as JSON, and whose response has no result.
fn call(
    client: &Client,
    operation: Operation,
    method: Method,
    path: Result<String, Error>,
    request: &impl Serialize,
) -> Call<Response<()>> {
    let template = path.and_then(|path| {
        let context = CallContext::new(operation, None);
        let mut template = RequestTemplate::new(client.parts(), method, path, JSON, context)?;
        let json = RawJson::new(request)
            .map_err(|error| Error::argument("body", error.to_string()).with_source(error))?;
        template.set_json_body(json.json().as_bytes().to_vec());
        Ok(template)
    });
    Call::new(template, |it| {
        Box::pin(run(it, acknowledged, Response::meta_mut))
    })
}

/// Reads a response without a result. Its body may be anything but an error.
async fn acknowledged(
    exchange: &Exchange,
    meta: ResponseMeta,
    mut body: Box<TimedBody>,
) -> Result<Box<Response<()>>, Error> {
    let body = exchange.collect(&meta, &mut body).await?;
    let object = serde_json::from_slice::<JsonMap>(&body);
    // A message alone may be one of success.
    if object.is_ok_and(|object| says_error(&[], &object, true)) {
        return Err(exchange.api_error(meta, &body));
    }
    let response = Response::new((), meta, Some(body), exchange.key.clone());
    Ok(Box::new(response))
}
