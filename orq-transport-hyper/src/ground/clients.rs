//! Several HTTP clients, so that no HTTP/2 connection has more streams than the server allows.

use std::{
    iter,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use futures::{
    FutureExt,
    future::{BoxFuture, Shared},
};
use tokio::task::spawn_blocking;

type Make<C> = Arc<dyn Fn() -> Option<C> + Send + Sync>;
/// Whether a client was made, once that is known.
type Making = Shared<BoxFuture<'static, bool>>;

/// Clients of an HTTP library, each with its own pool. A pool has one HTTP/2 connection for each host, so a further client
/// means a further connection.
pub struct Clients<C> {
    make: Make<C>,
    most: usize,
    state: Arc<Mutex<State<C>>>,
}

struct State<C> {
    first: Arc<C>,
    further: Vec<Arc<C>>,
    /// The client that is being made.
    making: Option<Making>,
}

impl<C> State<C> {
    fn open(&self) -> impl Iterator<Item = &Arc<C>> {
        iter::once(&self.first).chain(&self.further)
    }
}

impl<C: Send + Sync + 'static> Clients<C> {
    /// Uses `first`, and creates the others by `make`, if it can, as soon as each has `most` exchanges.
    pub fn new(
        first: C,
        most: usize,
        make: impl Fn() -> Option<C> + Send + Sync + 'static,
    ) -> Self {
        let state = State {
            first: Arc::new(first),
            further: Vec::new(),
            making: None,
        };
        Self {
            make: Arc::new(make),
            most: most.max(1),
            state: Arc::new(Mutex::new(state)),
        }
    }

    /// Uses this one client for everything.
    pub fn fixed(client: C) -> Self {
        Self::new(client, usize::MAX, || None)
    }

    /// Returns a client that has fewer than the maximum of exchanges, to be held until the end of one. If no further client
    /// can be created, it is the one that has the fewest.
    pub async fn lease(&self) -> Arc<C> {
        loop {
            let making = {
                let mut state = lock(&self.state);
                let free = state.open().find(|it| Arc::strong_count(it) <= self.most);
                if let Some(free) = free {
                    return free.clone();
                }
                state.making.get_or_insert_with(|| self.start()).clone()
            };
            if !making.await {
                let mut state = lock(&self.state);
                state.making = None;
                let fewest = state.open().min_by_key(|it| Arc::strong_count(it));
                return fewest.unwrap_or(&state.first).clone();
            }
        }
    }

    /// Starts to create a client. It goes on if nobody waits for it any more.
    fn start(&self) -> Making {
        let (shared, make) = (self.state.clone(), self.make.clone());
        // It may read the platform's certificate authorities.
        let made = spawn_blocking(move || {
            let client = make();
            let is_made = client.is_some();
            let mut state = lock(&shared);
            state.making = None;
            state.further.extend(client.map(Arc::new));
            is_made
        });
        made.map(|made| made.unwrap_or(false)).boxed().shared()
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
    fn counted(most: usize, limit: usize) -> Clients<usize> {
        let next = AtomicUsize::new(1);
        Clients::new(0, most, move || {
            let number = next.fetch_add(1, Ordering::SeqCst);
            (number < limit).then_some(number)
        })
    }

    #[tokio::test]
    async fn a_client_has_at_most_so_many_exchanges() {
        let clients = counted(2, 9);
        let mut leases = Vec::new();
        for expected in [0, 0, 1, 1, 2] {
            let lease = clients.lease().await;
            assert_eq!(*lease, expected);
            leases.push(lease);
        }
        leases.remove(1);
        assert_eq!(*clients.lease().await, 0);
    }

    #[tokio::test]
    async fn a_client_that_is_given_serves_everything() {
        let clients = Clients::fixed(7);
        let leases = [clients.lease().await, clients.lease().await];
        assert_eq!(leases.map(|lease| *lease), [7, 7]);
    }

    #[tokio::test]
    async fn one_that_waits_unpolled_blocks_no_other() {
        let clients = counted(1, 9);
        let first = clients.lease().await;
        let mut waiting = Box::pin(clients.lease());
        assert!(poll!(&mut waiting).is_pending());
        drop(first);
        assert_eq!(*clients.lease().await, 0);
    }

    #[tokio::test]
    async fn a_client_is_made_once_for_all_that_wait_and_kept_if_they_go() {
        let clients = counted(1, 9);
        let _first = clients.lease().await;
        for _ in 0..5 {
            let mut waiting = Box::pin(clients.lease());
            assert!(poll!(&mut waiting).is_pending());
        }
        assert_eq!(*clients.lease().await, 1);
    }

    #[tokio::test]
    async fn without_a_further_client_the_least_used_one_serves() {
        let clients = counted(1, 2);
        let leases = [clients.lease().await, clients.lease().await];
        let third = clients.lease().await;
        assert_eq!((*third, *clients.lease().await), (0, 1));
        drop(leases);
    }
}
