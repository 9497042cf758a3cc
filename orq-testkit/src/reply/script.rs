//! What a scripted reply does, step by step.

use std::{fmt, time::Duration};

use bytes::Bytes;

use super::{
    ending::{EndAt, Ending},
    gate::GateInScript,
};

/// What comes next.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    Chunk(Bytes),
    Wait(Wait),
    /// A clean end need not be written out: it comes after the last step too.
    End(Ending),
}

/// What a reply waits for.
#[derive(Clone, Debug)]
pub(crate) enum Wait {
    Time(Duration),
    Gate(GateInScript),
}

/// A body as a list of steps. What stands after an end never happens.
#[derive(Clone, Debug, Default)]
pub(crate) struct Script(pub(super) Vec<Step>);

impl Script {
    pub(crate) fn push(&mut self, step: Step) {
        self.0.push(step);
    }

    /// Lets every chunk so far wait for `pause`.
    pub(crate) fn pace(&mut self, pause: Duration) {
        let steps = std::mem::take(&mut self.0);
        for step in steps {
            if matches!(step, Step::Chunk(_)) {
                self.0.push(Step::Wait(Wait::Time(pause)));
            }
            self.0.push(step);
        }
    }

    /// Ends the body there, in place of everything that would follow.
    pub(crate) fn end_at(&mut self, mut at: EndAt) {
        self.0.retain_mut(|step| {
            let kept = at.byte > 0;
            if let Step::Chunk(bytes) = step {
                at.pass(bytes);
            }
            kept
        });
        self.push(Step::End(at.ending));
    }

    /// Keeps this many chunks, and what stands before the last of them.
    pub(crate) fn first_chunks(&mut self, count: usize) {
        let mut seen = 0;
        self.0.retain(|step| {
            let kept = seen < count;
            seen += usize::from(matches!(step, Step::Chunk(_)));
            kept
        });
    }

    /// Whether there is anything that a reader could miss.
    pub(crate) fn is_empty(&self) -> bool {
        let is_read = |step: &Step| matches!(step, Step::Chunk(_) | Step::End(Ending::Break(_)));
        !self.0.iter().any(is_read)
    }
}

/// In a few words, for messages: `73 bytes in 2 chunks, then reset`.
impl fmt::Display for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (mut bytes, mut chunks, mut end) = (0, 0, None);
        for step in &self.0 {
            match step {
                Step::Chunk(chunk) => {
                    bytes += chunk.len();
                    chunks += 1;
                }
                Step::Wait(_) => {}
                Step::End(ending) => {
                    end = Some(ending.as_str());
                    break;
                }
            }
        }
        let plural = if chunks == 1 { "" } else { "s" };
        write!(f, "{bytes} bytes in {chunks} chunk{plural}")?;
        end.map_or(Ok(()), |end| write!(f, ", then {end}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn script(chunks: &[&'static str]) -> Script {
        let chunk = |text: &&'static str| Step::Chunk(Bytes::from_static(text.as_bytes()));
        Script(chunks.iter().map(chunk).collect())
    }

    fn shown(script: &Script) -> Vec<String> {
        let show = |step: &Step| match step {
            Step::Chunk(bytes) => String::from_utf8_lossy(bytes).into_owned(),
            Step::Wait(Wait::Time(time)) => format!("{time:?}"),
            step => format!("{step:?}"),
        };
        script.0.iter().map(show).collect()
    }

    #[test]
    fn an_ending_comes_at_its_byte_or_at_the_end_and_nothing_after_it() {
        for (byte, expected) in [
            (0, vec![]),
            (1, vec!["a"]),
            (3, vec!["abc"]),
            (4, vec!["abc", "d"]),
            (6, vec!["abc", "def"]),
            (7, vec!["abc", "def"]),
            (usize::MAX, vec!["abc", "def"]),
        ] {
            let mut script = script(&["abc", "def"]);
            let ending = Ending::Stall;
            script.end_at(EndAt { byte, ending });
            let expected: Vec<_> = expected.into_iter().chain(["End(Stall)"]).collect();
            assert_eq!(shown(&script), expected, "at {byte}");
        }
    }

    #[test]
    fn every_chunk_so_far_keeps_the_pace() {
        let mut script = script(&["a", "b"]);
        script.pace(Duration::from_secs(1));
        script.push(Step::Chunk("c".into()));
        assert_eq!(shown(&script), ["1s", "a", "1s", "b", "c"]);
    }

    #[test]
    fn the_first_chunks_keep_their_waits() {
        let mut whole = script(&["a", "b", "c"]);
        whole.pace(Duration::from_secs(1));
        for (count, expected) in [
            (0, &[][..]),
            (2, &["1s", "a", "1s", "b"]),
            (9, &["1s", "a", "1s", "b", "1s", "c"]),
        ] {
            let mut script = whole.clone();
            script.first_chunks(count);
            assert_eq!(shown(&script), expected);
        }
    }

    #[test]
    fn messages_say_how_it_ends() {
        let mut script = script(&["abc", "def"]);
        assert_eq!(script.to_string(), "6 bytes in 2 chunks");
        script.push(Step::End(Ending::Stall));
        script.push(Step::Chunk("never".into()));
        assert_eq!(script.to_string(), "6 bytes in 2 chunks, then stall");
    }
}
