//! A sleep in virtual time.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use super::virtual_clock::SharedClock;
use crate::lock::lock;

/// How often a sleep is polled in vain before it concludes that everything waits. Each time its task goes to the end
/// of the executor's queue, so that a chain of this many tasks may wake each other in the meantime.
const ROUNDS: usize = 32;

/// How often the sleeps of a clock are polled together before one concludes that. An executor looks after some tasks
/// only now and then while others keep it busy: tokio polls the future of `block_on`, and the tasks that yielded,
/// after 61 others. So fewer sleeps make more rounds.
const POLLS: usize = 1024;

/// How often a sleep is polled in vain while a task that was woken didn't come, before it concludes that this one will
/// not come. Its thread may have been put aside between two of its polls, or nobody asks that sleep any more.
const PATIENCE: usize = 200_000;

pub(super) struct ManualSleep {
    clock: SharedClock,
    deadline: Duration,
    id: u64,
    /// What had happened on the clock when this sleep was polled last.
    stirred: u64,
    /// How often it was polled since, with nothing happening.
    rounds: usize,
}

impl ManualSleep {
    pub(super) fn new(clock: SharedClock, duration: Duration) -> Self {
        let (deadline, id) = lock(&clock).begin_sleep(duration);
        Self {
            clock,
            deadline,
            id,
            stirred: 0,
            rounds: 0,
        }
    }
}

impl Future for ManualSleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = &mut *self;
        let mut clock = lock(&this.clock);
        if clock.now >= this.deadline {
            clock.stirred += 1;
            clock.called.remove(&this.id);
            return Poll::Ready(());
        }
        let waker = Some(cx.waker().clone());
        let replaced = clock.sleeps.insert((this.deadline, this.id), waker);
        let by_itself = clock.moves_by_itself();
        let mut moved = None;
        if by_itself {
            this.rounds = match this.stirred == clock.stirred {
                true => this.rounds + 1,
                false => 0,
            };
            let enough = match clock.called.is_empty() {
                true => ROUNDS.max(POLLS / clock.sleeps.len()),
                false => PATIENCE,
            };
            if this.rounds >= enough {
                clock.called.clear();
                // Whoever is woken now must have its turn before this sleep moves the clock again.
                this.rounds = 0;
                moved = clock.move_to_next();
            }
            this.stirred = clock.stirred;
        }
        // After the lock is given back: a waker that is dropped or used may run a task that has a sleep of this timer.
        drop(clock);
        drop(replaced);
        if by_itself {
            cx.waker().wake_by_ref();
        }
        let Some((first, due)) = moved else {
            return Poll::Pending;
        };
        due.wake();
        // Of sleeps that are due together the one that was begun first ends first: it is asked first as a rule, and
        // was Pending in this round already.
        if first != this.id {
            return Poll::Pending;
        }
        lock(&this.clock).called.remove(&this.id);
        Poll::Ready(())
    }
}

impl Drop for ManualSleep {
    fn drop(&mut self) {
        let mut clock = lock(&self.clock);
        let removed = clock.sleeps.remove(&(self.deadline, self.id));
        clock.called.remove(&self.id);
        clock.stirred += 1;
        // After the lock is given back, for the same reason as above.
        drop(clock);
        drop(removed);
    }
}
