//! A JSON number's exact value, whatever its size.

/// A decimal number in its one normal form: digits without zeros at either end, times a power of ten.
///
/// Two JSON numbers have the same value when their normal forms are equal: `24`, `24.0` and `2.4e1` share one.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Decimal {
    negative: bool,
    digits: String,
    exponent: Exponent,
}

/// The power of ten that the digits, read as a whole number, are multiplied by.
#[derive(Debug, PartialEq, Eq)]
enum Exponent {
    Exact(i128),
    /// As written, for an exponent of more than 38 digits. Such numbers are equal only when their exponents and
    /// digits are, which may call `10e9…9` and `1e1…0` different; no real number on the wire comes near.
    Huge(String),
}

impl Decimal {
    /// Reads the text of a JSON number; `None` when it isn't one.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (negative, unsigned) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent),
            None => (unsigned, "0"),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let is_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        let exponent_digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        if whole.is_empty()
            || exponent_digits.is_empty()
            || ![whole, fraction, exponent_digits]
                .into_iter()
                .all(is_digits)
        {
            return None;
        }

        let all = format!("{whole}{fraction}");
        let without_tail = all.trim_end_matches('0');
        let digits = without_tail.trim_start_matches('0');
        if digits.is_empty() {
            return Some(Self {
                negative: false,
                digits: String::new(),
                exponent: Exponent::Exact(0),
            });
        }
        let shift = i128::try_from(all.len() - without_tail.len()).ok()?
            - i128::try_from(fraction.len()).ok()?;
        let exponent = match exponent
            .parse::<i128>()
            .ok()
            .and_then(|written| written.checked_add(shift))
        {
            Some(exact) => Exponent::Exact(exact),
            None => Exponent::Huge(format!("{exponent}+{shift}")),
        };
        Some(Self {
            negative,
            digits: digits.to_owned(),
            exponent,
        })
    }

    /// The digits of the number when it is a whole one of at most 20 digits, sign included.
    pub(super) fn small_integer(&self) -> Option<String> {
        let Exponent::Exact(exponent) = self.exponent else {
            return None;
        };
        if self.digits.is_empty() {
            return Some("0".to_owned());
        }
        let zeros = usize::try_from(exponent).ok()?;
        if self.digits.len().checked_add(zeros)? > 20 {
            return None;
        }
        let sign = if self.negative { "-" } else { "" };
        Some(format!("{sign}{}{}", self.digits, "0".repeat(zeros)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_value_has_one_form() {
        for (left, right) in [
            ("24", "24.0"),
            ("24", "2.4e1"),
            ("0", "-0.0"),
            ("0e99", "0"),
            ("100", "1E+2"),
            ("0.05", "5e-2"),
        ] {
            assert_eq!(
                Decimal::parse(left),
                Decimal::parse(right),
                "{left} {right}"
            );
        }
        for (left, right) in [
            ("24", "-24"),
            ("24", "240"),
            (
                "123456789012345678901234567890",
                "123456789012345678901234567891",
            ),
            ("1e400", "1e401"),
            ("0.1", "0.10000000000000000001"),
            (
                "1e99999999999999999999999999999999999999999",
                "1e99999999999999999999999999999999999999998",
            ),
        ] {
            assert_ne!(
                Decimal::parse(left),
                Decimal::parse(right),
                "{left} {right}"
            );
        }
    }

    #[test]
    fn whole_numbers_are_given_as_digits() {
        let whole = |text: &str| Decimal::parse(text).and_then(|decimal| decimal.small_integer());
        assert_eq!(
            whole("9007199254740993.0").as_deref(),
            Some("9007199254740993")
        );
        assert_eq!(whole("-1.50e2").as_deref(), Some("-150"));
        assert_eq!(whole("1.5"), None);
        assert_eq!(whole("1e21"), None);
        assert_eq!(whole("1e999999999999"), None);
    }

    #[test]
    fn what_is_no_number_is_none() {
        for text in ["", "-", "e5", "1e", "1e+", "a", "1.2.3", "--1"] {
            assert_eq!(Decimal::parse(text), None, "{text}");
        }
    }
}
