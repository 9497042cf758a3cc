//! Which requests an injection is for.

use std::fmt;

use orq_core::transport::{CallContext, Operation};

/// The conditions of an injection. All of them must hold.
#[derive(Clone, Debug)]
pub(super) struct When {
    pub(super) operation: Option<Operation>,
    pub(super) deployment: Option<String>,
    pub(super) attempt: Option<u32>,
    pub(super) turn: Turn,
    pub(super) probability: f64,
}

/// Which of the requests that are for the injection otherwise.
#[derive(Clone, Copy, Debug)]
pub(super) enum Turn {
    Each,
    Nth(u64),
    Every(u64),
}

impl When {
    /// Whether a request is of the operation, deployment and attempt in question.
    pub(super) fn concerns(&self, context: Option<&CallContext>) -> bool {
        let has =
            |holds: fn(&Self, &CallContext) -> bool| context.is_some_and(|it| holds(self, it));
        (self.operation.is_none() || has(|this, it| this.operation == Some(it.operation())))
            && (self.deployment.is_none()
                || has(|this, it| this.deployment.as_deref() == it.deployment()))
            && (self.attempt.is_none() || has(|this, it| this.attempt == Some(it.attempt())))
    }

    /// Whether the injection is due for the `count`-th request that it concerns.
    pub(super) fn is_due(&self, count: u64, chance: f64) -> bool {
        let in_turn = match self.turn {
            Turn::Each => true,
            Turn::Nth(nth) => count == nth,
            Turn::Every(nth) => count.is_multiple_of(nth),
        };
        in_turn && chance < self.probability
    }
}

impl Default for When {
    fn default() -> Self {
        Self {
            operation: None,
            deployment: None,
            attempt: None,
            turn: Turn::Each,
            probability: 1.0,
        }
    }
}

/// What is asked for, with a blank before each condition.
impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(operation) = self.operation {
            write!(f, " operation={operation}")?;
        }
        if let Some(deployment) = &self.deployment {
            write!(f, " deployment={deployment:?}")?;
        }
        if let Some(attempt) = self.attempt {
            write!(f, " attempt={attempt}")?;
        }
        match self.turn {
            Turn::Each => {}
            Turn::Nth(nth) => write!(f, " nth={nth}")?,
            Turn::Every(nth) => write!(f, " every={nth}")?,
        }
        if self.probability < 1.0 {
            write!(f, " probability={}", self.probability)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_conditions_every_request_is_concerned() {
        assert!(When::default().concerns(None));
        assert!(When::default().is_due(1, 0.999_999));
    }

    #[test]
    fn a_request_that_belongs_to_no_call_meets_no_condition_on_the_call() {
        let when = When {
            attempt: Some(1),
            ..When::default()
        };
        assert!(!when.concerns(None));
        assert!(when.concerns(Some(&CallContext::new(Operation::List, None))));
    }
}
