//! Virtual time.

mod clock;
mod sleep;

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::Waker,
    time::Duration,
};

use orq_core::{Sleep, Timer};

use self::{
    clock::{Advance, Clock},
    sleep::ManualSleep,
};

/// A [`Timer`] in virtual time, which the test moves by hand or which moves by itself.
///
/// Clones share one clock. There is no thread and no runtime behind it: moving the clock wakes the sleeps that
/// are due, and whoever polls them goes on. A ten-minute timeout therefore takes no time at all.
///
/// A sleep's time counts from its making, and a client's clocks start when its call is polled first.
///
/// The wall clock starts at 2026-01-01T00:00:00Z and moves along; [`set_wall`](ManualTimer::set_wall) changes it.
///
/// # By hand
///
/// [`ManualTimer::new`] stands still until [`advance`](ManualTimer::advance) moves it.
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
/// [`ManualTimer::auto`] moves to the next sleep's end as soon as everything waits: a sleep that was polled many times
/// over, while nothing else happened on this clock, ends the waiting. So it works under every executor, and on one
/// thread everything that can go on does so first.
///
/// - The first [`advance`](ManualTimer::advance), or [`stop`](ManualTimer::stop), takes the clock in hand: from then on
///   it moves by hand only.
/// - It stands still while a script waits at a closed [`Gate`](crate::Gate), because a gate is opened from outside.
/// - It doesn't know what goes on in sockets and other threads, and doesn't wait for them: on a runtime with several
///   threads, a task may see a later time than it slept for. A test that waits for those takes the clock in hand, or
///   gives a [`Gate`](crate::Gate) to the script.
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
#[derive(Clone)]
pub struct ManualTimer(Arc<Mutex<Clock>>);

impl ManualTimer {
    /// A clock at its epoch, where [`now`](Timer::now) is zero. It moves by hand.
    pub fn new() -> Self {
        Self(Arc::new(Mutex::new(Clock::new(Advance::ByHand))))
    }

    /// A clock at its epoch, where [`now`](Timer::now) is zero. It moves by itself.
    pub fn auto() -> Self {
        Self(Arc::new(Mutex::new(Clock::new(Advance::ByItself))))
    }

    /// Moves the clock forward and wakes the sleeps that are due by then, the earliest first. From now on the clock
    /// moves by hand only.
    ///
    /// The sleeps' tasks run when they are polled next; a sleep that they begin then counts from the new time.
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
    /// Without any sleep the clock stays and the answer is `None`. Sleeps count from when they were asked for,
    /// polled or not, until they are dropped.
    pub fn advance_to_next_sleep(&self) -> Option<Duration> {
        let left = self.next_sleep()?;
        self.advance(left);
        Some(left)
    }

    /// From now on the clock moves by hand only.
    pub fn stop(&self) {
        self.advance(Duration::ZERO);
    }

    /// How long it is until the next sleep is due, or `None` without any.
    pub fn next_sleep(&self) -> Option<Duration> {
        let clock = self.lock();
        Some(clock.next_deadline()?.saturating_sub(clock.now))
    }

    /// Sets the wall clock to `wall`, a time since the Unix epoch. Sleeps and [`now`](Timer::now) don't change.
    pub fn set_wall(&self, wall: Duration) {
        self.lock().set_wall(wall);
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

    fn lock(&self) -> MutexGuard<'_, Clock> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Wakers, to be used outside of the lock: one may run its task right there.
struct Wakers(Vec<Waker>);

impl Wakers {
    fn wake(self) {
        self.0.into_iter().for_each(Waker::wake);
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
        self.lock().wall()
    }

    fn sleep(&self, duration: Duration) -> Sleep {
        let (deadline, id) = self.lock().begin_sleep(duration);
        Box::pin(ManualSleep::new(self.clone(), deadline, id))
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
mod tests {
    use std::task::Poll;

    use futures::{FutureExt, StreamExt, executor::block_on, future::join};

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
        assert_eq!(timer.wall(), clock::WALL_START + SECOND);
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

    #[test]
    fn by_itself_it_moves_from_sleep_to_sleep() {
        let timer = ManualTimer::auto();
        let order = std::sync::Mutex::new(Vec::new());
        let sleeper = |seconds: u32| {
            let (timer, order) = (timer.clone(), &order);
            async move {
                timer.sleep(seconds * SECOND).await;
                order.lock().unwrap().push((seconds, timer.now()));
            }
        };
        block_on(futures::future::join3(sleeper(3), sleeper(1), sleeper(2)));
        let expected = [1, 2, 3].map(|seconds| (seconds, seconds * SECOND));
        assert_eq!(*order.lock().unwrap(), expected);
    }

    #[test]
    fn of_sleeps_that_are_due_together_the_first_one_ends_first() {
        for outer_first in [true, false] {
            let timer = ManualTimer::auto();
            let outer = timer.sleep(SECOND);
            let inner = timer.sleep(SECOND);
            let (a, b) = if outer_first {
                (outer, inner)
            } else {
                (inner, outer)
            };
            let first = match block_on(futures::future::select(a, b)) {
                futures::future::Either::Left(_) => outer_first,
                futures::future::Either::Right(_) => !outer_first,
            };
            assert!(first, "outer polled first: {outer_first}");
        }
    }

    #[test]
    fn by_itself_it_waits_for_whoever_can_go_on() {
        let timer = ManualTimer::auto();
        let (mut to, mut from) = futures::channel::mpsc::unbounded();
        let worker = async {
            for step in 0..20 {
                to.start_send(step).unwrap();
                // As long as others than the clock have something to do, it isn't its turn.
                let mut turns = 0;
                std::future::poll_fn(|cx| {
                    turns += 1;
                    cx.waker().wake_by_ref();
                    if turns > 3 {
                        Poll::Ready(())
                    } else {
                        Poll::Pending
                    }
                })
                .await;
                timer.stir();
            }
            assert_eq!(timer.now(), Duration::ZERO);
            drop(to);
        };
        let reader = async { while from.next().await.is_some() {} };
        block_on(futures::future::join3(worker, reader, timer.sleep(SECOND)));
        assert_eq!(timer.now(), SECOND);
    }

    #[test]
    fn whoever_is_woken_has_a_turn_before_the_clock_moves_on() {
        let timer = ManualTimer::auto();
        let mut first = timer.sleep(SECOND);
        let mut second = timer.sleep(2 * SECOND);
        assert!((&mut first).now_or_never().is_none());
        let mut polls_until = |time| {
            (0..)
                .take_while(|_| (&mut second).now_or_never().is_none() && timer.now() < time)
                .count()
        };
        assert!(polls_until(SECOND) >= 32);
        assert!(polls_until(2 * SECOND) >= 32);
    }

    #[tokio::test]
    async fn a_spawned_sleep_lets_the_tests_own_future_go_first() {
        let timer = ManualTimer::auto();
        let (to_test, mut from_task) = tokio::sync::mpsc::unbounded_channel();
        let (to_task, mut from_test) = tokio::sync::mpsc::unbounded_channel();
        tokio::spawn(timer.sleep(SECOND));
        tokio::spawn(async move {
            while to_test.send(()).is_ok() && from_test.recv().await.is_some() {}
        });
        for _ in 0..4 {
            from_task.recv().await.unwrap();
            tokio::task::yield_now().await;
            assert_eq!(timer.now(), Duration::ZERO);
            to_task.send(()).unwrap();
        }
    }

    #[test]
    fn taken_in_hand_it_moves_no_more_by_itself() {
        let timer = ManualTimer::auto();
        timer.stop();
        let mut sleep = timer.sleep(SECOND);
        for _ in 0..1000 {
            assert!((&mut sleep).now_or_never().is_none());
        }
        timer.advance(SECOND);
        assert!(sleep.now_or_never().is_some());
    }

    #[test]
    fn held_it_stands_still_until_it_is_released() {
        let timer = ManualTimer::auto();
        timer.hold();
        let mut sleep = timer.sleep(SECOND);
        for _ in 0..1000 {
            assert!((&mut sleep).now_or_never().is_none());
        }
        let released = async { timer.release() };
        block_on(join(sleep, released));
        assert_eq!(timer.now(), SECOND);
    }

    #[test]
    fn it_does_not_run_to_the_end_of_time() {
        let timer = ManualTimer::auto();
        let mut never = timer.sleep(Duration::MAX);
        for _ in 0..1000 {
            assert!((&mut never).now_or_never().is_none());
        }
        assert_eq!(timer.now(), Duration::ZERO);
    }
}
