//! Rounds and medians.

use std::sync::Arc;

use tokio::runtime::Runtime;

use crate::{
    Result,
    alloc::{self, Counts},
    contender::{Contender, QUESTION},
    machine,
    origin::Origin,
    row::{Row, Work},
};

/// The contenders, each of ours before the one that it is compared with.
pub(crate) type Contenders = [Arc<dyn Contender>; 4];

/// What was measured of one row.
pub(crate) struct Figures {
    pub(crate) name: String,
    /// Median microseconds of CPU time a unit, of each contender.
    pub(crate) times: [f64; 4],
    /// The medians of ours : by hand within a round, over hyper and over reqwest.
    pub(crate) ratios: [f64; 2],
    /// Allocations a unit.
    pub(crate) allocations: Option<[f64; 4]>,
    /// The highest use of the heap as a multiple of the size of the request or the answer.
    pub(crate) peaks: Option<[f64; 4]>,
    /// The bytes of the heap that an open stream holds.
    pub(crate) memory: Option<[f64; 4]>,
}

/// How much is measured.
#[derive(Clone, Copy)]
pub(crate) struct Effort {
    pub(crate) rounds: usize,
    /// Those of paced streams.
    pub(crate) paced_rounds: usize,
    /// The events of a long stream.
    pub(crate) long: usize,
}

/// Measures a row.
///
/// # Errors
///
/// If a contender fails, or takes another text than the server has sent.
pub(crate) fn measure(
    runtime: &Runtime,
    contenders: &Contenders,
    origin: &Origin,
    row: &Row,
    effort: Effort,
) -> Result<Figures> {
    let work = row.work;
    let url: Arc<str> = origin.url(row.protocol, row.load.name()).into();
    let content: Arc<str> = match work {
        Work::Invoke { request, .. } if request > 0 => "x".repeat(request).into(),
        _ => QUESTION.into(),
    };
    let (units, taken) = row.expected(effort.long);
    let run = |contender: &Arc<dyn Contender>| -> Result<()> {
        let (client, url, content) = (contender.clone(), url.clone(), content.clone());
        let task = runtime.spawn(async move {
            match work {
                Work::Stream { read, streams } => client.stream(&url, read, streams).await,
                Work::Invoke { calls, .. } => client.invoke(&url, &content, calls).await,
            }
        });
        match runtime.block_on(task)?? {
            found if found == taken => Ok(()),
            found => Err(format!("{} took {found} bytes, not {taken}", contender.name()).into()),
        }
    };
    let mut counts = [Counts::default(); 4];
    for (contender, counts) in contenders.iter().zip(&mut counts) {
        run(contender)?;
        let (done, counted) = alloc::count(|| run(contender));
        done?;
        *counts = counted;
    }
    let mut rounds = Vec::new();
    for round in 0..effort.rounds {
        let mut times = [0.0; 4];
        for turn in 0..times.len() {
            // Everyone goes first equally often.
            let index = (turn + round) % times.len();
            let start = machine::cpu_time();
            run(&contenders[index])?;
            let time = machine::cpu_time() - start;
            times[index] = time.as_secs_f64() * 1e6 / units as f64;
        }
        rounds.push(times);
    }
    let size = row.size();
    Ok(Figures {
        allocations: Some(counts.map(|counts| counts.allocations as f64 / units as f64)),
        peaks: size.map(|size| counts.map(|counts| counts.peak as f64 / size as f64)),
        ..Figures::of_rounds(row.name.to_owned(), &rounds)
    })
}

impl Figures {
    /// Computes the medians of the times a unit, of which each round has one of each contender.
    pub(crate) fn of_rounds(name: String, rounds: &[[f64; 4]]) -> Self {
        let ratio = |ours, by_hand| {
            let ratios = rounds.iter().map(|round| round[ours] / round[by_hand]);
            median(ratios.collect())
        };
        Self {
            name,
            times: [0, 1, 2, 3].map(|index| median(rounds.iter().map(|it| it[index]).collect())),
            ratios: [ratio(0, 1), ratio(2, 3)],
            allocations: None,
            peaks: None,
            memory: None,
        }
    }
}

/// Returns the value in the middle.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
