//! The stamp of an exchange: its date, and the ids that belong to it.

use std::time::Duration;

use serde_json::{Value, json};

/// The n-th exchange of a double. Everything in an answer that would be random or a time comes from here.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stamp {
    /// Counted from 1.
    pub(crate) number: u64,
    /// The date, as the time since the Unix epoch.
    pub(crate) at: Duration,
}

impl Stamp {
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
        json!({"trace_id": self.trace_id(), "span_id": self.span_id()})
    }

    pub(crate) fn span_id(&self) -> String {
        format!("{:016x}", self.number)
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

/// 9999-12-31T23:59:59.999Z, the last moment that RFC 3339 can write.
const LAST: u128 = 253_402_300_799_999;

/// A time since the Unix epoch as an RFC 3339 date with milliseconds: `2026-01-01T00:00:00.000Z`.
pub(crate) fn rfc3339(since_epoch: Duration) -> String {
    let millis = since_epoch.as_millis().min(LAST);
    let (days, in_day) = (millis / 86_400_000, millis % 86_400_000);
    let (year, month, day) = civil(days);
    let (hour, minute) = (in_day / 3_600_000, in_day / 60_000 % 60);
    let (second, milli) = (in_day / 1000 % 60, in_day % 1000);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{milli:03}Z")
}

/// Year, month and day of a day since the Unix epoch, counted year by year: there are at most 8030 of them.
fn civil(mut days: u128) -> (u32, u32, u128) {
    let leap = |year: u32| {
        year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
    };
    let mut year = 1970;
    loop {
        let length = if leap(year) { 366 } else { 365 };
        if days < length {
            break;
        }
        days -= length;
        year += 1;
    }
    let february = if leap(year) { 29 } else { 28 };
    let mut month = 1;
    for length in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] {
        if days < length {
            break;
        }
        days -= length;
        month += 1;
    }
    (year, month, days + 1)
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

    #[test]
    fn dates_are_written_as_rfc_3339_has_it() {
        let date = |millis| rfc3339(Duration::from_millis(millis));
        assert_eq!(date(0), "1970-01-01T00:00:00.000Z");
        assert_eq!(date(951_825_599_001), "2000-02-29T11:59:59.001Z");
        assert_eq!(date(1_767_225_599_999), "2025-12-31T23:59:59.999Z");
        assert_eq!(date(1_767_225_600_000), "2026-01-01T00:00:00.000Z");
        assert_eq!(date(4_107_542_400_000), "2100-03-01T00:00:00.000Z");
        assert_eq!(rfc3339(Duration::MAX), "9999-12-31T23:59:59.999Z");
    }
}
