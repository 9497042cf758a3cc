//! The retry budget, which limits the retries of all calls of a client.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering::Relaxed},
    },
};

use crate::error::BudgetLevel;

/// The tokens that a retry takes. A call that succeeds without a retry gives one back.
const RETRY: u32 = 5;

/// The capacity of the default budget, in retries.
const DEFAULT: u32 = 100;

/// Limits the retries of all calls of a client, so that an outage isn't made worse by them. It is a token bucket.
/// Clones share it.
///
/// A retry takes from it, whichever [`RetryPolicy`](super::RetryPolicy) asks for it. A call that succeeds without a
/// retry gives a fifth of a retry back, and one that succeeds after retries gives its last one back. A call that
/// fails or is dropped gives nothing back. A stream counts as a success when the call returns it: after that there
/// are no retries.
///
/// So, while nothing succeeds, `n` calls make at most `n` requests and as many retries as the capacity, and in the
/// long run there is at most one retry in vain for five calls that succeed at once. If the budget is used up, calls
/// still make their first attempt, and return its error; the last of [`Error::attempts`](crate::Error::attempts) says
/// why.
///
/// The default of 100 retries, and what is given back, are the figures of the standard retry mode of the [AWS
/// SDKs](https://docs.rs/crate/aws-smithy-runtime/0.57.1/source/src/client/retries/token_bucket.rs): 500 tokens, five
/// for a retry, one for a success. (There a retry after a timeout takes ten.) The ratio of 20 % is also that of
/// [Finagle](https://twitter.github.io/finagle/guide/Clients.html#retries) and
/// [tower](https://docs.rs/tower/latest/tower/retry/budget/index.html), whose budgets also grow with time; this one
/// needs no clock. [gRPC](https://github.com/grpc/proposal/blob/master/A6-client-retries.md) counts failures instead
/// of retries.
///
/// Every client has a budget of its own, unless [`ClientBuilder::retry_budget`](crate::ClientBuilder::retry_budget)
/// sets another one or none. [`ResponseMeta::retry_budget`](crate::ResponseMeta::retry_budget) and
/// [`Error::retry_budget`](crate::Error::retry_budget) return its level when the call ended.
///
/// ```
/// use orq_core::{Client, retry::RetryBudget};
/// use orq_testkit::FakeOrq;
///
/// // Two clients of one server, whose calls share a budget.
/// let budget = RetryBudget::new(20);
/// let one = Client::builder(FakeOrq::new())
///     .api_key("sk-orq-one")
///     .retry_budget(budget.clone())
///     .build()?;
/// let two = Client::builder(FakeOrq::new())
///     .api_key("sk-orq-two")
///     .retry_budget(budget.clone())
///     .build()?;
/// assert_eq!(budget.level().available, 20);
/// # Ok::<(), orq_core::Error>(())
/// ```
#[derive(Clone)]
pub struct RetryBudget(Arc<Bucket>);

struct Bucket {
    tokens: AtomicU32,
    capacity: u32,
}

impl RetryBudget {
    /// Creates a full budget for this number of retries. Zero disables retries. More than 858,993,459 count as that.
    #[must_use]
    pub fn new(retries: u32) -> Self {
        let capacity = retries.min(u32::MAX / RETRY) * RETRY;
        Self(Arc::new(Bucket {
            tokens: AtomicU32::new(capacity),
            capacity,
        }))
    }

    /// Returns the number of retries that it allows now, rounded down, and its capacity.
    pub fn level(&self) -> BudgetLevel {
        BudgetLevel {
            available: self.0.tokens.load(Relaxed) / RETRY,
            capacity: self.0.capacity / RETRY,
        }
    }

    /// Takes a retry, and returns whether there was one.
    pub(crate) fn take(&self) -> bool {
        let taken = |tokens: u32| tokens.checked_sub(RETRY);
        self.0.tokens.fetch_update(Relaxed, Relaxed, taken).is_ok()
    }

    /// Gives back what a successful call gives, which may have had retries.
    pub(crate) fn succeeded(&self, with_retries: bool) {
        let Bucket { tokens, capacity } = &*self.0;
        let more = if with_retries { RETRY } else { 1 };
        // A full budget, which is the usual one, is only read.
        let given = |tokens: u32| {
            let full = tokens.saturating_add(more).min(*capacity);
            (full != tokens).then_some(full)
        };
        let _ = tokens.fetch_update(Relaxed, Relaxed, given);
    }
}

/// A budget of 100 retries.
impl Default for RetryBudget {
    fn default() -> Self {
        Self::new(DEFAULT)
    }
}

impl fmt::Debug for RetryBudget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let BudgetLevel {
            available,
            capacity,
        } = self.level();
        f.debug_struct("RetryBudget")
            .field("available", &available)
            .field("capacity", &capacity)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use proptest::{collection::vec, prelude::*};

    use super::*;

    #[derive(Clone, Copy, Debug)]
    enum Step {
        Take,
        Succeed(bool),
    }

    fn steps(most: usize) -> impl Strategy<Value = Vec<Step>> {
        let step = prop_oneof![
            2 => Just(Step::Take),
            3 => any::<bool>().prop_map(Step::Succeed),
        ];
        vec(step, 0..most)
    }

    /// Takes a step, and returns how many tokens were taken or offered.
    fn step(budget: &RetryBudget, step: Step) -> (u32, u32) {
        match step {
            Step::Take => (u32::from(budget.take()) * RETRY, 0),
            Step::Succeed(with_retries) => {
                budget.succeeded(with_retries);
                (0, if with_retries { RETRY } else { 1 })
            }
        }
    }

    fn tokens(budget: &RetryBudget) -> u32 {
        budget.0.tokens.load(Relaxed)
    }

    #[test]
    fn a_retry_takes_five_times_what_a_success_gives_back() {
        let budget = RetryBudget::new(2);
        budget.succeeded(false);
        assert_eq!(
            (budget.take(), budget.take(), budget.take()),
            (true, true, false)
        );
        for _ in 0..4 {
            budget.succeeded(false);
            assert_eq!((budget.level().available, budget.take()), (0, false));
        }
        budget.succeeded(false);
        assert_eq!((budget.level().available, budget.level().capacity), (1, 2));
        budget.succeeded(true);
        budget.succeeded(true);
        assert_eq!(
            format!("{budget:?}"),
            "RetryBudget { available: 2, capacity: 2 }"
        );
    }

    #[test]
    fn any_capacity_is_a_bound() {
        let none = RetryBudget::new(0);
        none.succeeded(true);
        assert!(!none.take());
        let most = RetryBudget::new(u32::MAX);
        assert_eq!(most.level().capacity, 858_993_459);
        assert!(most.take());
        most.succeeded(true);
        most.succeeded(true);
        assert_eq!(most.level().available, 858_993_459);
        assert_eq!(RetryBudget::default().level().available, 100);
    }

    proptest! {
        #[test]
        fn the_balance_is_that_of_a_bounded_account(capacity in 0..6_u32, steps in steps(60)) {
            let budget = RetryBudget::new(capacity);
            let mut balance = capacity * RETRY;
            for it in steps {
                let (taken, given) = step(&budget, it);
                if let Step::Take = it {
                    prop_assert_eq!(taken > 0, balance >= RETRY);
                }
                balance = (balance - taken + given).min(capacity * RETRY);
                prop_assert_eq!(tokens(&budget), balance);
            }
        }

        #[test]
        fn the_balance_of_many_threads_stays_within_its_bounds(
            capacity in 0..6_u32,
            threads in vec(steps(40), 2..4),
        ) {
            let budget = RetryBudget::new(capacity);
            let is_within = |budget: &RetryBudget| tokens(budget) <= capacity * RETRY;
            let run = |steps: Vec<Step>| {
                let budget = budget.clone();
                move || {
                    let mut sums = (0, 0);
                    let mut is_good = true;
                    for it in steps {
                        let (taken, given) = step(&budget, it);
                        sums = (sums.0 + taken, sums.1 + given);
                        is_good &= is_within(&budget);
                    }
                    (sums, is_good)
                }
            };
            let (mut taken, mut given) = (0, 0);
            let ends = thread::scope(|scope| {
                let running: Vec<_> = threads.into_iter().map(|it| scope.spawn(run(it))).collect();
                running.into_iter().map(|it| it.join().unwrap()).collect::<Vec<_>>()
            });
            for (sums, is_good) in ends {
                prop_assert!(is_good);
                taken += sums.0;
                given += sums.1;
            }
            // What was taken and is missing was there before, or was given back.
            prop_assert!(taken + tokens(&budget) <= capacity * RETRY + given);
            prop_assert!(tokens(&budget) + taken >= capacity * RETRY);
        }
    }
}
