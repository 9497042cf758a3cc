//! The result of a check.

use std::fmt;

use strsim::osa_distance;

use super::variables::{Variables, is_given_by};

/// Names with more bytes have no nearest name: comparing takes time by the square of the length.
const LONGEST_NAME: usize = 64;

/// If there are more pairs of open and unused names, none has a nearest one: a template of a megabyte may have 100,000
/// names, and comparing them would take minutes.
const MOST_PAIRS: usize = 10_000;

/// The differences between the inputs of a request and the variables of its deployment, returned by
/// [`Deployments::check`](crate::Deployments::check). It has names only, no values.
///
/// `Display` writes it in one line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct InputReport {
    /// The names of the live versions that were checked, one for each variant. Empty if no version is live.
    pub versions: Vec<String>,
    /// The variables that need an input and have none. Nearest is an unused input.
    pub missing: Vec<Mismatch>,
    /// The inputs that nothing uses. Nearest is a variable without an input, even one that doesn't need it.
    pub unused: Vec<Mismatch>,
}

/// A variable without an input, or an input without a variable.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Mismatch {
    /// The name.
    pub name: String,
    /// The nearest name on the other side, if one is so near that it may be a misspelling. It isn't searched for names
    /// of more than 64 bytes, nor among more than 10,000 pairs of names.
    pub nearest: Option<String>,
}

impl InputReport {
    pub(super) fn new(versions: Vec<String>, variables: &Variables, inputs: &[String]) -> Self {
        if versions.is_empty() {
            return Self::default();
        }
        let is_given = |name: &str| inputs.iter().any(|input| is_given_by(name, input));
        let open = variables.needs_input.iter();
        let open: Vec<_> = open.filter(|(name, _)| !is_given(name)).collect();
        let unused: Vec<_> = inputs.iter().filter(|it| !variables.uses(it)).collect();
        let is_few = open.len().saturating_mul(unused.len()) <= MOST_PAIRS;
        let mismatch = |name: &String, others: &[&String]| Mismatch {
            name: name.clone(),
            nearest: is_few.then(|| nearest(name, others)).flatten(),
        };
        let names: Vec<_> = open.iter().map(|(name, _)| *name).collect();
        let unused_inputs = unused.iter().map(|name| mismatch(name, &names));
        let unused_inputs: Vec<_> = unused_inputs.collect();
        // An input is one misspelt name: that of the variable nearest to it.
        let is_meant = |input: &String, name: &String| {
            let mut inputs = unused_inputs.iter();
            inputs.any(|it| it.name == *input && it.nearest.as_ref() == Some(name))
        };
        let missing = open.iter().filter(|(_, needs_input)| **needs_input);
        let missing = missing.map(|(name, _)| {
            let mut missing = mismatch(name, &unused);
            missing.nearest = missing.nearest.filter(|input| is_meant(input, name));
            missing
        });
        Self {
            versions,
            missing: missing.collect(),
            unused: unused_inputs,
        }
    }

    /// Returns whether a version is live, each variable that needs an input has one, and each input is used.
    pub fn is_ok(&self) -> bool {
        !self.versions.is_empty() && self.missing.is_empty() && self.unused.is_empty()
    }
}

impl fmt::Display for InputReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.versions.is_empty() {
            return f.write_str("no version is live");
        }
        if self.is_ok() {
            return f.write_str("every variable has an input, and every input is used");
        }
        let is_told = |name: &String| {
            let mut told = self.missing.iter().flat_map(|it| &it.nearest);
            told.any(|nearest| nearest == name)
        };
        let mut between = "";
        for (title, list, asks) in [
            ("missing", &self.missing, "given as"),
            ("unused", &self.unused, "meant as"),
        ] {
            for (index, Mismatch { name, nearest }) in list.iter().enumerate() {
                match index {
                    0 => write!(f, "{between}{title} inputs: `{name}`")?,
                    _ => write!(f, ", `{name}`")?,
                }
                if let Some(nearest) = nearest.as_ref().filter(|_| !is_told(name)) {
                    write!(f, " ({asks} `{nearest}`?)")?;
                }
                between = "; ";
            }
        }
        Ok(())
    }
}

/// Returns the nearest of several names, if at most a third of its characters differ. Case doesn't count.
fn nearest(name: &str, others: &[&String]) -> Option<String> {
    let folded = |name: &str| (name.len() <= LONGEST_NAME).then(|| name.to_lowercase());
    let this = folded(name)?;
    let near = others.iter().filter_map(|other| {
        let that = folded(other)?;
        let distance = osa_distance(&this, &that);
        let longest = this.chars().count().max(that.chars().count());
        (distance <= longest / 3).then_some((distance, other))
    });
    let (_, nearest) = near.min_by_key(|(distance, _)| *distance)?;
    Some((*nearest).clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(names: &[(&str, bool)], inputs: &[&str]) -> InputReport {
        let mut variables = Variables::default();
        let needs_input = names
            .iter()
            .map(|(name, needs)| ((*name).to_owned(), *needs));
        variables.needs_input.extend(needs_input);
        let inputs: Vec<_> = inputs.iter().map(|name| (*name).to_owned()).collect();
        InputReport::new(vec!["2".to_owned()], &variables, &inputs)
    }

    #[test]
    fn it_reads_well() {
        let all = [("city", true), ("firstname", true), ("tone", false)];
        for (inputs, expected) in [
            (
                vec!["city", "firstname"],
                "every variable has an input, and every input is used",
            ),
            (
                vec!["city", "firstname", "tone"],
                "every variable has an input, and every input is used",
            ),
            (vec!["firstname"], "missing inputs: `city`"),
            (vec!["city", "firstname", "age"], "unused inputs: `age`"),
            (
                vec!["city", "firstname", "tine"],
                "unused inputs: `tine` (meant as `tone`?)",
            ),
            (
                vec!["firstName", "ctiy", "age"],
                "missing inputs: `city` (given as `ctiy`?), `firstname` (given as `firstName`?); \
                 unused inputs: `firstName`, `ctiy`, `age`",
            ),
        ] {
            let report = report(&all, &inputs);
            assert_eq!(report.is_ok(), expected.starts_with("every"), "{inputs:?}");
            assert_eq!(report.to_string(), expected, "{inputs:?}");
        }
    }

    #[test]
    fn an_input_is_one_misspelt_name() {
        let report = report(&[("firstname", true), ("lastname", true)], &["frstname"]);
        assert_eq!(
            report.to_string(),
            "missing inputs: `firstname` (given as `frstname`?), `lastname`; unused inputs: `frstname`"
        );
    }

    #[test]
    fn nothing_is_ok_without_a_live_version() {
        let report = InputReport::new(Vec::new(), &Variables::default(), &["a".to_owned()]);
        assert!(!report.is_ok());
        assert_eq!(report.to_string(), "no version is live");
    }

    #[test]
    fn nothing_is_near_among_too_many_names() {
        let names: Vec<_> = (0..MOST_PAIRS).map(|n| format!("name{n}")).collect();
        let names: Vec<_> = names.iter().map(|name| (name.as_str(), true)).collect();
        let nearest = |inputs: &[&str]| report(&names, inputs).unused[0].nearest.clone();
        assert_eq!(nearest(&["nmae17"]).as_deref(), Some("name17"));
        assert_eq!(nearest(&["nmae17", "nmae18"]), None);
    }

    #[test]
    fn the_nearest_name_is_near() {
        let nearest = |name: &str, others: &[&str]| {
            let others: Vec<_> = others.iter().map(|other| (*other).to_owned()).collect();
            nearest(name, &others.iter().collect::<Vec<_>>())
        };
        assert_eq!(
            nearest("first_name", &["lastName", "firstName"]).as_deref(),
            Some("firstName")
        );
        assert_eq!(
            nearest("city", &["cities", "ciyt"]).as_deref(),
            Some("ciyt")
        );
        assert_eq!(
            nearest("firstname", &["firstname01", "firstnam"]).as_deref(),
            Some("firstnam")
        );
        assert_eq!(nearest("city", &["county"]), None);
        assert_eq!(nearest("ID", &["id"]).as_deref(), Some("id"));
        assert_eq!(nearest("a", &["b"]), None);
        assert_eq!(nearest("city", &["country", "c"]), None);
        let long = "x".repeat(LONGEST_NAME + 1);
        assert_eq!(nearest(&long, &[&long]), None);
    }
}
