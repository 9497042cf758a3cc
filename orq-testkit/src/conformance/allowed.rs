//! What a transport may say of each fault.

/// The outcomes of a check that are within the contract, each as `kind phase delivery` or `ok, 4 bytes`.
#[derive(Debug)]
pub(super) struct Allowed {
    /// The most that can be said. More than one where it is a matter of luck.
    pub(super) exact: &'static [&'static str],
    /// What is less exact and honest all the same.
    pub(super) also: &'static [&'static str],
}

impl Allowed {
    pub(super) fn holds(&self, outcome: &str) -> bool {
        self.exact.contains(&outcome) || self.also.contains(&outcome)
    }
}

const fn exactly(exact: &'static [&'static str]) -> Allowed {
    Allowed { exact, also: &[] }
}

const fn allowed(exact: &'static [&'static str], also: &'static [&'static str]) -> Allowed {
    Allowed { exact, also }
}

pub(super) const NO_CONNECTION: Allowed = exactly(&["connect connect not_sent"]);

pub(super) const NO_TRUST: Allowed = exactly(&["tls connect not_sent"]);

pub(super) const NO_TIME_TO_CONNECT: Allowed = exactly(&["timeout connect not_sent"]);

pub(super) const HANDSHAKE_CUT: Allowed = allowed(
    &["closed connect not_sent"],
    &["tls connect not_sent", "connect connect not_sent"],
);

pub(super) const TUNNEL_REFUSED: Allowed = exactly(&["proxy connect not_sent"]);

pub(super) const TUNNEL_CUT: Allowed = allowed(
    &["closed connect not_sent"],
    &["connect connect not_sent", "proxy connect not_sent"],
);

/// An address that isn't one of HTTP's, and what is no exchange.
pub(super) const NOT_FOR_US: Allowed = allowed(
    &["other connect not_sent"],
    &[
        "other send not_sent",
        "connect connect not_sent",
        "protocol connect not_sent",
        "protocol send not_sent",
    ],
);

/// Whether the close is seen before the request is written is a matter of luck.
pub(super) const LOST_AT_ONCE: Allowed = exactly(&[
    "closed send not_sent",
    "closed send maybe_sent",
    "closed headers maybe_sent",
]);

/// The system reports a reset once, to whoever reads or writes first.
pub(super) const LOST_WHILE_SENDING: Allowed =
    exactly(&["closed send maybe_sent", "closed headers maybe_sent"]);

pub(super) const NO_ANSWER: Allowed =
    allowed(&["closed headers maybe_sent"], &["closed send maybe_sent"]);

/// The server says that it did not begin. Who can't hear that doesn't know.
pub(super) const NOT_BEGUN: Allowed = allowed(
    &["closed send not_sent"],
    &[
        "closed headers not_sent",
        "closed send maybe_sent",
        "closed headers maybe_sent",
    ],
);

/// None of the request has left the machine, so that it may go out on another connection too.
pub(super) const NOT_WRITTEN: Allowed = allowed(
    &["closed send not_sent"],
    &[
        "closed send maybe_sent",
        "closed headers maybe_sent",
        "ok, 0 bytes",
    ],
);

pub(super) const HALF_A_HEAD: Allowed = allowed(
    &["closed headers maybe_sent"],
    &["protocol headers maybe_sent"],
);

/// The status line may have been fine.
pub(super) const BROKEN_HEAD: Allowed = allowed(
    &["protocol headers maybe_sent"],
    &["protocol headers answered"],
);

/// Nobody must take so large a head, and anybody may.
pub(super) const LARGE_HEAD: Allowed = allowed(
    &["protocol headers maybe_sent"],
    &["protocol headers answered", "ok, 0 bytes"],
);

/// A head that has many headers and is no attack.
pub(super) const LONG_HEAD: Allowed = allowed(
    &["ok, 0 bytes"],
    &["protocol headers maybe_sent", "protocol headers answered"],
);

pub(super) const CUT_BODY: Allowed =
    allowed(&["closed body answered"], &["protocol body answered"]);

pub(super) const RESET_BODY: Allowed = exactly(&["closed body answered"]);

pub(super) const BROKEN_BODY: Allowed = exactly(&["protocol body answered"]);
