//! Several HTTP clients, so that no HTTP/2 connection has more streams than the server allows.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures::{
    FutureExt,
    future::{BoxFuture, Shared},
};
use orq_core::transport::{TransportError, TransportErrorKind as Kind};
use tokio::task::spawn_blocking;

use crate::{build_error::BuildError, verdict::refused};

type Make<K, C> = Arc<dyn Fn(&K) -> Result<C, BuildError> + Send + Sync>;
type Making = Shared<BoxFuture<'static, Result<(), Arc<str>>>>;

/// Clients of an HTTP library, each with its own pool. A pool has one HTTP/2 connection for each host, so a further client
/// means a further connection.
///
/// The clients differ by a key `K`, such as the proxy that they use.
pub struct Clients<K, C> {
    make: Make<K, C>,
    most: usize,
    state: Arc<Mutex<State<K, C>>>,
}

struct State<K, C> {
    open: Vec<Lease<K, C>>,
    /// The client that is being made.
    making: Option<(K, Making)>,
}

/// A client, for the time of one exchange.
pub type Lease<K, C> = Arc<Client<K, C>>;

/// A client with its key.
pub struct Client<K, C> {
    key: K,
    /// The client of the HTTP library.
    pub client: C,
}

const UNLIMITED: usize = usize::MAX;

impl<K, C> Clients<K, C>
where
    K: Clone + PartialEq + Send + Sync + 'static,
    C: Send + Sync + 'static,
{
    /// Uses `first`, which is for `key`, and creates the others by `make` as soon as each has `most` exchanges.
    pub fn new(
        key: K,
        first: C,
        most: usize,
        make: impl Fn(&K) -> Result<C, BuildError> + Send + Sync + 'static,
    ) -> Self {
        let open = vec![Arc::new(Client { key, client: first })];
        Self {
            make: Arc::new(make),
            most: most.max(1),
            state: Arc::new(Mutex::new(State { open, making: None })),
        }
    }

    /// Uses this one client for everything.
    pub fn fixed(key: K, client: C) -> Self {
        Self::new(key, client, UNLIMITED, |_| {
            Err(BuildError::new("there is no further client", "it is fixed"))
        })
    }

    /// Returns a client for `key` that has fewer than the maximum of exchanges. If no further one can be created, it is
    /// the one that has the fewest.
    ///
    /// # Errors
    ///
    /// An error with the delivery `not_sent`, if there is no client for `key` and none can be created.
    pub async fn lease(&self, key: K) -> Result<Lease<K, C>, TransportError> {
        let fits = |client: &&Lease<K, C>| self.most == UNLIMITED || client.key == key;
        loop {
            let making = {
                let mut state = lock(&self.state);
                let mut clients = state.open.iter().filter(fits);
                if let Some(free) = clients.find(|it| Arc::strong_count(it) <= self.most) {
                    return Ok(free.clone());
                }
                match &state.making {
                    Some((of, making)) if *of == key => making.clone(),
                    _ => self.start(&mut state, key.clone()),
                }
            };
            if let Err(why) = making.await {
                let mut state = lock(&self.state);
                state.making = None;
                let clients = state.open.iter().filter(fits);
                let fewest = clients.min_by_key(|it| Arc::strong_count(it)).cloned();
                return fewest.ok_or_else(|| refused(Kind::Other, why.to_string()));
            }
        }
    }

    /// Starts to create a client. It goes on if nobody waits for it any more.
    fn start(&self, state: &mut State<K, C>, key: K) -> Making {
        let (shared, make, of) = (self.state.clone(), self.make.clone(), key.clone());
        // It may read the platform's certificate authorities.
        let made = spawn_blocking(move || {
            let client = make(&of);
            let mut state = lock(&shared);
            state.making = None;
            let client =
                client.map_err(|error| Arc::from(orq_core::Error::from(error).to_string()))?;
            state.open.push(Arc::new(Client { key: of, client }));
            Ok(())
        });
        let made = made.map(|made| made.unwrap_or_else(|error| Err(error.to_string().into())));
        let making = made.boxed().shared();
        state.making = Some((key, making.clone()));
        making
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use futures::poll;

    use super::*;

    /// Each client is a number, counted from 0; there are at most `limit`.
    fn counted(most: usize, limit: usize) -> Clients<bool, usize> {
        let next = AtomicUsize::new(1);
        Clients::new(false, 0, most, move |_| {
            match next.fetch_add(1, Ordering::SeqCst) {
                number if number < limit => Ok(number),
                _ => Err(BuildError::new("no more", "the limit")),
            }
        })
    }

    #[tokio::test]
    async fn a_client_has_at_most_so_many_exchanges() {
        let clients = counted(2, 9);
        let mut leases = Vec::new();
        for expected in [0, 0, 1, 1, 2] {
            let lease = clients.lease(false).await.unwrap();
            assert_eq!(lease.client, expected);
            leases.push(lease);
        }
        leases.remove(1);
        assert_eq!(clients.lease(false).await.unwrap().client, 0);
    }

    #[tokio::test]
    async fn clients_of_different_keys_are_different() {
        let clients = counted(100, 9);
        assert_eq!(clients.lease(true).await.unwrap().client, 1);
        assert_eq!(clients.lease(false).await.unwrap().client, 0);
        assert_eq!(clients.lease(true).await.unwrap().client, 1);
    }

    #[tokio::test]
    async fn a_client_that_is_given_serves_everything() {
        let clients = Clients::fixed(false, 7);
        let leases = [clients.lease(true).await, clients.lease(false).await];
        assert!(leases.iter().all(|it| it.as_ref().unwrap().client == 7));
    }

    #[tokio::test]
    async fn one_that_waits_unpolled_blocks_no_other() {
        let clients = counted(1, 9);
        let first = clients.lease(false).await.unwrap();
        let mut waiting = Box::pin(clients.lease(false));
        assert!(poll!(&mut waiting).is_pending());
        drop(first);
        assert_eq!(clients.lease(false).await.unwrap().client, 0);
    }

    #[tokio::test]
    async fn a_client_is_made_once_for_all_that_wait_and_kept_if_they_go() {
        let clients = counted(1, 9);
        let _first = clients.lease(false).await.unwrap();
        for _ in 0..5 {
            let mut waiting = Box::pin(clients.lease(false));
            assert!(poll!(&mut waiting).is_pending());
        }
        assert_eq!(clients.lease(false).await.unwrap().client, 1);
    }

    #[tokio::test]
    async fn without_a_further_client_the_least_used_one_serves() {
        let clients = counted(1, 2);
        let leases = [clients.lease(false).await, clients.lease(false).await];
        let third = clients.lease(false).await.unwrap().client;
        assert_eq!(third, 0);
        drop(leases);
        let error = clients.lease(true).await.err().unwrap();
        assert_eq!(error.delivery().as_str(), "not_sent");
    }
}
