//! One exchange with the double: when it happened, and the ids that belong to it.

use std::time::Duration;

use serde_json::{Value, json};

use super::date::rfc3339;

/// The n-th exchange of a double. Everything in an answer that would be random or a time comes from here.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Exchange {
    /// Counted from 1.
    pub(crate) number: u64,
    /// The date, as the time since the Unix epoch.
    pub(crate) at: Duration,
}

impl Exchange {
    /// A ULID: the time, and then the number in the place of the random part.
    pub(crate) fn ulid(&self) -> String {
        ulid(self.at, self.number)
    }

    pub(crate) fn date(&self) -> String {
        rfc3339(self.at)
    }

    pub(crate) fn trace_id(&self) -> String {
        format!("{:032x}", self.number)
    }

    pub(crate) fn telemetry(&self) -> Value {
        json!({"trace_id": self.trace_id(), "span_id": format!("{:016x}", self.number)})
    }

    /// The id of the n-th tool call of this exchange's answer.
    pub(crate) fn tool_call_id(&self, index: usize) -> String {
        format!("call_{}_{index}", self.number)
    }
}

/// A [ULID](https://github.com/ulid/spec): 48 bits of milliseconds and 80 more, in Crockford's base 32.
pub(super) fn ulid(at: Duration, low: u64) -> String {
    const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let millis = at.as_millis() & 0xffff_ffff_ffff;
    let bits = (millis << 80) | u128::from(low);
    let digit = |place: u32| {
        let five = usize::try_from((bits >> (5 * place)) & 31).unwrap_or_default();
        char::from(*DIGITS.get(five).unwrap_or(&b'0'))
    };
    (0..26).rev().map(digit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ulid_is_the_time_and_the_number() {
        // The example of the specification has the time part 01ARYZ6S41 for this moment.
        let at = Duration::from_millis(1_469_918_176_385);
        assert_eq!(ulid(at, 0), "01ARYZ6S410000000000000000");
        assert_eq!(ulid(at, 33), "01ARYZ6S410000000000000011");
        assert_eq!(ulid(Duration::MAX, u64::MAX).len(), 26);
    }
}
