//! A JSON number, exact within 64 bits.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _, ser::Error as _};
use serde_json::value::RawValue;

use super::decode::Wire;
use super::decode::deserialize_as;
use super::reader::Reader;

/// A JSON number: an exact `i64` or `u64`, or else an `f64`.
///
/// An integer may be written with a fraction or an exponent: `24.0` and `2.4e1` are deserialized as 24, and 24 is
/// serialized as `24`. Deserializing fails for an integer without fraction and exponent that doesn't fit into 64 bits,
/// and for a number beyond the range of `f64` (`1e400`).
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

/// Each value has one representation only, so that equality can be derived.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Repr {
    Whole(u64),
    /// A negative integer.
    Negative(i64),
    /// Not an integer within 64 bits. May be infinite or NaN, which can't be serialized.
    Float(f64),
}

impl Number {
    /// Returns the number as an `i64`; `None` if it isn't an integer in that range.
    pub fn as_i64(&self) -> Option<i64> {
        self.whole().ok()?.try_into().ok()
    }

    /// Returns the number as a `u64`; `None` if it isn't an integer in that range.
    pub fn as_u64(&self) -> Option<u64> {
        self.whole().ok()?.try_into().ok()
    }

    /// Returns the number as an `f64`. An integer beyond 2^53 is rounded to the nearest `f64`.
    pub fn as_f64(&self) -> f64 {
        self.whole()
            .map_or_else(|float| float, |whole| whole as f64)
    }

    /// Returns the integer, or else the float as an error.
    fn whole(&self) -> Result<i128, f64> {
        match self.0 {
            Repr::Whole(value) => Ok(value.into()),
            Repr::Negative(value) => Ok(value.into()),
            Repr::Float(value) => Err(value),
        }
    }

    fn from_whole(value: i128) -> Option<Self> {
        let repr = u64::try_from(value).map(Repr::Whole);
        let repr = repr.or_else(|_| i64::try_from(value).map(Repr::Negative));
        repr.ok().map(Self)
    }

    /// Parses the text of a JSON number.
    fn parse(text: &str) -> Result<Self, &'static str> {
        let from_digits = |digits: &str| digits.parse().ok().and_then(Self::from_whole);
        if !text.contains(['.', 'e', 'E']) {
            return from_digits(text).ok_or("the number is beyond 64 bits");
        }
        let whole = whole_digits(text).and_then(|digits| from_digits(&digits));
        let float = text.parse().ok().filter(|float: &f64| float.is_finite());
        let number = whole.or(float.map(Self::from));
        number.ok_or("the number is beyond a 64-bit float")
    }
}

/// Returns the digits of a number with a point or an exponent if it is an integer, such as `9007199254740993.0`, which
/// a float can't represent. Also returns `None` if it has too many zeros for 64 bits.
fn whole_digits(text: &str) -> Option<String> {
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let fraction = fraction.trim_end_matches('0');
    let zeros = i64::from(exponent.parse::<i32>().ok()?) - fraction.len() as i64;
    let places = usize::try_from(zeros.unsigned_abs()).ok()?;
    let digits = format!("{whole}{fraction}");
    if zeros >= 0 {
        return (places <= 20).then(|| digits + &"0".repeat(places));
    }
    let (digits, rest) = digits.split_at_checked(digits.len().checked_sub(places)?)?;
    let is_whole = rest.bytes().all(|digit| digit == b'0');
    is_whole.then(|| digits.to_owned())
}

macro_rules! from_integers {
    ($($integer:ty),*) => {$(
        impl From<$integer> for Number {
            fn from(value: $integer) -> Self {
                Self::from_whole(value as i128).unwrap_or(Self(Repr::Float(value as f64)))
            }
        }
    )*};
}

from_integers!(u8, u16, u32, u64, usize, i8, i16, i32, i64, isize);

/// Infinities and NaN, which JSON doesn't have, are kept, and fail when they are serialized.
impl From<f64> for Number {
    fn from(value: f64) -> Self {
        // The cast saturates at the range of 128 bits, which `from_whole` rejects.
        let whole = Self::from_whole(value as i128).filter(|_| value.fract() == 0.0);
        whole.unwrap_or(Self(Repr::Float(value)))
    }
}

/// Converts the shortest decimal that is rounded to the float: `0.1f32` becomes 0.1, not 0.10000000149011612.
impl From<f32> for Number {
    fn from(value: f32) -> Self {
        Self::from(value.to_string().parse().unwrap_or(f64::from(value)))
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.whole() {
            Ok(value) => write!(f, "{value}"),
            // `Debug` writes 1e300 and not three hundred zeros.
            Err(value) => write!(f, "{value:?}"),
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

impl Wire for Number {
    const EXPECTED: &'static str = "a number";

    /// Parses the text itself: serde_json rounds floats, and its behavior depends on its features.
    fn read<'de, D: Deserializer<'de>>(input: D, reader: &mut Reader) -> Result<Self, D::Error> {
        let raw = <&RawValue>::deserialize(input)?;
        if !is_number(raw) {
            return Err(D::Error::custom(Self::EXPECTED));
        }
        Self::parse(raw.get()).map_err(|message| reader.error(message))
    }
}

deserialize_as!(Strict Number);

/// In lenient mode, a count may be a string, so that the index of a choice isn't lost.
impl Wire for u64 {
    const EXPECTED: &'static str = Number::EXPECTED;

    fn read<'de, D: Deserializer<'de>>(input: D, reader: &mut Reader) -> Result<Self, D::Error> {
        if reader.is_typed() {
            return Self::deserialize(input);
        }
        let raw = <&RawValue>::deserialize(input)?;
        let unquoted = raw.get().trim_matches('"').parse();
        if let Some(count) = unquoted.ok().filter(|_| !is_number(raw)) {
            return reader.repair(raw, Self::EXPECTED).map(|()| count);
        }
        let number = Number::read_raw::<D::Error>(raw, reader)?;
        let why = || format!("expected a whole number from 0 on, found {number}");
        number.as_u64().ok_or_else(|| reader.error(why()))
    }
}

/// Reads a string, or the text of a number, for fields that servers send as either.
pub(crate) struct StringOrNumber;

impl Wire<String> for StringOrNumber {
    const EXPECTED: &'static str = String::EXPECTED;

    fn read<'de, D: Deserializer<'de>>(input: D, reader: &mut Reader) -> Result<String, D::Error> {
        let raw = <&RawValue>::deserialize(input)?;
        match is_number(raw) {
            true => Ok(raw.get().to_owned()),
            false => String::read_raw(raw, reader),
        }
    }
}

pub(crate) fn is_number(raw: &RawValue) -> bool {
    matches!(raw.get().as_bytes(), [b'-' | b'0'..=b'9', ..])
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
    fn a_whole_number_is_whole_however_it_is_written() {
        for (text, whole) in [
            ("2.4e1", 24),
            ("1E+2", 100),
            ("-1.50e2", -150),
            ("2400e-2", 24),
            ("-0", 0),
            ("0e99", 0),
            ("0.000e-7", 0),
            ("0e99999999999999999999", 0),
            ("9007199254740993.000", 9_007_199_254_740_993),
            ("9007199254740993000e-3", 9_007_199_254_740_993),
            ("9.007199254740993e15", 9_007_199_254_740_993),
            ("-9223372036854775808.0", i64::MIN),
        ] {
            assert_eq!(read(text).unwrap(), Number::from(whole), "{text}");
        }
        assert_eq!(
            read("18446744073709551615e0").unwrap().as_u64(),
            Some(u64::MAX)
        );
        for text in ["1.5", "15e-1", "1e21", "0.05", "1.8446744073709551616e19"] {
            let number = read(text).unwrap();
            assert_eq!((number.as_i64(), number.as_u64()), (None, None), "{text}");
            assert_eq!(number.as_f64(), text.parse::<f64>().unwrap(), "{text}");
        }
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        for text in [
            "18446744073709551616",
            "-9223372036854775809",
            "1e400",
            "-1e400",
            "1e999999999999",
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
