//! Virtual time.

use std::{fmt, sync::MutexGuard, time::Duration};

use orq_core::{Sleep, Timer};

use super::{
    sleep::ManualSleep,
    virtual_clock::{Advance, SharedClock, VirtualClock},
};
use crate::lock::lock;

/// A [`Timer`] in virtual time, which the test moves by hand or which moves by itself.
///
/// Clones share one clock. It needs no thread and no runtime: moving the clock wakes the sleeps that are due, and the
/// tasks that poll them continue. A ten-minute timeout therefore takes no real time.
///
/// A sleep starts when it is created, and a client's clocks start when its call is first polled.
///
/// # By hand
///
/// A timer from [`ManualTimer::new`] moves only when [`advance`](ManualTimer::advance) is called.
///
/// ```
/// use std::time::Duration;
///
/// use futures::{executor::block_on, future::join};
/// use orq_core::Timer;
/// use orq_testkit::ManualTimer;
///
/// let timer = ManualTimer::new();
/// let sleep = timer.sleep(Duration::from_secs(600));
/// block_on(join(sleep, async { timer.advance(Duration::from_secs(600)) }));
/// assert_eq!(timer.now(), Duration::from_secs(600));
/// ```
///
/// # By itself
///
/// A timer from [`ManualTimer::auto`] moves to the end of the next sleep as soon as everything waits. It detects that
/// by a sleep that was polled many times while nothing else happened on this clock. So it works with every executor,
/// and on one thread everything that can continue does so first.
///
/// - From the first [`advance`](ManualTimer::advance) or [`stop`](ManualTimer::stop) on, the clock moves by hand only.
/// - It stops while a script waits at a closed [`Gate`](crate::Gate), because a gate is opened from outside.
/// - It doesn't see activity in sockets and other threads, and doesn't wait for it: on a runtime with several threads,
///   a task may see a later time than it slept for. A test that waits for those moves the clock by hand, or puts a
///   [`Gate`](crate::Gate) into the script.
///
/// ```
/// use std::time::Duration;
///
/// use futures::executor::block_on;
/// use orq_core::Timer;
/// use orq_testkit::ManualTimer;
///
/// let timer = ManualTimer::auto();
/// block_on(timer.sleep(Duration::from_secs(600)));
/// assert_eq!(timer.now(), Duration::from_secs(600));
/// ```
#[derive(Clone, Default)]
pub struct ManualTimer(SharedClock);

impl ManualTimer {
    /// Creates a clock at its epoch, where [`now`](Timer::now) is zero. It moves by hand only.
    pub fn new() -> Self {
        Self::default()
    }

    /// Creates a clock at its epoch, where [`now`](Timer::now) is zero. It moves by itself.
    pub fn auto() -> Self {
        let timer = Self::default();
        timer.lock().advance = Advance::ByItself;
        timer
    }

    /// Moves the clock forward and wakes the sleeps that are due by then, the earliest first. From now on the clock
    /// moves by hand only.
    ///
    /// The tasks of the sleeps run when they are next polled; a sleep that they begin then starts at the new time.
    pub fn advance(&self, duration: Duration) {
        let due = {
            let mut clock = self.lock();
            clock.advance = Advance::ByHand;
            let target = clock.now.saturating_add(duration);
            clock.move_to(target)
        };
        due.wake();
    }

    /// Moves the clock to the moment at which the next sleep is due, and returns by how much it moved. From now on
    /// the clock moves by hand only.
    ///
    /// Without any sleep the clock doesn't move, and the result is `None`. A sleep exists from its creation, polled or
    /// not, until it is dropped.
    pub fn advance_to_next_sleep(&self) -> Option<Duration> {
        let left = self.next_sleep()?;
        self.advance(left);
        Some(left)
    }

    /// Stops the clock: from now on it moves by hand only.
    pub fn stop(&self) {
        self.advance(Duration::ZERO);
    }

    /// Returns the time until the next sleep is due, or `None` without any.
    pub fn next_sleep(&self) -> Option<Duration> {
        let clock = self.lock();
        Some(clock.next_deadline()?.saturating_sub(clock.now))
    }

    /// Says that something happened, so that not everything waits.
    pub(crate) fn stir(&self) {
        self.lock().stirred += 1;
    }

    /// Keeps the clock from moving by itself until [`release`](Self::release) is called as often.
    pub(crate) fn hold(&self) {
        self.lock().holds += 1;
    }

    pub(crate) fn release(&self) {
        let sleeping = {
            let mut clock = self.lock();
            clock.holds = clock.holds.saturating_sub(1);
            clock.stirred += 1;
            clock.sleepers()
        };
        // They stopped looking whether everything waits.
        sleeping.wake();
    }

    fn lock(&self) -> MutexGuard<'_, VirtualClock> {
        lock(&self.0)
    }
}

impl Timer for ManualTimer {
    fn now(&self) -> Duration {
        self.lock().now
    }

    fn sleep(&self, duration: Duration) -> Sleep {
        Box::pin(ManualSleep::new(self.0.clone(), duration))
    }
}

impl fmt::Debug for ManualTimer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let clock = self.lock();
        f.debug_struct("ManualTimer")
            .field("now", &clock.now)
            .field("sleeps", &clock.sleeps.len())
            .field("advance", &clock.advance)
            .finish()
    }
}

#[cfg(test)]
mod tests;
