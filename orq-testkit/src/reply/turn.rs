//! Which of several requests something is for.

use std::fmt;

/// Which requests something is for, by their number, which is counted from 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Turn {
    #[default]
    Each,
    Nth(u64),
    First(u64),
    Every(u64),
}

impl Turn {
    pub(crate) fn includes(self, number: u64) -> bool {
        match self {
            Self::Each => true,
            Self::Nth(nth) => number == nth,
            Self::First(last) => number <= last,
            Self::Every(nth) => number.is_multiple_of(nth),
        }
    }
}

/// ` nth=2`; nothing for [`Turn::Each`].
impl fmt::Display for Turn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Each => Ok(()),
            Self::Nth(nth) => write!(f, " nth={nth}"),
            Self::First(last) => write!(f, " first={last}"),
            Self::Every(nth) => write!(f, " every={nth}"),
        }
    }
}

/// The methods of a type that has a [`Turn`] in this field.
macro_rules! turns {
    ($name:ident, $($turn:ident).+) => {
        turns!($name, $($turn).+, nth, Nth, "Only the `nth` request, counted from 1.");
        turns!($name, $($turn).+, first, First, "Only the first `nth` requests: `first(2)` is the first two.");
        turns!($name, $($turn).+, every, Every, "Only every `nth` request: `every(3)` is the third, the sixth and so on.");
    };
    ($name:ident, $($turn:ident).+, $method:ident, $variant:ident, $doc:literal) => {
        impl $name {
            #[doc = $doc]
            ///
            /// The requests that meet every other condition but the probability are counted. Of `nth`, `first` and
            /// `every` the last one counts.
            ///
            /// # Panics
            ///
            /// If `nth` is 0.
            #[track_caller]
            pub fn $method(mut self, nth: u64) -> Self {
                if nth == 0 {
                    crate::guard::fail("requests are counted from 1");
                }
                self.$($turn).+ = crate::reply::Turn::$variant(nth);
                self
            }
        }
    };
}
pub(crate) use turns;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_turn_says_which_requests() {
        for (turn, expected) in [
            (Turn::Each, [1, 2, 3, 4, 5, 6].as_slice()),
            (Turn::Nth(2), &[2]),
            (Turn::First(2), &[1, 2]),
            (Turn::Every(3), &[3, 6]),
        ] {
            let included: Vec<_> = (1..=6).filter(|number| turn.includes(*number)).collect();
            assert_eq!(included, expected, "{turn}");
        }
    }
}
