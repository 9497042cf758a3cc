//! Which requests an injection is for.

use std::fmt;

use orq_core::transport::{CallContext, Operation};

use crate::reply::Turn;

/// The conditions of an injection. All of them must hold.
#[derive(Clone, Debug, Default)]
pub(super) struct When {
    pub(super) operation: Option<Operation>,
    pub(super) deployment: Option<String>,
    pub(super) attempt: Option<u32>,
    pub(super) turn: Turn,
    pub(super) probability: Option<f64>,
}

impl When {
    /// Whether a request is of the operation, deployment and attempt in question.
    pub(super) fn concerns(&self, context: Option<&CallContext>) -> bool {
        let deployment = context.and_then(CallContext::deployment);
        (self.operation.is_none() || self.operation == context.map(CallContext::operation))
            && (self.deployment.is_none() || self.deployment.as_deref() == deployment)
            && (self.attempt.is_none() || self.attempt == context.map(CallContext::attempt))
    }

    /// Whether the injection is due for the `count`-th request that it concerns.
    pub(super) fn is_due(&self, count: u64, chance: f64) -> bool {
        self.turn.includes(count)
            && self
                .probability
                .is_none_or(|probability| chance < probability)
    }
}

/// The conditions, with a blank before each.
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
        write!(f, "{}", self.turn)?;
        match self.probability {
            Some(probability) => write!(f, " probability={probability}"),
            None => Ok(()),
        }
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
