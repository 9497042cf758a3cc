//! The clocks of a call: what is set, what is the default, and waiting with one of them running.

use std::{
    future::Future,
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

/// What the user said about one clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Setting {
    #[default]
    Unset,
    Off,
    On(Duration),
}

impl Setting {
    pub(crate) fn set(&mut self, timeout: impl Into<Option<Duration>>) {
        *self = timeout.into().map_or(Self::Off, Self::On);
    }

    fn or(self, other: Self) -> Self {
        if self == Self::Unset { other } else { self }
    }

    fn or_default(self, default: Option<Duration>) -> Option<Duration> {
        match self {
            Self::Unset => default,
            Self::Off => None,
            Self::On(duration) => Some(duration),
        }
    }
}

/// What the user said about all of them, for a client or for one call.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Clocks {
    pub(crate) call: Setting,
    pub(crate) head: Setting,
    pub(crate) idle: Setting,
    pub(crate) event: Setting,
}

impl Clocks {
    /// A timeout that was asked for but can't be measured is refused rather than ignored.
    pub(crate) fn check(&self, has_timer: bool) -> Result<(), Error> {
        let set = [self.call, self.head, self.idle, self.event]
            .iter()
            .any(|setting| matches!(setting, Setting::On(_)));
        if set && !has_timer {
            return Err(Error::configuration(
                "a timeout is set, but the transport gives no timer to measure it; \
                 ClientBuilder::timer supplies one",
            ));
        }
        Ok(())
    }

    /// These settings where set, else the client's, else the defaults; without a timer none.
    pub(crate) fn resolve(
        &self,
        client: &Self,
        timer: Option<&Arc<dyn Timer>>,
        streaming: bool,
    ) -> Timing {
        let call = self
            .call
            .or(client.call)
            .or_default((!streaming).then_some(UNARY_CALL));
        let call_end = call.and_then(|call| timer?.now().checked_add(call));
        let head = self.head.or(client.head).or_default(Some(HEAD));
        let idle = self.idle.or(client.idle).or_default(Some(IDLE));
        let event = self.event.or(client.event).or_default(None);
        Timing {
            timer: timer.cloned(),
            call,
            call_end,
            head,
            idle,
            event,
        }
    }
}

/// The clocks of one call, ready to run.
#[derive(Clone, Debug)]
pub(crate) struct Timing {
    timer: Option<Arc<dyn Timer>>,
    call: Option<Duration>,
    /// When the clock on the whole call runs out: it goes on over all attempts.
    call_end: Option<Duration>,
    head: Option<Duration>,
    idle: Option<Duration>,
    event: Option<Duration>,
}

impl Timing {
    /// Starts `clock`, or lets the one on the whole call go on; nothing if it is off.
    pub(crate) fn start(&self, clock: Clock) -> Option<Alarm> {
        let timer = self.timer.as_ref()?;
        let after = match clock {
            Clock::Call => self.call,
            Clock::Head => self.head,
            Clock::Idle => self.idle,
            Clock::Event => self.event,
            Clock::Connect => None,
        }?;
        let left = if clock == Clock::Call {
            self.left()?
        } else {
            after
        };
        let sleep = SyncWrapper::new(timer.sleep(left));
        Some(Alarm {
            sleep,
            clock,
            after,
        })
    }

    /// The same clocks, with less patience between bytes.
    pub(crate) fn with_idle_at_most(mut self, idle: Duration) -> Self {
        self.idle = Some(self.idle.map_or(idle, |set| set.min(idle)));
        self
    }

    /// What is left of the time for the whole call; `None` if it is not limited.
    pub(crate) fn left(&self) -> Option<Duration> {
        let now = self.timer.as_ref()?.now();
        Some(self.call_end?.saturating_sub(now))
    }

    /// Whether there is a timer.
    pub(crate) fn can_wait(&self) -> bool {
        self.timer.is_some()
    }

    /// A wait of the client's own; `None` if there is nothing to measure it with.
    pub(crate) fn sleep(&self, duration: Duration) -> Option<Sleep> {
        Some(self.timer.as_ref()?.sleep(duration))
    }

    /// Time since the Unix epoch, if anyone knows it.
    pub(crate) fn wall(&self) -> Option<Duration> {
        self.timer.as_ref().map(|timer| timer.wall())
    }
}

/// A clock that runs.
pub(crate) struct Alarm {
    /// Wrapped so that what holds a running clock is `Sync`.
    sleep: SyncWrapper<Sleep>,
    clock: Clock,
    after: Duration,
}

impl Alarm {
    /// The error to fail with if the clock has run out.
    fn poll(&mut self, cx: &mut Context<'_>, phase: Phase) -> Option<Error> {
        self.sleep
            .get_mut()
            .poll_unpin(cx)
            .is_ready()
            .then(|| self.error(phase))
    }

    fn error(&self, phase: Phase) -> Error {
        let delivery = if phase == Phase::Body {
            Delivery::Answered
        } else {
            Delivery::MaybeSent
        };
        Error::new(ErrorKind::Timeout)
            .with_timeout(self.clock, self.after)
            .with_reach(phase, delivery)
    }
}

/// The error of the first of these clocks that ran out, the outer ones first.
pub(crate) fn ran_out<const N: usize>(
    cx: &mut Context<'_>,
    alarms: [&mut Option<Alarm>; N],
    phase: Phase,
) -> Option<Error> {
    let mut running = alarms.into_iter().flatten();
    running.find_map(|alarm| alarm.poll(cx, phase))
}

/// Waits for `future` while two clocks run. What is ready wins over a clock; the outer clock wins over the
/// inner one.
pub(crate) async fn within<F: Future>(
    future: F,
    outer: &mut Option<Alarm>,
    mut inner: Option<Alarm>,
    phase: Phase,
) -> Result<F::Output, Error> {
    let alarms = pin!(futures::future::poll_fn(|cx| {
        let error = ran_out(cx, [&mut *outer, &mut inner], phase);
        error.map_or(Poll::Pending, Poll::Ready)
    }));
    match select(pin!(future), alarms).await {
        Either::Left((output, _)) => Ok(output),
        Either::Right((error, _)) => Err(error),
    }
}
