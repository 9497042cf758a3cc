//! The transport under test, as the checks see it.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use bytes::Bytes;
use http::{Request, Uri};

use super::{
    ability::Ability,
    allowed::Allowed,
    exchange::{self, Transport},
    failure::{OrFail, Outcome, ensure},
    raw::Authority,
};
use crate::lock::lock;

/// The settings that a check needs in its transport. Every other setting is the transport's default.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Settings {
    /// Certificate authorities in DER to trust beside the usual ones. The default is none.
    pub roots: Vec<Vec<u8>>,
    /// The longest time that connecting may take, including the TLS handshake and a proxy's tunnel. The default is 10
    /// seconds.
    pub connect_timeout: Duration,
    /// The interval at which HTTP/2 pings are sent, and the time to wait for each acknowledgement. The default is 60
    /// seconds.
    pub keep_alive: Duration,
    /// The proxy to use for `https`, also to loopback addresses, such as `http://127.0.0.1:3128`. The default is none.
    pub proxy: Option<Uri>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            roots: Vec::new(),
            connect_timeout: Duration::from_secs(10),
            keep_alive: Duration::from_secs(60),
            proxy: None,
        }
    }
}

pub(super) type Make = dyn Fn(&Settings) -> Transport + Send + Sync;
pub(super) type Layer = dyn Fn(Transport) -> Transport + Send + Sync;

/// The transport under test in one check.
pub(super) struct Subject {
    pub(super) make: Arc<Make>,
    /// The layer itself, if it is one.
    pub(super) layer: Option<Arc<Layer>>,
    pub(super) without: Vec<Ability>,
    pub(super) strict: bool,
    /// What this check allows.
    pub(super) allowed: Option<&'static Allowed>,
    /// The one outcome that was declared for this check.
    pub(super) expected: Option<String>,
    /// An outcome that was declared and is outside of the contract.
    pub(super) deviation: Mutex<Option<String>>,
}

impl Subject {
    /// A transport with its default settings.
    pub(super) fn transport(&self) -> Transport {
        self.with(&Settings::default())
    }

    pub(super) fn with(&self, settings: &Settings) -> Transport {
        (self.make)(settings)
    }

    /// Makes a transport with its default settings that trusts this authority.
    pub(super) fn trusting(&self, authority: &Authority) -> Transport {
        self.with(&Settings {
            roots: vec![authority.der()],
            ..Settings::default()
        })
    }

    pub(super) fn can(&self, ability: Ability) -> bool {
        !self.without.contains(&ability)
    }

    /// Sends one request on a new transport, and judges what became of it.
    pub(super) async fn send(&self, request: Request<Bytes>) -> Outcome {
        let outcome = exchange::became(&self.transport(), request).await?;
        self.judge(&outcome, "")
    }

    /// Fails the check unless the outcome is one that it allows. `case` tells which one of several it was.
    pub(super) fn judge(&self, outcome: &str, case: &str) -> Outcome {
        let allowed = self.allowed.or_fail("this check judges no outcomes")?;
        let all = [allowed.exact, allowed.also].concat();
        let wanted = match &self.expected {
            Some(expected) => vec![expected.as_str()],
            None if self.strict => allowed.exact.to_vec(),
            None => all.clone(),
        };
        if self.expected.is_some() && !all.contains(&outcome) {
            *lock(&self.deviation) = Some(outcome.to_owned());
        }
        let colon = if case.is_empty() { "" } else { ": " };
        let quoted: Vec<_> = wanted.iter().map(|each| format!("`{each}`")).collect();
        let quoted = quoted.join(" or ");
        ensure!(
            wanted.contains(&outcome),
            "{case}{colon}`{outcome}` instead of {quoted}"
        );
        Ok(())
    }
}
