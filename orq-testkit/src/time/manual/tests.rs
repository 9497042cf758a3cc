//! What virtual time promises.

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
fn the_end_of_time_is_reached_without_overflow() {
    let timer = ManualTimer::new();
    timer.advance(SECOND);
    let never = timer.sleep(Duration::MAX);
    timer.advance(Duration::MAX);
    assert!(never.now_or_never().is_some());
    assert_eq!(timer.now(), Duration::MAX);
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
    tokio::spawn(
        async move { while to_test.send(()).is_ok() && from_test.recv().await.is_some() {} },
    );
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
    for _ in 0..5000 {
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
    for _ in 0..5000 {
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
    for _ in 0..5000 {
        assert!((&mut never).now_or_never().is_none());
    }
    assert_eq!(timer.now(), Duration::ZERO);
}
