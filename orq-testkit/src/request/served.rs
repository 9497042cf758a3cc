//! What a server and the double behind it tell each other in extensions.

/// In the extensions of a request that came over a socket.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OverSocket;

/// What a request was about. It is in the response's extensions, for the server's log.
#[derive(Clone, Debug, Default)]
pub(crate) struct Served {
    /// The key of the deployment that the body named.
    pub(crate) deployment: Option<String>,
}
