//! The operations on deployments: each validates and serializes its request and returns a [`Call`].

use std::{borrow::Cow, io};

use http::{HeaderName, HeaderValue, Method, header};

use crate::{
    call::{Answer, Call, Exchange, Json, RequestTemplate, TimedBody, answer, run},
    client::Client,
    error::{Error, says_error},
    headers::{EVENT_STREAM, JSON},
    model::{Completion, DeploymentConfig, DeploymentRequest, JsonMap, Message, Nullable},
    response::{Response, ResponseMeta},
    stream::{self, CompletionStream, Form},
    transport::{CallContext, Operation},
};

const INVOKE: &str = "/v2/deployments/invoke";
const STREAM: &str = "/v2/deployments/stream";
const GET_CONFIG: &str = "/v2/deployments/get_config";
const CONTACT_ID: HeaderName = HeaderName::from_static("x-orq-contact-id");
const ENVIRONMENTS: &str = "environments";

/// The operations on deployments. It owns a clone of its client, which is cheap.
///
/// Each returns a [`Call`]: a future that can be awaited, spawned and joined, with setters for timeouts, retries and
/// headers.
///
/// ```
/// use std::time::Duration;
///
/// use futures::future::join_all;
/// use orq_core::{Client, DeploymentRequest};
/// # use orq_testkit::FakeOrq;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let client = Client::new(FakeOrq::new(), FakeOrq::DEFAULT_API_KEY)?;
/// let deployments = client.deployments();
/// let request = DeploymentRequest::new("chat").input("firstname", "Jane");
///
/// let answer = deployments.invoke(&request).timeout(Duration::from_secs(20)).await?;
/// let spawned = tokio::spawn(deployments.invoke(&request));
/// let both = join_all([deployments.invoke(&request), deployments.invoke(&request)]).await;
/// # assert_eq!(spawned.await??.text(), answer.text());
/// # assert!(both.iter().all(Result::is_ok));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Deployments {
    pub(crate) client: Client,
}

impl Client {
    /// Returns the operations on deployments.
    pub fn deployments(&self) -> Deployments {
        Deployments {
            client: self.clone(),
        }
    }
}

impl Deployments {
    /// Invokes a deployment and waits for the whole completion:
    /// [`POST /v2/deployments/invoke`](https://docs.orq.ai/reference/deployments/invoke).
    ///
    /// If the body is an event stream, it is read to its end and assembled. Its first bytes decide, whatever its content
    /// type.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Argument`](crate::ErrorKind::Argument), before anything is sent: an empty key, a document without
    /// text, a tool message whose `tool_call_id` is absent or empty, a value that can't be serialized as JSON. See
    /// [`ErrorKind`](crate::ErrorKind) for the others.
    pub fn invoke(&self, request: &DeploymentRequest) -> Call<Response<Completion>> {
        let template = self.template(Operation::Invoke, INVOKE, JSON, request);
        Call::new(template, |it| {
            Box::pin(run(it, completion, Response::meta_mut))
        })
    }

    /// Invokes a deployment and streams the completion:
    /// [`POST /v2/deployments/stream`](https://docs.orq.ai/reference/deployments/stream).
    ///
    /// The call returns the stream once the first chunk or the end mark has arrived. A body in JSON, whatever its content
    /// type, becomes a stream of one chunk.
    ///
    /// # Errors
    ///
    /// Those of [`invoke`](Deployments::invoke). An error after the call has returned is returned by the stream.
    pub fn stream(&self, request: &DeploymentRequest) -> Call<CompletionStream> {
        let template = self.template(Operation::Stream, STREAM, EVENT_STREAM, request);
        let template = template.map(|mut template| {
            // A server or proxy that compresses may buffer events before it sends them.
            let identity = HeaderValue::from_static("identity");
            template.headers.push((header::ACCEPT_ENCODING, identity));
            template
        });
        Call::new(template, |it| {
            Box::pin(run(it, stream::open, CompletionStream::meta_mut))
        })
    }

    /// Fetches the configuration that a deployment would use for this request, without invoking it:
    /// [`POST /v2/deployments/get_config`](https://docs.orq.ai/reference/deployments/get-config).
    ///
    /// # Errors
    ///
    /// Those of [`invoke`](Deployments::invoke).
    pub fn get_config(&self, request: &DeploymentRequest) -> Call<Response<DeploymentConfig>> {
        let template = self.template(Operation::GetConfig, GET_CONFIG, JSON, request);
        Call::new(template, |it| {
            Box::pin(run(it, decoded, Response::meta_mut))
        })
    }

    fn template(
        &self,
        operation: Operation,
        path: &'static str,
        accept: HeaderValue,
        request: &DeploymentRequest,
    ) -> Result<RequestTemplate, Error> {
        validate(request)?;
        let context = CallContext::new(operation, Some(&request.key));
        let parts = self.client.parts();
        let mut template = RequestTemplate::new(parts, Method::POST, path, accept, context)?;
        let request = self.with_defaults(request);
        let mut json = Json(Vec::with_capacity(512));
        serde_json::to_writer(&mut json, &request).map_err(|error| {
            let sink = &mut serde_json::Serializer::new(io::sink());
            let place =
                serde_path_to_error::serialize(&request, sink).map_err(|at| at.path().to_string());
            let field = place.err().unwrap_or_default();
            Error::argument(field, error.to_string()).with_source(error)
        })?;
        // A request without a context isn't copied to get one.
        let environment = self.client.parts().0.environment.as_deref();
        if let Some(environment) = environment.map(serde_json::Value::from)
            && request.context.is_none()
            && !request.extra.contains_key("context")
        {
            let context = format!(r#""context":{{"{ENVIRONMENTS}":{environment}}}"#);
            add_member(&mut json.0, &context);
        }
        template.set_json_body(json.0);
        if let Some(contact_id) = &template.shared.contact_id
            && operation != Operation::GetConfig
            && request.identity.is_none()
            && !request.extra.contains_key("identity")
        {
            template.headers.push((CONTACT_ID, contact_id.clone()));
        }
        Ok(template)
    }

    /// Adds the client's environment to the context of the request, if it has one, and removes a field `stream`, which
    /// the operation sets.
    fn with_defaults<'a>(&self, request: &'a DeploymentRequest) -> Cow<'a, DeploymentRequest> {
        let mut request = Cow::Borrowed(request);
        if let Some(environment) = &self.client.parts().0.environment {
            // The field would replace a context among the extra fields, so that one becomes the field.
            let context = match &request.context {
                Some(context) => Ok(Some(context.clone())),
                None => request.extra.parse::<JsonMap>("context"),
            };
            if let Ok(Some(mut context)) = context
                && !context.contains_key(ENVIRONMENTS)
            {
                context.insert(ENVIRONMENTS, environment);
                request.to_mut().context = Some(context);
            }
        }
        if request.extra.contains_key("stream") {
            request.to_mut().extra.remove("stream");
        }
        request
    }
}

/// Adds a member to the JSON of a request, which has at least the member `key`.
fn add_member(json: &mut Vec<u8>, member: &str) {
    json.pop();
    json.push(b',');
    json.extend_from_slice(member.as_bytes());
    json.push(b'}');
}

impl Call<CompletionStream> {
    /// Sends the request to `POST /v2/deployments/invoke` with `"stream": true` instead of
    /// `POST /v2/deployments/stream`, for servers that don't have the latter.
    pub fn via_invoke(self) -> Self {
        self.change(|template| {
            let uri = RequestTemplate::uri(&template.shared, INVOKE)?;
            if template.uri == uri {
                return Ok(());
            }
            template.uri = uri;
            let mut body = template.body.to_vec();
            add_member(&mut body, r#""stream":true"#);
            template.body = body.into();
            Ok(())
        })
    }
}

impl Answer for Completion {
    fn is_error(&self) -> bool {
        says_error(&self.choices, &self.extra, self.has_rest())
    }

    fn lacks(&self) -> Option<&'static str> {
        self.is_blank().then_some("choices")
    }

    fn into_partial(self) -> Option<Completion> {
        (!self.choices.is_empty()).then_some(self)
    }
}

impl Answer for DeploymentConfig {
    fn is_error(&self) -> bool {
        self.model.is_none() && says_error(&[], &self.extra, false)
    }

    fn lacks(&self) -> Option<&'static str> {
        let is_blank = self.id.is_none() && self.model.is_none() && self.parameters.is_none();
        is_blank.then_some("messages")
    }
}

/// Reads the response of invoke: an event stream or JSON.
async fn completion(
    exchange: &Exchange,
    meta: ResponseMeta,
    body: Box<TimedBody>,
) -> Result<Box<Response<Completion>>, Error> {
    let response = match stream::read::<Completion>(exchange, meta, body).await? {
        Form::Events(stream) => Box::new(Box::pin(stream.finish()).await?),
        Form::Document(mut response) => {
            let trace_id = response.value.telemetry_trace_id();
            response.meta.trace_in(trace_id, &response.key);
            response
        }
    };
    exchange.recorder.answer(&response, &response.key);
    Ok(response)
}

/// Reads the JSON response of another operation.
pub(crate) async fn decoded<T: Answer>(
    exchange: &Exchange,
    mut meta: ResponseMeta,
    body: Box<TimedBody>,
) -> Result<Box<Response<T>>, Error> {
    let (value, body) = answer::<T>(exchange, &mut meta, body).await?;
    let response = Response::new(value, meta, Some(body), exchange.key.clone());
    Ok(Box::new(response))
}

/// Rejects what the server would reject or misinterpret, and values that can't be serialized as JSON.
fn validate(request: &DeploymentRequest) -> Result<(), Error> {
    if request.key.is_empty() {
        return Err(Error::argument("key", "it is empty"));
    }
    for (name, map) in [
        ("inputs", &request.inputs),
        ("context", &request.context),
        ("metadata", &request.metadata),
        ("extra_params", &request.extra_params),
    ] {
        if let Some((key, why)) = map.as_ref().and_then(JsonMap::failure) {
            let field = match key {
                "" => name.to_owned(),
                key => format!("{name}.{key}"),
            };
            return Err(Error::argument(field, why));
        }
    }
    if let Some((key, why)) = request.extra.failure() {
        return Err(Error::argument(key, why));
    }
    for (index, document) in request.documents.iter().flatten().enumerate() {
        if document.text.as_deref().unwrap_or_default().is_empty() {
            let field = format!("documents[{index}].text");
            return Err(Error::argument(field, "the document has no text"));
        }
    }
    validate_messages("prefix_messages", request.prefix_messages.as_deref())?;
    validate_messages("messages", request.messages.as_deref())
}

fn validate_messages(list: &str, messages: Option<&[Message]>) -> Result<(), Error> {
    for (index, message) in messages.unwrap_or_default().iter().enumerate() {
        let Message::Tool(tool) = message else {
            continue;
        };
        let why = match &tool.tool_call_id {
            Nullable::Absent => "it is absent; set the id of the call, or null",
            Nullable::Value(id) if id.is_empty() => "it is empty; set the id of the call, or null",
            Nullable::Value(_) | Nullable::Null => continue,
        };
        let field = format!("{list}[{index}].tool_call_id");
        return Err(Error::argument(field, why));
    }
    Ok(())
}
