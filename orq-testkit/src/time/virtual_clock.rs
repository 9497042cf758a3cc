//! What the clones of a timer share.

use std::{
    collections::{BTreeMap, BTreeSet},
    mem,
    sync::{Arc, Mutex},
    task::Waker,
    time::Duration,
};

/// Who moves the clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Advance {
    #[default]
    ByHand,
    ByItself,
}

/// One clock, shared by the clones of a timer and their sleeps.
pub(super) type SharedClock = Arc<Mutex<VirtualClock>>;

/// A clock at its epoch, which moves by hand unless it is set to move by itself.
#[derive(Default)]
pub(super) struct VirtualClock {
    pub(super) now: Duration,
    pub(super) advance: Advance,
    /// How many wait for something outside of this clock.
    pub(super) holds: usize,
    /// Counts whatever happens on this clock. While it stands, everything waits.
    pub(super) stirred: u64,
    next_id: u64,
    /// The sleeps that aren't due yet, by deadline; a waker once they were polled.
    pub(super) sleeps: BTreeMap<(Duration, u64), Option<Waker>>,
    /// The sleeps that are due, whose tasks were woken and didn't come yet.
    pub(super) called: BTreeSet<u64>,
}

/// Wakers, to be used outside of the lock: one may run its task right there.
pub(super) struct Wakers(Vec<Waker>);

impl Wakers {
    pub(super) fn wake(self) {
        self.0.into_iter().for_each(Waker::wake);
    }
}

impl VirtualClock {
    /// The deadline and the id of a new sleep.
    pub(super) fn begin_sleep(&mut self, duration: Duration) -> (Duration, u64) {
        let deadline = self.now.saturating_add(duration);
        let id = self.next_id;
        self.next_id += 1;
        self.stirred += 1;
        if deadline > self.now {
            self.sleeps.insert((deadline, id), None);
        }
        (deadline, id)
    }

    pub(super) fn next_deadline(&self) -> Option<Duration> {
        let ((deadline, _), _) = self.sleeps.first_key_value()?;
        Some(*deadline)
    }

    /// Whether this clock may move by itself now, and has somewhere to move to.
    pub(super) fn moves_by_itself(&self) -> bool {
        // A sleep to the end of time is somebody's way to say never.
        let somewhere = self
            .next_deadline()
            .is_some_and(|next| next < Duration::MAX);
        self.advance == Advance::ByItself && self.holds == 0 && somewhere
    }

    /// Moves the clock to where the next sleep is due, and gives that sleep's id and who is due with it.
    pub(super) fn move_to_next(&mut self) -> Option<(u64, Wakers)> {
        let ((deadline, id), _) = self.sleeps.first_key_value()?;
        let (deadline, id) = (*deadline, *id);
        Some((id, self.move_to(deadline)))
    }

    /// Moves the clock, and gives who is due by then, the earliest first.
    #[must_use]
    pub(super) fn move_to(&mut self, target: Duration) -> Wakers {
        self.now = self.now.max(target);
        self.stirred += 1;
        let first_left = (self.now, u64::MAX);
        let left = self.sleeps.split_off(&first_left);
        let due = mem::replace(&mut self.sleeps, left);
        let woken = |((_, id), waker): ((Duration, u64), Option<Waker>)| Some((id, waker?));
        let due: Vec<_> = due.into_iter().filter_map(woken).collect();
        self.called.extend(due.iter().map(|(id, _)| *id));
        Wakers(due.into_iter().map(|(_, waker)| waker).collect())
    }

    /// Everybody who sleeps.
    pub(super) fn sleepers(&self) -> Wakers {
        Wakers(self.sleeps.values().flatten().cloned().collect())
    }
}
