//! The error of the builder in functions that return the core's.

use std::error::Error as _;

use orq_core::{Client, Error, ErrorKind, RetryAdvice};
use orq_transport_reqwest::{BuildError, ReqwestTransport, orq_core};

fn client(roots: &str) -> Result<Client, Error> {
    let builder = ReqwestTransport::builder().add_root_certificates_pem(roots);
    Client::new(builder.build()?, "sk-test")
}

#[test]
fn a_transport_that_cannot_be_built_is_a_configuration_error() {
    let error = client("no certificate").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert_eq!(error.retry_advice(), RetryAdvice::Never);
    assert!(error.attempts().is_empty());
    let why = "config error: no certificate in the PEM text";
    assert_eq!(error.to_string(), why);
    let source = error.source().and_then(|source| source.downcast_ref());
    let source: &BuildError = source.unwrap();
    assert_eq!(source.to_string(), "a root certificate can't be used");
}
