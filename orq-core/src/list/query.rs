//! The request for one page.

use http::Method;

use super::page::Page;
use crate::{
    call::{Call, RequestTemplate, run, segment},
    client::Client,
    deployments::decoded,
    error::Error,
    headers::JSON,
    options::CallOptions,
    response::Response,
    transport::{CallContext, Operation},
};

const DEPLOYMENTS: &str = "/v2/deployments";

/// The list, the query for one page of it, and the settings of its call.
#[derive(Clone, Debug)]
pub(crate) struct Query {
    client: Client,
    /// The key of the deployment whose versions are listed; `None` for the list of deployments.
    deployment: Option<String>,
    pub(super) limit: Option<u32>,
    pub(super) starting_after: Option<String>,
    pub(super) ending_before: Option<String>,
    pub(crate) variant_id: Option<String>,
    pub(super) options: CallOptions,
}

impl Query {
    pub(super) fn new(client: &Client, deployment: Option<String>) -> Self {
        Self {
            client: client.clone(),
            deployment,
            limit: None,
            starting_after: None,
            ending_before: None,
            variant_id: None,
            options: CallOptions::default(),
        }
    }

    /// Returns the call for this page.
    pub(super) fn call<P: Page>(&self) -> Call<Response<P>> {
        Call::new(self.template(), |it| {
            Box::pin(run(it, decoded, Response::meta_mut))
        })
    }

    fn template(&self) -> Result<RequestTemplate, Error> {
        if let Some(why) = &self.options.refused {
            return Err(Error::argument("header", why));
        }
        if self.limit.is_some_and(|limit| !(1..=50).contains(&limit)) {
            return Err(Error::argument("limit", "it must be between 1 and 50"));
        }
        if self.starting_after.is_some() && self.ending_before.is_some() {
            return Err(Error::argument(
                "ending_before",
                "it can't be set together with starting_after",
            ));
        }
        let deployment = self.deployment.as_deref();
        let (operation, mut path) = match deployment {
            None => (Operation::List, DEPLOYMENTS.to_owned()),
            Some(key) => {
                let key = segment("key", key)?;
                (Operation::Versions, format!("{DEPLOYMENTS}/{key}/versions"))
            }
        };
        let mut query = form_urlencoded::Serializer::new(String::new());
        let limit = self.limit.map(|limit| limit.to_string());
        for (name, value) in [
            ("limit", &limit),
            ("starting_after", &self.starting_after),
            ("ending_before", &self.ending_before),
            ("variant_id", &self.variant_id),
        ] {
            query.extend_pairs(value.iter().map(|value| (name, value)));
        }
        let query = query.finish();
        if !query.is_empty() {
            path.push('?');
            path.push_str(&query);
        }
        let context = CallContext::new(operation, deployment);
        let parts = self.client.parts();
        let mut template = RequestTemplate::new(parts, Method::GET, path, JSON, context)?;
        template.options = self.options.clone();
        Ok(template)
    }
}
