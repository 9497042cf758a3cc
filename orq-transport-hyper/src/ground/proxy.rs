//! Which proxy serves a request.

use std::{net::IpAddr, sync::Arc};

use http::Uri;
use hyper_util::client::proxy::matcher::{Intercept, Matcher};

use crate::build_error::BuildError;

/// At most one proxy, and the rules by which it is chosen.
#[derive(Clone)]
pub struct Proxies {
    rules: Arc<Matcher>,
    /// Whether they apply to loopback addresses.
    with_loopback: bool,
}

impl Proxies {
    /// Uses no proxy.
    pub fn none() -> Self {
        Self::new(Matcher::builder().build(), false)
    }

    /// Uses those of the environment or the system, for `https` to other machines; none without `system-proxy`.
    pub fn system() -> Self {
        match cfg!(feature = "system-proxy") {
            true => Self::new(Matcher::from_system(), false),
            false => Self::none(),
        }
    }

    /// Uses this one, for `https`.
    pub fn https(proxy: &Uri) -> Self {
        Self::new(Matcher::builder().https(proxy.to_string()).build(), true)
    }

    fn new(rules: Matcher, with_loopback: bool) -> Self {
        Self {
            rules: Arc::new(rules),
            with_loopback,
        }
    }

    /// # Errors
    ///
    /// A [`BuildError`] if the proxy isn't an HTTP proxy, or none can be read from the URI that was given.
    pub fn check(&self) -> Result<(), BuildError> {
        match self.any() {
            Some(proxy) if !matches!(proxy.uri().scheme_str(), Some("http" | "https")) => {}
            None if self.with_loopback => {}
            _ => return Ok(()),
        }
        let why = "its URI must have a host and the scheme http or https";
        Err(BuildError::new("the proxy can't be used", why))
    }

    /// Returns the proxy, whatever it is chosen for.
    pub fn any(&self) -> Option<Intercept> {
        // All `https` has the same one. `NO_PROXY` excludes a host without a dot only by its name, or with all others.
        let host = Uri::from_static("https://any-host-but-the-excluded-ones");
        self.rules.intercept(&host)
    }

    /// Returns the proxy for requests to this URI.
    pub fn proxy(&self, uri: &Uri) -> Option<Intercept> {
        let applies = uri.scheme_str() == Some("https")
            && (self.with_loopback || uri.host().is_some_and(|host| !is_loopback(host)));
        self.rules.intercept(uri).filter(|_| applies)
    }
}

fn is_loopback(host: &str) -> bool {
    let host = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
    let address = host.trim_start_matches('[').trim_end_matches(']');
    match address.parse::<IpAddr>() {
        Ok(address) => address.to_canonical().is_loopback(),
        Err(_) => host == "localhost" || host.ends_with(".localhost"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_systems_proxies_are_for_https_to_other_machines() {
        let everything = Matcher::builder().all("http://proxy:3128").build();
        let proxies = Proxies::new(everything, false);
        for (uri, expected) in [
            ("https://my.orq.ai/v2", true),
            ("https://10.0.0.1", true),
            ("https://[2001:db8::1]:8443", true),
            ("https://localhost.example.com", true),
            ("http://my.orq.ai", false),
            ("https://localhost:3000", false),
            ("https://LocalHost.", false),
            ("https://api.localhost", false),
            ("https://127.0.0.1", false),
            ("https://127.1.2.3", false),
            ("https://[::1]:8443", false),
            ("https://[::ffff:127.0.0.1]", false),
        ] {
            let proxy = proxies.proxy(&uri.parse().unwrap());
            assert_eq!(proxy.is_some(), expected, "{uri}");
        }
    }

    #[test]
    fn the_proxy_is_known_whichever_hosts_are_excluded() {
        for (excluded, expected) in [
            ("orq.ai, .invalid, com, 0.0.0.0/0, localhost", true),
            ("*", false),
        ] {
            let rules = Matcher::builder()
                .all("http://user@proxy:3128")
                .no(excluded);
            let proxy = Proxies::new(rules.build(), false).any();
            let credentials = proxy.is_some_and(|proxy| proxy.basic_auth().is_some());
            assert_eq!(credentials, expected, "{excluded}");
        }
    }

    #[test]
    fn a_given_proxy_is_for_all_https() {
        let proxies = Proxies::https(&Uri::from_static("http://user:secret@proxy:3128"));
        for (uri, expected) in [
            ("https://localhost:3000", true),
            ("http://my.orq.ai", false),
        ] {
            let proxy = proxies.proxy(&uri.parse().unwrap());
            assert_eq!(proxy.is_some(), expected, "{uri}");
        }
    }
}
