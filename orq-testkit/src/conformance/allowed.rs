//! What a transport may say of each fault.

/// The outcomes of a check that are within the contract, each as `kind phase delivery` or `ok, 4 bytes`.
#[derive(Debug)]
pub(super) struct Allowed {
    /// The most that can be said. More than one where it is a matter of luck.
    pub(super) exact: &'static [&'static str],
    /// What is less exact and honest all the same.
    pub(super) also: &'static [&'static str],
}

/// Defines lists of outcomes under their names: the most exact ones, and after `also` the others.
macro_rules! outcomes {
    ($( $(#[$doc:meta])* $name:ident = [$($exact:literal),*] $(, also [$($also:literal),*])?; )*) => {
        $( $(#[$doc])* pub(super) const $name: Allowed = Allowed { exact: &[$($exact),*], also: &[$($($also),*)?] }; )*
    };
}

outcomes! {
    NO_CONNECTION = ["connect connect not_sent"];
    NO_TRUST = ["tls connect not_sent"];
    NO_TIME_TO_CONNECT = ["timeout connect not_sent"];
    HANDSHAKE_CUT = ["closed connect not_sent"], also ["tls connect not_sent", "connect connect not_sent"];
    TUNNEL_REFUSED = ["proxy connect not_sent"];
    TUNNEL_CUT = ["closed connect not_sent"], also ["connect connect not_sent", "proxy connect not_sent"];
    /// An address that isn't one of HTTP's, and what is no exchange.
    NOT_FOR_US = ["other connect not_sent"],
        also ["other send not_sent", "connect connect not_sent", "protocol connect not_sent", "protocol send not_sent"];
    /// Whether the close is seen before the request is written is a matter of luck.
    LOST_AT_ONCE = ["closed send not_sent", "closed send maybe_sent", "closed headers maybe_sent"];
    /// The system reports a reset once, to whoever reads or writes first.
    LOST_WHILE_SENDING = ["closed send maybe_sent", "closed headers maybe_sent"];
    NO_ANSWER = ["closed headers maybe_sent"], also ["closed send maybe_sent"];
    /// The server says that it did not begin. Who can't hear that doesn't know.
    NOT_BEGUN = ["closed send not_sent"],
        also ["closed headers not_sent", "closed send maybe_sent", "closed headers maybe_sent"];
    /// None of the request has left the machine, so that it may go out on another connection too.
    NOT_WRITTEN = ["closed send not_sent"], also ["closed send maybe_sent", "closed headers maybe_sent", "ok, 0 bytes"];
    HALF_A_HEAD = ["closed headers maybe_sent"], also ["protocol headers maybe_sent"];
    /// The status line may have been fine.
    BROKEN_HEAD = ["protocol headers maybe_sent"], also ["protocol headers answered"];
    /// Nobody must take so large a head, and anybody may.
    LARGE_HEAD = ["protocol headers maybe_sent"], also ["protocol headers answered", "ok, 0 bytes"];
    /// A head that has many headers and is no attack.
    LONG_HEAD = ["ok, 0 bytes"], also ["protocol headers maybe_sent", "protocol headers answered"];
    CUT_BODY = ["closed body answered"], also ["protocol body answered"];
    RESET_BODY = ["closed body answered"];
    BROKEN_BODY = ["protocol body answered"];
}
