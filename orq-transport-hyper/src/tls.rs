//! TLS by rustls and ring, with no global provider needed or installed.

use std::sync::Arc;

use rustls::{
    ClientConfig, RootCertStore,
    crypto::{CryptoProvider, ring},
    pki_types::CertificateDer,
};

use crate::BuildError;

/// A configuration that trusts what the platform trusts, and `extra`. Where the platform has no certificates
/// at all, as in a container without a CA package, Mozilla's set that is compiled in takes its place.
pub(crate) fn config(extra: Vec<CertificateDer<'static>>) -> Result<ClientConfig, BuildError> {
    let provider = Arc::new(ring::default_provider());
    let config = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(BuildError::tls)?;
    let config = match platform_verifier(&provider, &extra)? {
        Some(verifier) => config
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier)),
        None => config.with_root_certificates(compiled_in(extra)?),
    };
    Ok(config.with_no_client_auth())
}

/// The platform's verifier, or `None` where it has no certificates of its own.
#[cfg(not(target_os = "android"))]
fn platform_verifier(
    provider: &Arc<CryptoProvider>,
    extra: &[CertificateDer<'static>],
) -> Result<Option<rustls_platform_verifier::Verifier>, BuildError> {
    use rustls_platform_verifier::Verifier;

    // Asked for without the extra certificates first: with them it succeeds on a platform that has none.
    let Ok(plain) = Verifier::new(Arc::clone(provider)) else {
        return Ok(None);
    };
    if extra.is_empty() {
        return Ok(Some(plain));
    }
    Verifier::new_with_extra_roots(extra.iter().cloned(), Arc::clone(provider))
        .map(Some)
        .map_err(BuildError::certificate)
}

/// Android's verifier panics unless the application has prepared it, so it isn't used.
#[cfg(target_os = "android")]
fn platform_verifier(
    _: &Arc<CryptoProvider>,
    _: &[CertificateDer<'static>],
) -> Result<Option<rustls::client::WebPkiServerVerifier>, BuildError> {
    Ok(None)
}

fn compiled_in(extra: Vec<CertificateDer<'static>>) -> Result<RootCertStore, BuildError> {
    let mut roots = RootCertStore {
        roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
    };
    for certificate in extra {
        roots.add(certificate).map_err(BuildError::certificate)?;
    }
    Ok(roots)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_compiled_in_set_is_there_and_takes_more() {
        let own = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let bare = compiled_in(Vec::new()).unwrap().len();
        assert!(bare > 50);
        assert_eq!(
            compiled_in(vec![own.cert.der().clone()]).unwrap().len(),
            bare + 1
        );
    }

    #[test]
    fn no_global_provider_is_installed() {
        config(Vec::new()).unwrap();
        assert!(CryptoProvider::get_default().is_none());
    }

    #[test]
    fn what_is_no_certificate_is_refused() {
        assert!(config(vec![CertificateDer::from(vec![1, 2, 3])]).is_err());
        assert!(compiled_in(vec![CertificateDer::from(vec![1, 2, 3])]).is_err());
    }
}
