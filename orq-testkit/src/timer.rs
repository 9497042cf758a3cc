//! A clock that moves only when the test says so.

use std::{
    collections::BTreeMap,
    fmt,
    future::Future,
    mem,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker},
    time::Duration,
};

use orq_core::{Sleep, Timer};

/// A [`Timer`] in virtual time. It stands still until [`advance`](ManualTimer::advance) moves it.
///
/// Clones share one clock. There is no thread and no runtime behind it: moving the clock wakes the sleeps that
/// are due, and whoever polls them goes on. A ten-minute timeout therefore takes no time at all.
///
/// A sleep's time counts from its making, and a client's clocks start when its call is polled first: poll the call,
/// then advance.
///
/// The wall clock starts at 2026-01-01T00:00:00Z and moves along; [`set_wall`](ManualTimer::set_wall) changes it.
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
#[derive(Clone)]
pub struct ManualTimer(Arc<Mutex<Clock>>);

/// 2026-01-01T00:00:00Z, since the Unix epoch.
const WALL_START: Duration = Duration::from_secs(1_767_225_600);

struct Clock {
    now: Duration,
    /// What the wall clock showed when `now` was `wall_set_at`.
    wall: Duration,
    wall_set_at: Duration,
    next_id: u64,
    /// The sleeps that aren't due yet, by deadline; a waker once they were polled.
    sleeps: BTreeMap<(Duration, u64), Option<Waker>>,
}

impl ManualTimer {
    /// A clock at its epoch: [`now`](Timer::now) is zero.
    pub fn new() -> Self {
        Self(Arc::new(Mutex::new(Clock {
            now: Duration::ZERO,
            wall: WALL_START,
            wall_set_at: Duration::ZERO,
            next_id: 0,
            sleeps: BTreeMap::new(),
        })))
    }

    /// Moves the clock forward and wakes the sleeps that are due by then, the earliest first.
    ///
    /// They run when their tasks are polled next; a sleep that they begin then counts from the new time.
    pub fn advance(&self, duration: Duration) {
        let target = self.lock().now.saturating_add(duration);
        self.move_to(target);
    }

    /// Moves the clock to the moment at which the next sleep is due, and returns by how much it moved.
    ///
    /// Without any sleep the clock stays and the answer is `None`. Sleeps count from when they were asked for,
    /// polled or not, until they are dropped.
    pub fn advance_to_next_sleep(&self) -> Option<Duration> {
        let (now, deadline) = {
            let clock = self.lock();
            let ((deadline, _), _) = clock.sleeps.first_key_value()?;
            (clock.now, *deadline)
        };
        self.move_to(deadline);
        Some(deadline.saturating_sub(now))
    }

    /// Sets the wall clock to `wall`, a time since the Unix epoch. Sleeps and [`now`](Timer::now) don't change.
    pub fn set_wall(&self, wall: Duration) {
        let mut clock = self.lock();
        clock.wall = wall;
        clock.wall_set_at = clock.now;
    }

    fn move_to(&self, target: Duration) {
        let due = {
            let mut clock = self.lock();
            clock.now = clock.now.max(target);
            let first_left = (clock.now, u64::MAX);
            let left = clock.sleeps.split_off(&first_left);
            mem::replace(&mut clock.sleeps, left)
        };
        // Outside of the lock: a waker may run its task right here.
        due.into_values().flatten().for_each(Waker::wake);
    }

    fn lock(&self) -> MutexGuard<'_, Clock> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for ManualTimer {
    fn default() -> Self {
        Self::new()
    }
}

impl Timer for ManualTimer {
    fn now(&self) -> Duration {
        self.lock().now
    }

    fn wall(&self) -> Duration {
        let clock = self.lock();
        let since = clock.now.saturating_sub(clock.wall_set_at);
        clock.wall.saturating_add(since)
    }

    fn sleep(&self, duration: Duration) -> Sleep {
        let mut clock = self.lock();
        let deadline = clock.now.saturating_add(duration);
        let id = clock.next_id;
        clock.next_id += 1;
        if deadline > clock.now {
            clock.sleeps.insert((deadline, id), None);
        }
        Box::pin(ManualSleep {
            timer: self.clone(),
            deadline,
            id,
        })
    }
}

impl fmt::Debug for ManualTimer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let clock = self.lock();
        f.debug_struct("ManualTimer")
            .field("now", &clock.now)
            .field("sleeps", &clock.sleeps.len())
            .finish()
    }
}

struct ManualSleep {
    timer: ManualTimer,
    deadline: Duration,
    id: u64,
}

impl Future for ManualSleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mut clock = self.timer.lock();
        if clock.now >= self.deadline {
            return Poll::Ready(());
        }
        let waker = Some(cx.waker().clone());
        let replaced = clock.sleeps.insert((self.deadline, self.id), waker);
        // After the lock is given back: dropping a waker may drop a task that holds a sleep of this timer.
        drop(clock);
        drop(replaced);
        Poll::Pending
    }
}

impl Drop for ManualSleep {
    fn drop(&mut self) {
        let removed = self.timer.lock().sleeps.remove(&(self.deadline, self.id));
        // Here the lock is given back already, for the same reason as above.
        drop(removed);
    }
}

#[cfg(test)]
mod tests {
    use futures::{FutureExt, executor::block_on, future::join};

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn sleeps_end_when_their_time_has_come_and_no_sooner() {
        let timer = ManualTimer::new();
        let mut sleep = timer.sleep(2 * SECOND);
        assert!((&mut sleep).now_or_never().is_none());
        timer.advance(SECOND);
        assert!((&mut sleep).now_or_never().is_none());
        timer.advance(SECOND);
        assert!(sleep.now_or_never().is_some());
        assert_eq!(timer.now(), 2 * SECOND);
    }

    #[test]
    fn a_sleep_counts_from_when_it_was_asked_for() {
        let timer = ManualTimer::new();
        let sleep = timer.sleep(SECOND);
        timer.advance(SECOND);
        assert!(sleep.now_or_never().is_some());
        assert!(timer.sleep(Duration::ZERO).now_or_never().is_some());
    }

    #[test]
    fn advancing_wakes_a_waiting_task() {
        let timer = ManualTimer::new();
        let clone = timer.clone();
        let slept = async {
            clone.sleep(SECOND).await;
            clone.now()
        };
        let (at, ()) = block_on(join(slept, async { timer.advance(3 * SECOND) }));
        assert_eq!(at, 3 * SECOND);
    }

    #[test]
    fn the_next_sleep_can_be_found_and_a_dropped_one_is_forgotten() {
        let timer = ManualTimer::new();
        assert_eq!(timer.advance_to_next_sleep(), None);
        let dropped = timer.sleep(SECOND);
        let kept = timer.sleep(5 * SECOND);
        drop(dropped);
        assert_eq!(timer.advance_to_next_sleep(), Some(5 * SECOND));
        assert!(kept.now_or_never().is_some());
        assert_eq!(timer.advance_to_next_sleep(), None);
    }

    #[test]
    fn the_wall_clock_moves_along_and_can_be_set() {
        let timer = ManualTimer::new();
        timer.advance(SECOND);
        assert_eq!(timer.wall(), WALL_START + SECOND);
        timer.set_wall(100 * SECOND);
        assert_eq!(timer.wall(), 100 * SECOND);
        timer.advance(SECOND);
        assert_eq!(timer.wall(), 101 * SECOND);
        assert_eq!(timer.now(), 2 * SECOND);
    }

    #[test]
    fn the_end_of_time_is_reached_without_overflow() {
        let timer = ManualTimer::new();
        timer.advance(SECOND);
        let never = timer.sleep(Duration::MAX);
        timer.advance(Duration::MAX);
        assert!(never.now_or_never().is_some());
        assert_eq!(timer.wall(), Duration::MAX);
    }
}
