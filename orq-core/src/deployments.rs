//! The operations on deployments: each checks and serialises its request and returns a [`Call`].

use std::borrow::Cow;

use http::{HeaderName, Method};

use crate::{
    call::{self, Call, EVENT_STREAM, JSON, Prepared},
    check,
    client::Client,
    error::Error,
    list::ListDeployments,
    model::{Completion, DeploymentConfig, DeploymentRequest},
    response::Response,
    stream::{self, CompletionStream},
    transport::{CallContext, Operation},
};

const INVOKE: &str = "/v2/deployments/invoke";
const STREAM: &str = "/v2/deployments/stream";
const GET_CONFIG: &str = "/v2/deployments/get_config";
const CONTACT_ID: HeaderName = HeaderName::from_static("x-orq-contact-id");

/// The operations on deployments. It owns a cheap clone of its client.
///
/// Each returns a [`Call`]: await it, give it settings of its own first, or make a future of it with
/// [`send`](Call::send) that can be spawned and joined.
///
/// ```
/// use std::time::Duration;
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
/// let spawned = tokio::spawn(deployments.invoke(&request).send());
/// let both = join_all([deployments.invoke(&request).send(), deployments.invoke(&request).send()]).await;
/// # assert_eq!(spawned.await??.text(), answer.text());
/// # assert!(both.iter().all(Result::is_ok));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Deployments {
    client: Client,
}

impl Deployments {
    pub(crate) fn new(client: Client) -> Self {
        Self { client }
    }

    /// Runs a deployment and waits for its whole answer:
    /// [`POST /v2/deployments/invoke`](https://docs.orq.ai/reference/deployments/invoke).
    ///
    /// An event stream for an answer is read to its end and assembled.
    ///
    /// # Errors
    ///
    /// Of kind `argument`, before anything is sent: an empty key, a document without text, a tool message whose
    /// `tool_call_id` is absent or empty, a value that can't be serialised. See
    /// [`ErrorKind`](crate::ErrorKind) for the others.
    pub fn invoke(&self, request: &DeploymentRequest) -> Call<Response<Completion>> {
        let prepared = self.prepare(Operation::Invoke, INVOKE, request);
        Call::new(
            prepared.map(|prepared| prepared.accept(JSON)),
            call::completion,
        )
    }

    /// Runs a deployment and streams its answer:
    /// [`POST /v2/deployments/stream`](https://docs.orq.ai/reference/deployments/stream).
    ///
    /// The call ends with the first chunk, or with why there is none. JSON for an answer is a stream of one
    /// chunk.
    ///
    /// # Errors
    ///
    /// As [`invoke`](Deployments::invoke).
    pub fn stream(&self, request: &DeploymentRequest) -> Call<CompletionStream> {
        let prepared = self.prepare(Operation::Stream, STREAM, request);
        let prepared = prepared.map(|mut prepared| {
            // A compressing server or proxy holds events back until its buffer is full.
            let identity = http::HeaderValue::from_static("identity");
            prepared
                .headers
                .insert(http::header::ACCEPT_ENCODING, identity);
            prepared.accept(EVENT_STREAM)
        });
        Call::new(prepared, stream::open)
    }

    /// Fetches what a deployment would run with this request, without running it:
    /// [`POST /v2/deployments/get_config`](https://docs.orq.ai/reference/deployments/get-config).
    ///
    /// # Errors
    ///
    /// As [`invoke`](Deployments::invoke).
    pub fn get_config(&self, request: &DeploymentRequest) -> Call<Response<DeploymentConfig>> {
        let prepared = self.prepare(Operation::GetConfig, GET_CONFIG, request);
        Call::new(
            prepared.map(|prepared| prepared.accept(JSON)),
            call::decoded,
        )
    }

    /// Lists the workspace's deployments, newest first:
    /// [`GET /v2/deployments`](https://docs.orq.ai/reference/deployments/list-all-deployments).
    ///
    /// Await it for one page; [`pages`](ListDeployments::pages) and [`items`](ListDeployments::items) follow
    /// the cursor.
    pub fn list(&self) -> ListDeployments {
        ListDeployments::new(self.client.clone())
    }

    fn prepare(
        &self,
        operation: Operation,
        path: &str,
        request: &DeploymentRequest,
    ) -> Result<Prepared, Error> {
        check::request(request)?;
        let request = self.with_defaults(request);
        let json = serde_json::to_vec(&request)
            .map_err(|error| Error::argument("request", error.to_string()).with_source(error))?;
        let context = CallContext::new(operation, Some(&request.key));
        let mut prepared = Prepared::new(self.client.clone(), Method::POST, path, context)?;
        prepared.set_json_body(json);
        if let Some(contact_id) = &self.client.inner().contact_id
            && operation != Operation::GetConfig
            && request.identity.is_none()
        {
            prepared.headers.insert(CONTACT_ID, contact_id.clone());
        }
        Ok(prepared)
    }

    /// The request with the client's environment, and without a `stream` field: the verb decides how to call.
    fn with_defaults<'a>(&self, request: &'a DeploymentRequest) -> Cow<'a, DeploymentRequest> {
        let mut request = Cow::Borrowed(request);
        if let Some(environment) = &self.client.inner().environment {
            let given = request
                .context
                .as_ref()
                .is_some_and(|context| context.contains_key(ENVIRONMENTS));
            if !given {
                let context = request.to_mut().context.get_or_insert_default();
                context.insert(ENVIRONMENTS, environment);
            }
        }
        if request.extra.contains_key("stream") {
            request.to_mut().extra.remove("stream");
        }
        request
    }
}

const ENVIRONMENTS: &str = "environments";

impl Call<CompletionStream> {
    /// Streams through `POST /v2/deployments/invoke` with `"stream": true`, for servers that have only that.
    pub fn via_invoke(self) -> Self {
        self.change(|prepared| {
            let uri = prepared.client.inner().base_url.join(INVOKE);
            let uri =
                uri.map_err(|error| Error::configuration("bad base URL").with_source(error))?;
            if prepared.uri == uri {
                return Ok(());
            }
            prepared.uri = uri;
            // The body is an object with at least a key.
            let mut body = prepared.body.to_vec();
            body.pop();
            body.extend_from_slice(br#","stream":true}"#);
            prepared.body = body.into();
            Ok(())
        })
    }
}
