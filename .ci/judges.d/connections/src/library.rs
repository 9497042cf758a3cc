//! The transports under test, and their clients.

use std::fmt;

use orq_core::{Client, ClientBuilder, DeploymentRequest, Error, retry::NoRetry};
use orq_transport_hyper::HyperTransport;
use orq_transport_reqwest::ReqwestTransport;

use crate::verdict::Fallible;

/// A transport, named by its library.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Library {
    Hyper,
    Reqwest,
}

impl Library {
    pub(crate) const ALL: [Self; 2] = [Self::Hyper, Self::Reqwest];

    /// Returns a client that has no connections yet, repeats nothing, and whose transport has its default settings
    /// and one more root certificate, given in DER.
    pub(crate) fn client(self, url: &str, root: &[u8]) -> Fallible<Client> {
        let builder: ClientBuilder = match self {
            Self::Hyper => {
                let builder = HyperTransport::builder().add_root_certificate_der(root);
                Client::builder(builder.build()?)
            }
            Self::Reqwest => {
                let builder = ReqwestTransport::builder().add_root_certificate_der(root);
                Client::builder(builder.build()?)
            }
        };
        let builder = builder.api_key("my-key").base_url(url).retry(NoRetry);
        Ok(builder.build()?)
    }
}

impl fmt::Display for Library {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Hyper => "hyper",
            Self::Reqwest => "reqwest",
        })
    }
}

/// Reads one streamed answer to its end, and returns its text.
pub(crate) async fn text(client: &Client) -> Result<String, Error> {
    let request = DeploymentRequest::new("greeter");
    let answer = client
        .deployments()
        .stream(&request)
        .await?
        .finish()
        .await?;
    Ok(answer.text().unwrap_or_default().into_owned())
}
