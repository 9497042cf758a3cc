//! Many streams at once, each of which gets an event now and then.

use futures::{StreamExt, TryStreamExt, stream};
use tokio::{runtime::Runtime, task::JoinSet};

use crate::{
    Result, alloc, contenders,
    load::{Load, PACED_EVENTS},
    machine,
    measure::Figures,
    origin::{Origin, Protocol},
    runtime,
};

/// So many streams over this protocol.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Paced {
    pub(crate) streams: usize,
    pub(crate) protocol: Protocol,
}

/// How many streams are opened at the same time; more would overflow the server's queue of connections.
const OPENING: usize = 32;

impl Paced {
    /// Returns all of them in their order.
    pub(crate) fn all() -> Vec<Self> {
        use Protocol::{Http1, Http2, Tls};
        let over = |protocol, streams| Self { streams, protocol };
        vec![
            over(Http1, 100),
            over(Http1, 1000),
            over(Http1, 2000),
            over(Http1, 8000),
            over(Tls, 1000),
            over(Http2, 1000),
        ]
    }

    /// Returns the name of the row.
    pub(crate) fn name(&self) -> String {
        let protocol = match self.protocol {
            Protocol::Http1 => "",
            Protocol::Tls => "_tls",
            Protocol::Http2 => "_h2",
        };
        format!("paced_{}{protocol}", self.streams)
    }

    /// Measures the CPU time of an event, from the moment when all streams are open, and the memory of a stream then.
    ///
    /// # Errors
    ///
    /// If a stream can't be opened or doesn't complete.
    pub(crate) fn measure(&self, rounds: usize) -> Result<Figures> {
        let mut rounds = vec![[0.0; 4]; rounds];
        let mut memory = [0.0; 4];
        for (round, times) in rounds.iter_mut().enumerate() {
            for turn in 0..times.len() {
                let index = (turn + round) % times.len();
                (times[index], memory[index]) = self.run(index)?;
            }
        }
        Ok(Figures {
            memory: Some(memory),
            ..Figures::of_rounds(self.name(), &rounds)
        })
    }

    /// Returns the microseconds of an event and the bytes of a stream. All of it is new, the server too: no idle
    /// connection of an earlier run is left.
    fn run(&self, contender: usize) -> Result<(f64, f64)> {
        let origin = Origin::start(1)?;
        let runtime: Runtime = runtime()?;
        let contenders = contenders(&origin)?;
        let contender = &contenders[contender];
        let url = origin.url(self.protocol, Load::Paced.name());
        let warm = origin.url(self.protocol, Load::Unary.name());
        runtime.block_on(contender.invoke(&warm, "", 1))?;
        let (open, counts) = alloc::count(|| {
            let opening = (0..self.streams).map(|_| contender.open(&url));
            let opening = stream::iter(opening).buffer_unordered(OPENING);
            runtime.block_on(opening.try_collect::<Vec<_>>())
        });
        let open = open?;
        let start = machine::cpu_time();
        let events = runtime.block_on(async {
            let mut reading = JoinSet::new();
            for stream in open {
                reading.spawn(stream.rest());
            }
            origin.go_on().await?;
            let mut events = 0;
            while let Some(read) = reading.join_next().await {
                events += read??;
            }
            Result::Ok(events)
        })?;
        let time = machine::cpu_time() - start;
        if events != self.streams * PACED_EVENTS {
            return Err(format!("{}: only {events} events arrived", self.name()).into());
        }
        let time = time.as_secs_f64() * 1e6 / events as f64;
        Ok((time, counts.held as f64 / self.streams as f64))
    }
}
