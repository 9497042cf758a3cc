//! What one run measures.

use crate::{
    Result, contenders, machine,
    measure::{Effort, Figures, measure},
    origin::Origin,
    paced::Paced,
    report,
    row::Row,
    runtime,
};

/// The rows of a run, and how much is measured of each.
pub(crate) struct Plan {
    rows: Vec<Row>,
    paced: Vec<Paced>,
    effort: Effort,
}

/// The most streams at once in a quick run.
const QUICK_STREAMS: usize = 1000;

impl Plan {
    /// Returns a plan for the rows and groups of these names, or for all rows if there are no names.
    ///
    /// # Errors
    ///
    /// If a name is neither that of a row nor of a group, or the system allows too few open files.
    pub(crate) fn of(names: Vec<&str>, is_quick: bool) -> Result<Self> {
        let mut unknown = names.clone();
        let mut is_wanted = |name: &str, group: &str| {
            unknown.retain(|wanted| *wanted != name && *wanted != group);
            names.is_empty() || names.contains(&name) || names.contains(&group)
        };
        let mut rows = Row::all();
        rows.retain(|row| is_wanted(row.name, row.group));
        let mut paced = Paced::all();
        paced.retain(|paced| is_wanted(&paced.name(), "paced"));
        if !unknown.is_empty() {
            return Err(format!("neither a row nor a group: {}", unknown.join(", ")).into());
        }
        paced.retain(|paced| !is_quick || paced.streams <= QUICK_STREAMS);
        let most = paced.iter().map(|paced| paced.streams).max();
        machine::allow_files(most.unwrap_or_default() as u64 + 200)?;
        let effort = match is_quick {
            true => Effort {
                rounds: 5,
                paced_rounds: 1,
                long: 4000,
            },
            false => Effort {
                rounds: 15,
                paced_rounds: 3,
                long: 20_000,
            },
        };
        Ok(Self {
            rows,
            paced,
            effort,
        })
    }

    /// Measures, prints each row, and adds it to `all`.
    ///
    /// # Errors
    ///
    /// Those of the first row that fails.
    pub(crate) fn run(&self, all: &mut Vec<Figures>) -> Result<()> {
        let origin = Origin::start(self.effort.long)?;
        let runtime = runtime()?;
        let contenders = contenders(&origin)?;
        report::print_head([0, 1, 2, 3].map(|index: usize| contenders[index].name()));
        for row in &self.rows {
            let figures = measure(&runtime, &contenders, &origin, row, self.effort)?;
            report::print(&figures);
            all.push(figures);
        }
        for paced in &self.paced {
            let figures = paced.measure(self.effort.paced_rounds)?;
            report::print(&figures);
            all.push(figures);
        }
        Ok(())
    }
}
