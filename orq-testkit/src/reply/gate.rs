//! A point in a script where the reply waits for the test.

use std::{
    fmt,
    future::{Future, poll_fn},
    mem,
    sync::{Arc, Mutex, MutexGuard, Weak},
    task::{Context, Poll, Waker},
};

use crate::{
    lock::lock,
    time::{Hold, TimeSource},
};

/// A point in a scripted [`Reply`](crate::Reply) where the reply waits until the test opens it.
///
/// A gate is closed at first. Once [open](Gate::open) it stays open, for every reply that has it. Clones share one
/// gate. While a reply waits at a closed gate, a [`ManualTimer`](crate::ManualTimer) doesn't move by itself, until the
/// test opens it. If all the test's clones are dropped before it was opened, it is a [stall](crate::Reply::stall), and
/// time goes on.
///
/// # Hangs
///
/// Futures run only while they are polled. Poll the call and the code that opens the gate together, with `join` or in
/// two tasks. Otherwise the test hangs without a message: at [`reached`](Gate::reached), because no call sends a
/// request, or in the call, because the gate is never opened. Virtual time stands still meanwhile, so no timeout of the
/// client ends this; a deadline in real time around the whole test does.
///
/// ```
/// use futures::future::join;
/// use orq_core::DeploymentRequest;
/// use orq_testkit::{Gate, MemoryTransport, Reply, fixture};
///
/// # futures::executor::block_on(async {
/// let memory = MemoryTransport::new();
/// let gate = Gate::new();
/// let events = fixture::transcript("Hello Jane").events(); // "Hello", " Jane", [DONE]
/// memory.reply(Reply::sse(&events[..1]).gate(&gate).events(&events[1..]));
///
/// let mut stream = memory.client().deployments().stream(&DeploymentRequest::new("chat")).await?;
/// assert_eq!(stream.next_text().await?, Some("Hello"));
///
/// let test = async {
///     gate.reached().await; // now the client waits for more
///     gate.open();
/// };
/// let (text, ()) = join(stream.next_text(), test).await;
/// assert_eq!(text?.as_deref(), Some(" Jane"));
/// # assert_eq!(stream.finish().await?.text().as_deref(), Some("Hello Jane"));
/// # Ok::<(), orq_core::Error>(())
/// # }).unwrap();
/// ```
#[derive(Clone, Default)]
pub struct Gate(Arc<Keeper>);

/// What the test's clones share. When the last one is dropped, the replies that wait are told.
#[derive(Default)]
struct Keeper(Arc<Shared>);

#[derive(Default)]
struct Shared(Mutex<GateState>);

#[derive(Default)]
struct GateState {
    reached: bool,
    passage: Passage,
    /// Replies at the gate and tests that wait for them.
    waiting: Vec<Waker>,
    /// The clocks that stand still as long as it is closed.
    held: Vec<Weak<Hold>>,
}

/// What becomes of a reply at the gate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Passage {
    #[default]
    Closed,
    Open,
    /// Nobody is left who could open it.
    Abandoned,
}

impl Gate {
    /// Creates a closed gate.
    pub fn new() -> Self {
        Self::default()
    }

    /// Opens the gate. It can't be closed again.
    pub fn open(&self) {
        self.0.0.let_pass(Passage::Open);
    }

    /// Waits until a reply has arrived at this gate, open or not. It is ready at once if one has. If no reply ever
    /// arrives, it [never ends](Gate#hangs).
    pub fn reached(&self) -> impl Future<Output = ()> + Send + 'static {
        let shared = Arc::clone(&self.0.0);
        poll_fn(move |cx| {
            let mut state = shared.lock();
            if state.reached {
                return Poll::Ready(());
            }
            state.wait(cx);
            Poll::Pending
        })
    }

    /// Returns whether a reply has arrived at this gate.
    pub fn is_reached(&self) -> bool {
        self.0.0.lock().reached
    }

    /// Returns whether the gate was opened.
    pub fn is_open(&self) -> bool {
        self.0.0.lock().passage == Passage::Open
    }

    /// The script's side of it.
    pub(crate) fn script_side(&self) -> GateInScript {
        GateInScript(Arc::clone(&self.0.0))
    }
}

impl fmt::Debug for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gate")
            .field("reached", &self.is_reached())
            .field("open", &self.is_open())
            .finish()
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        if self.0.lock().passage == Passage::Closed {
            self.0.let_pass(Passage::Abandoned);
        }
    }
}

/// A gate as a script holds it, which doesn't count as somebody who could open it.
#[derive(Clone)]
pub(crate) struct GateInScript(Arc<Shared>);

impl GateInScript {
    /// Waits until the gate is open. Meanwhile the clock doesn't move by itself, unless nobody is left who could open
    /// it.
    pub(super) async fn pass(self, clock: &TimeSource) {
        let mut hold = None;
        poll_fn(|cx| match self.poll_pass(cx) {
            Passage::Open => Poll::Ready(()),
            Passage::Closed => {
                hold.get_or_insert_with(|| self.hold(clock));
                Poll::Pending
            }
            Passage::Abandoned => {
                hold = None;
                Poll::Pending
            }
        })
        .await;
    }

    /// Comes to the gate. While it is closed, the task is woken when that changes.
    fn poll_pass(&self, cx: &mut Context<'_>) -> Passage {
        if !self.0.lock().reached {
            self.0.change(|state| state.reached = true);
        }
        let mut state = self.0.lock();
        if state.passage == Passage::Closed {
            state.wait(cx);
        }
        state.passage
    }

    /// Keeps the clock from moving by itself until the gate isn't closed any more, whether or not anybody comes here
    /// again to see that.
    fn hold(&self, clock: &TimeSource) -> Arc<Hold> {
        let hold = Arc::new(clock.hold());
        let mut state = self.0.lock();
        match state.passage {
            Passage::Closed => state.held.push(Arc::downgrade(&hold)),
            Passage::Open | Passage::Abandoned => {
                drop(state);
                hold.release();
            }
        }
        hold
    }
}

impl fmt::Debug for GateInScript {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Gate").field(&self.0.lock().passage).finish()
    }
}

impl Shared {
    fn let_pass(&self, passage: Passage) {
        let mut held = Vec::new();
        self.change(|state| {
            state.passage = passage;
            held = mem::take(&mut state.held);
        });
        held.iter()
            .filter_map(Weak::upgrade)
            .for_each(|hold| hold.release());
    }

    fn lock(&self) -> MutexGuard<'_, GateState> {
        lock(&self.0)
    }

    fn change(&self, change: impl FnOnce(&mut GateState)) {
        let waiting = {
            let mut state = self.lock();
            change(&mut state);
            mem::take(&mut state.waiting)
        };
        // Outside of the lock: a waker may run its task right here.
        waiting.into_iter().for_each(Waker::wake);
    }
}

impl GateState {
    fn wait(&mut self, cx: &Context<'_>) {
        if !self.waiting.iter().any(|waker| waker.will_wake(cx.waker())) {
            self.waiting.push(cx.waker().clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use futures::{FutureExt, executor::block_on, future::join};

    use super::*;

    fn passage(gate: &Gate) -> Passage {
        let script = gate.script_side();
        poll_fn(|cx| Poll::Ready(script.poll_pass(cx)))
            .now_or_never()
            .unwrap()
    }

    #[test]
    fn it_is_closed_until_it_is_opened() {
        let gate = Gate::new();
        assert!(!gate.is_reached() && !gate.is_open());
        assert_eq!(passage(&gate), Passage::Closed);
        assert!(gate.is_reached());
        gate.clone().open();
        assert!(gate.is_open());
        assert_eq!(passage(&gate), Passage::Open);
    }

    #[test]
    fn the_test_hears_that_it_is_reached_and_the_script_that_it_is_open() {
        let gate = Gate::new();
        let script = gate.script_side();
        let pass = poll_fn(|cx| match script.poll_pass(cx) {
            Passage::Closed => Poll::Pending,
            passage => Poll::Ready(passage),
        });
        let test = async {
            gate.reached().await;
            gate.open();
        };
        let (passage, ()) = block_on(join(pass, test));
        assert_eq!(passage, Passage::Open);
    }

    #[test]
    fn without_anybody_to_open_it_it_is_abandoned() {
        let gate = Gate::new();
        let script = gate.script_side();
        let clone = gate.clone();
        drop(gate);
        let mut passages = [Passage::Closed; 2];
        let look = || {
            poll_fn(|cx| Poll::Ready(script.poll_pass(cx)))
                .now_or_never()
                .unwrap()
        };
        passages[0] = look();
        drop(clone);
        passages[1] = look();
        assert_eq!(passages, [Passage::Closed, Passage::Abandoned]);
    }
}
