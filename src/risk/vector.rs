//! The vector: a score as one line of text, from which it is recomputed by hand.
//!
//! ```text
//! br-1/P:0.9999/C:read.restricted.x5*3+list.internal.x4*12/M:admin.crown.x6*1
//! ```
//!
//! `P` is the chance, `C` what is reached for certain, `M` what may be reached: each term is the strongest access to
//! resources of one sensitivity behind borders of one factor in quarters, times how many there are. The score is
//! `P · Σ count · x/4 · V · A`; where the chance is an interval (`P:0.9706..0.9999`), certain reach goes with the lower
//! bound. `-` stands for nothing.

use super::borders::NO_BORDER;
use super::chance::Chance;
use super::clock::WHOLE;
use super::ladder::{access_tenths, sensitivity_tenths};
use super::points::Points;
use crate::inventory::{Access, Sensitivity};
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

/// The version of the model: another one would make other numbers of the same reach.
pub const MODEL: &str = "br-1";

/// One sort of what is reached: the strongest access, the sensitivity, the factor in quarters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Term {
    /// A: the strongest access gained.
    pub access: Access,
    /// V: what it is worth.
    pub sensitivity: Sensitivity,
    /// X in quarters, from 4 to 7.
    pub factor: u64,
}

impl Term {
    /// X · V · A, in quarters of hundredths of a point.
    pub fn weight(self) -> u64 {
        self.factor * sensitivity_tenths(self.sensitivity) * access_tenths(self.access)
    }
}

/// How many resources of which sort are reached.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Terms(BTreeMap<Term, u64>);

impl Terms {
    /// Adds so many resources of a sort.
    pub fn add(&mut self, term: Term, count: u64) {
        if count > 0 {
            let sum = self.0.entry(term).or_default();
            *sum = sum.saturating_add(count);
        }
    }

    /// How many resources there are.
    pub fn count(&self) -> u64 {
        self.0.values().copied().fold(0, u64::saturating_add)
    }

    /// How many crown jewels are among them that are read, or graver.
    pub fn crowns(&self) -> u64 {
        let is_crown =
            |term: &Term| term.sensitivity == Sensitivity::Crown && term.access >= Access::Read;
        let crowns = self.iter().filter(|(term, _)| is_crown(term));
        crowns.map(|(_, count)| count).fold(0, u64::saturating_add)
    }

    /// The sorts, in order, each with how many there are.
    pub fn iter(&self) -> impl Iterator<Item = (Term, u64)> {
        self.0.iter().map(|(&term, &count)| (term, count))
    }

    /// Σ X · V · A, in quarters of hundredths of a point.
    pub fn weight(&self) -> u64 {
        let parts = self
            .iter()
            .map(|(term, count)| term.weight().saturating_mul(count));
        parts.fold(0, u64::saturating_add)
    }

    /// Σ V · A, in hundredths of a point: the same without borders.
    pub fn value(&self) -> u64 {
        let parts = self.iter().map(|(term, count)| {
            let plain = sensitivity_tenths(term.sensitivity) * access_tenths(term.access);
            plain.saturating_mul(count)
        });
        parts.fold(0, u64::saturating_add)
    }
}

/// A score with all its terms.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Vector {
    /// P.
    pub chance: Chance,
    /// What is reached for certain.
    pub certain: Terms,
    /// What may be reached, that included.
    pub possible: Terms,
}

impl Vector {
    /// P · Σ X · V · A, for certain and for possible reach.
    pub fn points(&self) -> (Points, Points) {
        let Chance { certain, possible } = self.chance;
        (
            Points(self.certain.weight().saturating_mul(certain)),
            Points(self.possible.weight().saturating_mul(possible)),
        )
    }

    /// P · Σ V · A, without borders: what is lost on average of all value.
    pub fn lost(&self) -> (Points, Points) {
        let Chance { certain, possible } = self.chance;
        let units = |terms: &Terms, chance: u64| {
            let whole = NO_BORDER.saturating_mul(terms.value());
            Points(whole.saturating_mul(chance))
        };
        (
            units(&self.certain, certain),
            units(&self.possible, possible),
        )
    }
}

impl fmt::Display for Terms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("-");
        }
        for (place, (term, count)) in self.iter().enumerate() {
            let plus = if place > 0 { "+" } else { "" };
            let (access, sensitivity) = (term.access.name(), term.sensitivity.name());
            write!(f, "{plus}{access}.{sensitivity}.x{}*{count}", term.factor)?;
        }
        Ok(())
    }
}

impl fmt::Display for Vector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let decimal = |chance: u64| format!("{}.{:04}", chance / WHOLE, chance % WHOLE);
        let (certain, possible) = (decimal(self.chance.certain), decimal(self.chance.possible));
        write!(f, "{MODEL}/P:{certain}")?;
        if certain != possible {
            write!(f, "..{possible}")?;
        }
        write!(f, "/C:{}/M:{}", self.certain, self.possible)
    }
}

/// Why a text is no vector.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoVector {
    /// It is of another model, or of none.
    #[error("no vector of {MODEL}: it begins with `{MODEL}/P:`, then `/C:` and `/M:`")]
    Model,
    /// The chance.
    #[error("`{0}` is no chance: write `0.9999`, or `0.9706..0.9999`")]
    Chance(String),
    /// A term.
    #[error("`{0}` is no term: write `read.restricted.x5*3`")]
    Term(String),
}

/// A chance of four decimals.
fn chance(text: &str) -> Option<u64> {
    let (whole, decimals) = text.split_once('.')?;
    let is_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.len() != 1 || decimals.len() != 4 || !is_digits(whole) || !is_digits(decimals) {
        return None;
    }
    let chance: u64 = format!("{whole}{decimals}").parse().ok()?;
    (chance <= WHOLE).then_some(chance)
}

impl FromStr for Term {
    type Err = NoVector;

    fn from_str(text: &str) -> Result<Self, NoVector> {
        let parsed = || {
            let mut words = text.split('.');
            let access = Access::from_name(words.next()?)?;
            let sensitivity = Sensitivity::from_name(words.next()?)?;
            let digit = words.next()?.strip_prefix('x')?;
            let factor = digit.parse().ok()?;
            let is_one_digit = digit.len() == 1;
            let is_sound = words.next().is_none() && is_one_digit && (4..=7).contains(&factor);
            is_sound.then_some(Self {
                access,
                sensitivity,
                factor,
            })
        };
        parsed().ok_or_else(|| NoVector::Term(text.to_owned()))
    }
}

impl FromStr for Terms {
    type Err = NoVector;

    fn from_str(text: &str) -> Result<Self, NoVector> {
        let mut terms = Self::default();
        if text == "-" {
            return Ok(terms);
        }
        for part in text.split('+') {
            let wrong = || NoVector::Term(part.to_owned());
            let (term, count) = part.split_once('*').ok_or_else(wrong)?;
            let count: u64 = count.parse().map_err(|_| wrong())?;
            if count == 0 {
                return Err(wrong());
            }
            terms.add(term.parse()?, count);
        }
        Ok(terms)
    }
}

impl FromStr for Vector {
    type Err = NoVector;

    fn from_str(text: &str) -> Result<Self, NoVector> {
        let mut parts = text.split('/');
        if parts.next() != Some(MODEL) {
            return Err(NoVector::Model);
        }
        let mut part = |name: &str| {
            let text = parts.next().and_then(|part| part.strip_prefix(name));
            text.ok_or(NoVector::Model)
        };
        let (bounds, sure, maybe) = (part("P:")?, part("C:")?, part("M:")?);
        if parts.next().is_some() {
            return Err(NoVector::Model);
        }
        let wrong = || NoVector::Chance(bounds.to_owned());
        let (low, high) = bounds.split_once("..").unwrap_or((bounds, bounds));
        let certain = chance(low).ok_or_else(wrong)?;
        let possible = chance(high).ok_or_else(wrong)?;
        if certain > possible {
            return Err(wrong());
        }
        Ok(Self {
            chance: Chance { certain, possible },
            certain: sure.parse()?,
            possible: maybe.parse()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn term() -> impl Strategy<Value = Term> {
        (0..5usize, 0..5usize, 4..=7u64).prop_map(|(access, sensitivity, factor)| Term {
            access: Access::LADDER[access],
            sensitivity: Sensitivity::ALL[sensitivity],
            factor,
        })
    }

    fn terms() -> impl Strategy<Value = Terms> {
        prop::collection::btree_map(term(), 1..1_000u64, 0..6).prop_map(Terms)
    }

    fn vector() -> impl Strategy<Value = Vector> {
        (0..=WHOLE, 0..=WHOLE, terms(), terms()).prop_map(|(a, b, certain, possible)| Vector {
            chance: Chance {
                certain: a.min(b),
                possible: a.max(b),
            },
            certain,
            possible,
        })
    }

    #[test]
    fn a_vector_is_recomputed_by_hand() {
        let text = "br-1/P:0.5000/C:read.restricted.x5*3/M:read.restricted.x5*3+admin.crown.x4*1";
        let vector: Vector = text.parse().unwrap();
        assert_eq!(vector.to_string(), text);
        // Certain: ½ · 3 · 1.25 · 10 · 0.6 = 11.25; possible: that and ½ · 30.
        assert_eq!(
            vector.points(),
            (Points(11_250_000 * 4), Points(26_250_000 * 4))
        );
        // Without borders: ½ · 3 · 10 · 0.6 = 9, and ½ · 30 more.
        assert_eq!(
            vector.lost(),
            (Points::hundredths(900), Points::hundredths(2_400))
        );
        assert_eq!(vector.possible.value(), 1_800 + 3_000);
    }

    #[test]
    fn what_is_no_vector_is_told() {
        for (text, said) in [
            ("", "no vector of br-1"),
            ("br-2/P:0.5000/C:-/M:-", "no vector of br-1"),
            ("br-1/P:0.5000/C:-", "no vector of br-1"),
            ("br-1/P:0.5000/C:-/M:-/", "no vector of br-1"),
            ("br-1/P:1.0001/C:-/M:-", "`1.0001` is no chance"),
            ("br-1/P:0.5/C:-/M:-", "`0.5` is no chance"),
            ("br-1/P:0.50000/C:-/M:-", "`0.50000` is no chance"),
            ("br-1/P:00.5000/C:-/M:-", "`00.5000` is no chance"),
            ("br-1/P:.5000/C:-/M:-", "`.5000` is no chance"),
            ("br-1/P:+.5000/C:-/M:-", "`+.5000` is no chance"),
            ("br-1/P:0.+500/C:-/M:-", "`0.+500` is no chance"),
            ("br-1/P:1/C:-/M:-", "`1` is no chance"),
            (
                "br-1/P:0.5000..1.5000/C:-/M:-",
                "`0.5000..1.5000` is no chance",
            ),
            (
                "br-1/P:0.6000..0.5000/C:-/M:-",
                "`0.6000..0.5000` is no chance",
            ),
            ("br-1/P:0.5000/M:-/C:-", "no vector of br-1"),
            (
                "br-1/P:0.5000/C:crown.read.x4*1/M:-",
                "`crown.read.x4` is no term",
            ),
            (
                "br-1/P:0.5000/C:read.crown.4*1/M:-",
                "`read.crown.4` is no term",
            ),
            (
                "br-1/P:0.5000/C:read.crown.x3*1/M:-",
                "`read.crown.x3` is no term",
            ),
            (
                "br-1/P:0.5000/C:read.crown.x+4*1/M:-",
                "`read.crown.x` is no term",
            ),
            (
                "br-1/P:0.5000/C:read.crown.x04*1/M:-",
                "`read.crown.x04` is no term",
            ),
            (
                "br-1/P:0.5000/C:read.crown.x4.x4*1/M:-",
                "`read.crown.x4.x4` is no term",
            ),
            (
                "br-1/P:0.5000/C:read.crown.x4/M:-",
                "`read.crown.x4` is no term",
            ),
            (
                "br-1/P:0.5000/C:-/M:read.crown.x4*-1",
                "`read.crown.x4*-1` is no term",
            ),
            ("br-1/P:0.5000/C:-/M:read.crown.x4*1+", "`` is no term"),
            (
                "br-1/P:0.5000/C:read.secret.x4*1/M:-",
                "`read.secret.x4` is no term",
            ),
            (
                "br-1/P:0.5000/C:read.crown.x8*1/M:-",
                "`read.crown.x8` is no term",
            ),
            (
                "br-1/P:0.5000/C:read.crown.x4*+1/M:-",
                "`read.crown.x4*` is no term",
            ),
            (
                "br-1/P:0.5000/C:read.crown.x4*0/M:-",
                "`read.crown.x4*0` is no term",
            ),
            ("br-1/P:0.5000/C:/M:-", "`` is no term"),
        ] {
            let error = text.parse::<Vector>().unwrap_err().to_string();
            assert!(error.starts_with(said), "{text}: {error}");
        }
    }

    #[test]
    fn a_chance_between_two_bounds_goes_with_both() {
        let text = "br-1/P:0.2500..0.7500/C:read.crown.x4*1/M:read.crown.x4*1";
        let vector: Vector = text.parse().unwrap();
        assert_eq!(vector.to_string(), text);
        // 18 points, a quarter and three quarters of them.
        let both = (Points::hundredths(450), Points::hundredths(1_350));
        assert_eq!(vector.points(), both);
        assert_eq!(vector.lost(), both);
    }

    #[test]
    fn crown_jewels_count_where_they_are_read_or_worse() {
        let text = "br-1/P:1.0000/C:-/M:list.crown.x4*9+read.crown.x4*2+read.crown.x5*1+admin.crown.x4*1+admin.restricted.x4*5";
        let vector: Vector = text.parse().unwrap();
        assert_eq!(vector.possible.crowns(), 4);
        assert_eq!(vector.possible.count(), 18);
    }

    #[test]
    fn sums_that_do_not_fit_stop() {
        let term: Term = "admin.crown.x7".parse().unwrap();
        let mut terms = Terms::default();
        terms.add(term, u64::MAX);
        terms.add(term, 1);
        let other = "list.crown.x4".parse().unwrap();
        terms.add(other, 1);
        let all = [terms.count(), terms.crowns(), terms.weight(), terms.value()];
        assert_eq!(all, [u64::MAX; 4]);
        let vector = Vector {
            chance: Chance::SURE,
            certain: terms.clone(),
            possible: terms,
        };
        let most = (Points(u64::MAX), Points(u64::MAX));
        assert_eq!((vector.points(), vector.lost()), (most, most));
    }

    proptest! {
        #[test]
        fn a_vector_is_read_as_it_is_written(vector in vector()) {
            prop_assert_eq!(vector.to_string().parse(), Ok(vector));
        }

        #[test]
        fn changing_one_term_changes_the_vector_there_and_nowhere_else(vector in vector(), more in term(), count in 1..100u64) {
            let mut changed = vector.clone();
            changed.certain.add(more, count);
            let parts = |vector: &Vector| {
                let text = vector.to_string();
                text.split('/').map(str::to_owned).collect::<Vec<_>>()
            };
            let (before, after) = (parts(&vector), parts(&changed));
            let differing: Vec<usize> = (0..4).filter(|&at| before[at] != after[at]).collect();
            prop_assert_eq!(differing, [2]);
            let (certain, possible) = vector.points();
            let expected = certain + Points(more.weight() * count * vector.chance.certain);
            prop_assert_eq!(changed.points(), (expected, possible));
        }
    }
}
