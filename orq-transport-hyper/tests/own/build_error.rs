//! The error of the builder in functions that return the core's.

use std::error::Error as _;

use orq_core::{Client, Error, ErrorKind, RetryAdvice};
use orq_transport_hyper::BuildError;

use crate::{Transport, child};

fn client(roots: &str) -> Result<Client, Error> {
    let builder = Transport::builder().add_root_certificates_pem(roots);
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

fn source_of(error: &BuildError) -> String {
    error.source().unwrap().to_string()
}

#[test]
fn certificates_are_accepted_in_both_encodings() {
    let own = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let der = own.cert.der().to_vec();
    Transport::builder()
        .add_root_certificate_der(der)
        .build()
        .unwrap();
    let encoded = own.cert.pem();
    let pem = format!("{encoded}{encoded}");
    Transport::builder()
        .add_root_certificates_pem(pem)
        .build()
        .unwrap();
}

#[test]
fn an_invalid_certificate_is_named() {
    for builder in [
        Transport::builder().add_root_certificate_der(*b"no certificate"),
        Transport::builder().add_root_certificates_pem("no certificate"),
        Transport::builder().add_root_certificates_pem(
            "-----BEGIN CERTIFICATE-----\n!!\n-----END CERTIFICATE-----\n",
        ),
    ] {
        let error = builder.build().unwrap_err();
        assert_eq!(error.to_string(), "a root certificate can't be used");
        assert!(error.source().is_some());
    }
}

#[test]
fn a_builder_shows_no_certificate() {
    let builder = Transport::builder().add_root_certificates_pem("SECRET");
    assert!(!format!("{builder:?}").contains("SECRET"));
}

/// The libraries that read the variables ignore what they can't read, and then trust other authorities.
#[test]
fn unusable_authorities_of_the_environment_are_an_error() {
    let empty = tempfile::tempdir().unwrap();
    let file = empty.path().join("not-pem");
    std::fs::write(&file, "no certificate").unwrap();
    let (empty, file) = (empty.path().to_str().unwrap(), file.to_str().unwrap());
    for variable in [
        ("SSL_CERT_FILE", "/no/such/file"),
        ("SSL_CERT_FILE", file),
        ("SSL_CERT_DIR", "/no/such/directory"),
        ("SSL_CERT_DIR", empty),
    ] {
        if cfg!(target_os = "linux") {
            child::run("build_error::with_unusable_authorities", &[variable]);
        }
    }
}

#[test]
#[ignore = "run by the test above"]
fn with_unusable_authorities() {
    let set = ["SSL_CERT_FILE", "SSL_CERT_DIR"].map(std::env::var);
    let name = if set[0].is_ok() {
        "SSL_CERT_FILE"
    } else {
        "SSL_CERT_DIR"
    };
    let own = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let der = own.cert.der().to_vec();
    for builder in [
        Transport::builder(),
        Transport::builder().add_root_certificate_der(der),
    ] {
        let error = source_of(&builder.build().unwrap_err());
        assert!(error.starts_with(name), "{error}");
    }
}

#[test]
fn a_usable_file_of_authorities_is_enough() {
    if cfg!(target_os = "linux") {
        let own = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), own.cert.pem()).unwrap();
        let path = file.path().to_str().unwrap();
        child::run(
            "build_error::with_usable_authorities",
            &[("SSL_CERT_FILE", path)],
        );
    }
}

#[test]
#[ignore = "run by the test above"]
fn with_usable_authorities() {
    Transport::new().unwrap();
}
