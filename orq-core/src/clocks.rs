//! The timeouts of a call: settings, defaults, and waiting with a timeout.

use std::{
    future::{Future, poll_fn},
    pin::pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use futures::{
    FutureExt,
    future::{Either, select},
};
use sync_wrapper::SyncWrapper;

use crate::{
    error::{Clock, Error, ErrorKind},
    time::{Sleep, Timer},
    transport::{Delivery, Phase},
};

const HEAD: Duration = Duration::from_secs(600);
const IDLE: Duration = Duration::from_secs(300);
const UNARY_CALL: Duration = Duration::from_secs(600);

/// The setting of one timeout: `None` if unset, `Some(None)` if disabled, or a duration.
pub(crate) type Setting = Option<Option<Duration>>;

/// The settings of all timeouts, for a client or for one call.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Clocks {
    pub(crate) call: Setting,
    pub(crate) head: Setting,
    pub(crate) idle: Setting,
    pub(crate) event: Setting,
}

impl Clocks {
    /// Returns an error if a timeout was set but there is no timer.
    pub(crate) fn check(&self, has_timer: bool) -> Result<(), Error> {
        let mut settings = [self.call, self.head, self.idle, self.event].into_iter();
        if !has_timer && settings.any(|setting| setting.flatten().is_some()) {
            return Err(Error::configuration(
                "a timeout is set, but the transport has no timer to measure it; \
                 ClientBuilder::timer sets one",
            ));
        }
        Ok(())
    }

    /// Returns each timeout as set for the call, else for the client, else its default. Without a timer, none of them
    /// runs.
    pub(crate) fn resolve(
        &self,
        client: &Self,
        timer: Option<&Arc<dyn Timer>>,
        streaming: bool,
    ) -> Timing {
        let call = self.call.or(client.call);
        let call = call.unwrap_or((!streaming).then_some(UNARY_CALL));
        let call_end = call.and_then(|call| timer?.now().checked_add(call));
        // The timeout of the whole call starts first, so it expires before one that is as long.
        let sooner = |it: Option<Duration>| it.filter(|it| call.is_none_or(|call| *it < call));
        let head = self.head.or(client.head).unwrap_or(Some(HEAD));
        let idle = self.idle.or(client.idle).unwrap_or(Some(IDLE));
        let event = self.event.or(client.event).flatten();
        Timing {
            timer: timer.cloned(),
            call,
            call_end,
            head: sooner(head),
            idle: sooner(idle),
            event: sooner(event),
        }
    }
}

/// The resolved timeouts of one call, with the timer.
#[derive(Clone, Debug, Default)]
pub(crate) struct Timing {
    timer: Option<Arc<dyn Timer>>,
    call: Option<Duration>,
    /// When the timeout of the whole call expires, as a time of the timer.
    call_end: Option<Duration>,
    head: Option<Duration>,
    idle: Option<Duration>,
    event: Option<Duration>,
}

impl Timing {
    /// Starts a timeout; that of the whole call runs for the time that is left of it. `None` if it is disabled.
    #[inline]
    pub(crate) fn start(&self, clock: Clock) -> Option<Alarm> {
        let after = match clock {
            Clock::Call => self.call,
            Clock::Head => self.head,
            Clock::Idle => self.idle,
            Clock::Event => self.event,
            Clock::Connect => None,
        }?;
        let left = match clock {
            Clock::Call => self.left()?,
            _ => after,
        };
        Some(Alarm::new(self.timer.as_ref()?, clock, after, left))
    }

    /// Starts the idle timeout, with at most this duration; `None` without a timer.
    pub(crate) fn start_idle_at_most(&self, most: Duration) -> Option<Alarm> {
        let after = self.idle.map_or(most, |idle| idle.min(most));
        Some(Alarm::new(self.timer.as_ref()?, Clock::Idle, after, after))
    }

    /// Returns the time of the timer; `None` without a timer.
    pub(crate) fn now(&self) -> Option<Duration> {
        Some(self.timer.as_ref()?.now())
    }

    /// Returns the time left until the timeout of the whole call expires; `None` if there is no such timeout.
    pub(crate) fn left(&self) -> Option<Duration> {
        Some(self.call_end?.saturating_sub(self.now()?))
    }

    /// Returns a future that waits for this duration; `None` without a timer.
    pub(crate) fn sleep(&self, duration: Duration) -> Option<Sleep> {
        Some(self.timer.as_ref()?.sleep(duration))
    }
}

/// A timeout that has started. It can be stopped, and started again with the same sleep: if that ends before the
/// timeout, another one follows. So what happens for each event costs no sleep.
pub(crate) struct Alarm {
    timer: Arc<dyn Timer>,
    /// Wrapped so that the alarm is `Sync`.
    sleep: SyncWrapper<Sleep>,
    clock: Clock,
    after: Duration,
    /// When the timeout has started again with the same sleep, as a time of the timer.
    last: Option<Duration>,
    is_stopped: bool,
}

impl Alarm {
    fn new(timer: &Arc<dyn Timer>, clock: Clock, after: Duration, left: Duration) -> Self {
        Self {
            timer: timer.clone(),
            sleep: SyncWrapper::new(timer.sleep(left)),
            clock,
            after,
            last: None,
            is_stopped: false,
        }
    }

    /// Stops the timeout, until [`start_again`] starts it.
    pub(crate) fn stop(&mut self) {
        self.is_stopped = true;
    }

    /// Polls the timeout, and returns the error if it has expired.
    fn poll(&mut self, cx: &mut Context<'_>, phase: Phase) -> Option<Error> {
        while !self.is_stopped && self.sleep.get_mut().poll_unpin(cx).is_ready() {
            let left = self.last.take().map_or(Duration::ZERO, |last| {
                let passed = self.timer.now().saturating_sub(last);
                self.after.saturating_sub(passed)
            });
            if left.is_zero() {
                return Some(self.error(phase));
            }
            self.sleep = SyncWrapper::new(self.timer.sleep(left));
        }
        None
    }

    fn error(&self, phase: Phase) -> Error {
        let delivery = match phase {
            Phase::Body => Delivery::Answered,
            _ => Delivery::MaybeSent,
        };
        Error::new(ErrorKind::Timeout)
            .with_timeout(self.clock, self.after)
            .with_reach(phase, delivery)
    }
}

/// Starts a timeout that was stopped, or one that hasn't started yet, with `start`. Does nothing while it runs.
#[inline]
pub(crate) fn start_again(alarm: &mut Option<Alarm>, start: impl FnOnce() -> Option<Alarm>) {
    match alarm {
        None => *alarm = start(),
        Some(alarm) if alarm.is_stopped => {
            alarm.last = Some(alarm.timer.now());
            alarm.is_stopped = false;
        }
        Some(_) => {}
    }
}

/// Polls these timeouts in order, and returns the error of the first that has expired.
pub(crate) fn ran_out<const N: usize>(
    cx: &mut Context<'_>,
    alarms: [&mut Option<Alarm>; N],
    phase: Phase,
) -> Option<Error> {
    let mut running = alarms.into_iter().flatten();
    running.find_map(|alarm| alarm.poll(cx, phase))
}

/// Waits for `future` with two timeouts. If several are ready in one poll, the result takes precedence over the
/// timeouts, and the outer timeout over the inner one.
pub(crate) async fn within<F: Future>(
    future: F,
    outer: &mut Option<Alarm>,
    mut inner: Option<Alarm>,
    phase: Phase,
) -> Result<F::Output, Error> {
    let alarms = pin!(poll_fn(|cx| {
        let error = ran_out(cx, [&mut *outer, &mut inner], phase);
        error.map_or(Poll::Pending, Poll::Ready)
    }));
    match select(pin!(future), alarms).await {
        Either::Left((output, _)) => Ok(output),
        Either::Right((error, _)) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct At(Duration);

    impl Timer for At {
        fn now(&self) -> Duration {
            self.0
        }

        fn sleep(&self, _: Duration) -> Sleep {
            Box::pin(std::future::pending())
        }
    }

    #[test]
    fn a_timeout_that_the_whole_call_covers_is_not_started() {
        let call = Duration::from_secs(600);
        for (now, call, starts) in [
            (Duration::ZERO, Some(call), false),
            (Duration::ZERO, Some(call + Duration::from_nanos(1)), true),
            (Duration::ZERO, None, true),
            // The end of such a call is no time of the timer, so nothing limits it.
            (call, Some(Duration::MAX), true),
        ] {
            let clocks = Clocks {
                call: Some(call),
                ..Clocks::default()
            };
            let timer: Arc<dyn Timer> = Arc::new(At(now));
            let timing = clocks.resolve(&Clocks::default(), Some(&timer), false);
            assert_eq!(timing.start(Clock::Head).is_some(), starts, "{call:?}");
        }
    }
}
