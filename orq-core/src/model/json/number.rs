//! A JSON number, exact where 64 bits can be.

use std::fmt;

use serde::de::Error as _;
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

use super::decode::{self, Wire};
use super::reader::{Mode, Reader};

/// A JSON number: exact for every `i64` and `u64`, otherwise an `f64`.
///
/// A whole number is whole however it is written: `24.0` and `2.4e1` read as 24, and 24 is written as `24`. A whole
/// number beyond 64 bits that is written out digit by digit can't be kept exactly, and neither it nor a number
/// beyond `f64` (`1e400`) can be read.
///
/// ```
/// use orq_core::model::Number;
///
/// let pages: Number = serde_json::from_str("24.0")?;
/// assert_eq!(pages, Number::from(24));
/// assert_eq!(pages.as_u64(), Some(24));
/// assert_eq!(pages.to_string(), "24");
/// assert_eq!(Number::from(0.2).as_i64(), None);
/// assert!(serde_json::to_string(&Number::from(f64::NAN)).is_err());
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Number(Repr);

/// Each value in one form only, so that equality can be derived.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Repr {
    Whole(u64),
    /// Below zero.
    Negative(i64),
    /// No whole number within 64 bits. May be infinite or no number, which can be held and not written.
    Float(f64),
}

impl Number {
    /// The number as a signed integer, if it is one within range.
    pub fn as_i64(&self) -> Option<i64> {
        match self.0 {
            Repr::Whole(value) => i64::try_from(value).ok(),
            Repr::Negative(value) => Some(value),
            Repr::Float(_) => None,
        }
    }

    /// The number as an unsigned integer, if it is one within range.
    pub fn as_u64(&self) -> Option<u64> {
        match self.0 {
            Repr::Whole(value) => Some(value),
            Repr::Negative(_) | Repr::Float(_) => None,
        }
    }

    /// The number as a float. A whole number beyond 2^53 is rounded to the nearest one that fits.
    pub fn as_f64(&self) -> f64 {
        match self.0 {
            Repr::Whole(value) => value as f64,
            Repr::Negative(value) => value as f64,
            Repr::Float(value) => value,
        }
    }

    /// Reads the text of a JSON number.
    fn parse(text: &str) -> Result<Self, &'static str> {
        let whole = |digits: &str| {
            let unsigned = digits.parse::<u64>().map(Self::from);
            unsigned
                .or_else(|_| digits.parse::<i64>().map(Self::from))
                .ok()
        };
        if !text.contains(['.', 'e', 'E']) {
            return whole(text).ok_or("the number is beyond 64 bits");
        }
        if let Some(number) = whole_digits(text).and_then(|digits| whole(&digits)) {
            return Ok(number);
        }
        match text.parse::<f64>() {
            Ok(value) if value.is_finite() => Ok(Self::from(value)),
            _ => Err("the number is beyond a 64-bit float"),
        }
    }
}

/// Returns the digits of a number with a point or an exponent if it is a whole one, as `9007199254740993.0` is,
/// which no float can hold. `None` also for zeros beyond any 64-bit number.
fn whole_digits(text: &str) -> Option<String> {
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let fraction = fraction.trim_end_matches('0');
    let zeros = exponent.parse::<i64>().ok()?;
    let zeros = zeros.checked_sub(i64::try_from(fraction.len()).ok()?)?;
    let places = usize::try_from(zeros.unsigned_abs()).ok()?;
    let digits = format!("{whole}{fraction}");
    if zeros >= 0 {
        return (places <= 20).then(|| digits + &"0".repeat(places));
    }
    let (digits, rest) = digits.split_at_checked(digits.len().checked_sub(places)?)?;
    rest.bytes()
        .all(|digit| digit == b'0')
        .then(|| digits.to_owned())
}

impl From<u64> for Number {
    fn from(value: u64) -> Self {
        Self(Repr::Whole(value))
    }
}

impl From<i64> for Number {
    fn from(value: i64) -> Self {
        match u64::try_from(value) {
            Ok(value) => Self(Repr::Whole(value)),
            Err(_) => Self(Repr::Negative(value)),
        }
    }
}

macro_rules! from_integers {
    ($($narrow:ty => $wide:ty),* $(,)?) => {$(
        impl From<$narrow> for Number {
            fn from(value: $narrow) -> Self {
                Self::from(value as $wide)
            }
        }
    )*};
}

from_integers!(u8 => u64, u16 => u64, u32 => u64, usize => u64, i8 => i64, i16 => i64, i32 => i64, isize => i64);

/// Infinities and NaN, which JSON doesn't have, are held and fail when they are written.
impl From<f64> for Number {
    fn from(value: f64) -> Self {
        // 2^64 and -2^63, both exact. The casts lose nothing: the value is whole and within range.
        if value.fract() == 0.0 {
            if (0.0..18_446_744_073_709_551_616.0).contains(&value) {
                return Self(Repr::Whole(value as u64));
            }
            if (-9_223_372_036_854_775_808.0..0.0).contains(&value) {
                return Self(Repr::Negative(value as i64));
            }
        }
        Self(Repr::Float(value))
    }
}

/// The shortest decimal that gives the float back: `0.1f32` is 0.1, not 0.10000000149011612.
impl From<f32> for Number {
    fn from(value: f32) -> Self {
        Self::from(value.to_string().parse().unwrap_or(f64::from(value)))
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Repr::Whole(value) => write!(f, "{value}"),
            Repr::Negative(value) => write!(f, "{value}"),
            // As Debug, which writes 1e300 and not three hundred zeros.
            Repr::Float(value) => write!(f, "{value:?}"),
        }
    }
}

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Repr::Whole(value) => serializer.serialize_u64(value),
            Repr::Negative(value) => serializer.serialize_i64(value),
            Repr::Float(value) if value.is_finite() => serializer.serialize_f64(value),
            Repr::Float(value) => Err(S::Error::custom(format!("JSON has no number {value}"))),
        }
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        decode::deserialize(deserializer, Mode::Strict)
    }
}

impl Wire for Number {
    const EXPECTED: &'static str = "a number";

    /// From the text in both passes: serde_json rounds floats, and what it does with numbers hangs on its features.
    fn read<'de, D: Deserializer<'de>>(input: D, reader: &mut Reader) -> Result<Self, D::Error> {
        let raw = <&RawValue>::deserialize(input)?;
        if !is_number(raw) {
            return Err(D::Error::custom(Self::EXPECTED));
        }
        Self::parse(raw.get()).map_err(|message| reader.error(message))
    }
}

/// In an answer, a count may stand in quotes: the index of a choice must not be lost to that.
impl Wire for u64 {
    const EXPECTED: &'static str = Number::EXPECTED;

    fn read<'de, D: Deserializer<'de>>(input: D, reader: &mut Reader) -> Result<Self, D::Error> {
        if reader.is_typed() {
            return Self::deserialize(input);
        }
        let raw = <&RawValue>::deserialize(input)?;
        let quoted = raw.get().strip_prefix('"');
        let quoted = quoted.and_then(|text| text.strip_suffix('"')?.parse().ok());
        if let Some(count) = quoted.filter(|_| !reader.is_strict()) {
            let error = reader.error("expected a number, found a string");
            return reader.recover(error).map(|()| count);
        }
        let number = Number::read_raw::<D::Error>(raw, reader)?;
        number.as_u64().ok_or_else(|| {
            reader.error(format!("expected a whole number from 0 on, found {number}"))
        })
    }
}

/// A string, or the text of a number, for fields that are both in the wild.
pub(in crate::model) struct StringOrNumber;

impl Wire<String> for StringOrNumber {
    const EXPECTED: &'static str = String::EXPECTED;

    fn read<'de, D: Deserializer<'de>>(input: D, reader: &mut Reader) -> Result<String, D::Error> {
        let raw = <&RawValue>::deserialize(input)?;
        if is_number(raw) {
            return Ok(raw.get().to_owned());
        }
        String::read_raw(raw, reader)
    }
}

fn is_number(raw: &RawValue) -> bool {
    raw.get()
        .starts_with(|first: char| first == '-' || first.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Result<Number, serde_json::Error> {
        serde_json::from_str(text)
    }

    fn written(number: impl Into<Number>) -> String {
        serde_json::to_string(&number.into()).unwrap()
    }

    #[test]
    fn whole_numbers_are_exact_and_written_without_a_point() {
        assert_eq!(written(2.0), "2");
        assert_eq!(written(u64::MAX), "18446744073709551615");
        assert_eq!(written(i64::MIN), "-9223372036854775808");
        assert_eq!(
            read("18446744073709551615").unwrap().as_u64(),
            Some(u64::MAX)
        );
        assert_eq!(
            read("-9223372036854775808").unwrap().as_i64(),
            Some(i64::MIN)
        );
        assert_eq!(
            read("9007199254740993.0").unwrap().as_u64(),
            Some(9_007_199_254_740_993)
        );
        assert_eq!(read("24.0").unwrap(), Number::from(24));
        assert_eq!(read("-0.0").unwrap(), Number::from(0));
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        for text in [
            "18446744073709551616",
            "-9223372036854775809",
            "1e400",
            "-1e400",
            "\"1\"",
            "null",
            "[]",
        ] {
            assert!(read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn floats_are_kept() {
        assert_eq!(written(0.1), "0.1");
        assert_eq!(written(0.1_f32), "0.1");
        assert_eq!(read("1e20").unwrap(), Number::from(1e20));
        assert_eq!(Number::from(1e300).to_string(), "1e300");
        assert_eq!(Number::from(-1.5).as_i64(), None);
    }

    #[test]
    fn no_number_is_ever_null() {
        for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            let error = serde_json::to_string(&Number::from(value))
                .unwrap_err()
                .to_string();
            assert_eq!(error, format!("JSON has no number {value}"));
        }
        assert!(serde_json::to_string(&Number::from(f32::INFINITY)).is_err());
    }

    proptest! {
        #[test]
        fn any_float_survives(value in any::<f64>().prop_filter("JSON has no such number", |value| value.is_finite())) {
            let number = Number::from(value);
            prop_assert_eq!(read(&written(number)).unwrap(), number);
            prop_assert_eq!(number.as_f64(), value);
        }

        #[test]
        fn any_integer_survives(value in any::<i64>(), unsigned in any::<u64>()) {
            prop_assert_eq!(read(&written(value)).unwrap().as_i64(), Some(value));
            prop_assert_eq!(read(&written(unsigned)).unwrap().as_u64(), Some(unsigned));
        }
    }
}
