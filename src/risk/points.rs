//! Points: integers, so that sums do not depend on the order in which threads add them.

use crate::fixes::Measure;
use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Sub};

/// Weighted reach, in units of 1/4,000,000 point: ten-thousandths of a chance, times quarters of a border, times hundredths
/// of value and access. Admin on one internal resource at home, reached for sure, is one point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Points(pub u64);

impl Points {
    /// One point.
    pub const ONE: Self = Self(4_000_000);

    /// So many hundredths of a point.
    pub const fn hundredths(number: u64) -> Self {
        Self(number.saturating_mul(Self::ONE.0 / 100))
    }

    /// The same, to the nearest hundredth. What is above nothing is one at least: it is never shown as nothing.
    pub fn in_hundredths(self) -> u64 {
        let unit = Self::ONE.0 / 100;
        let rounded = self.0 / unit + u64::from(self.0 % unit >= unit / 2);
        if self.0 > 0 { rounded.max(1) } else { 0 }
    }

    /// The one figure of a pair, certain and possible.
    pub fn one((certain, possible): (Self, Self), measure: Measure) -> Self {
        Self(measure.of(certain.0, possible.0))
    }

    /// All decimals: `22.49775`.
    pub fn exact(self) -> String {
        // A unit is 0.00000025.
        let (whole, rest) = (self.0 / Self::ONE.0, self.0 % Self::ONE.0);
        let number = format!("{whole}.{:08}", rest * 25);
        number
            .trim_end_matches('0')
            .trim_end_matches('.')
            .to_owned()
    }

    /// The share of `whole`, from 0 to 1; 0 of nothing is 0.
    #[expect(
        clippy::cast_precision_loss,
        reason = "a share is for people; sums stay integers"
    )]
    pub fn share_of(self, whole: Self) -> f64 {
        if whole.0 == 0 {
            0.0
        } else {
            self.0 as f64 / whole.0 as f64
        }
    }
}

/// A number with thousands set apart: `12,345`.
pub fn thousands(number: u128) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// So many hundredths as people read them, always with two decimals: `1,234.50`.
pub fn two_decimals(hundredths: u128) -> String {
    format!("{}.{:02}", thousands(hundredths / 100), hundredths % 100)
}

impl fmt::Display for Points {
    /// For people: `1,234.50`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&two_decimals(self.in_hundredths().into()))
    }
}

impl Add for Points {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl AddAssign for Points {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sub for Points {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl Sum for Points {
    fn sum<I: Iterator<Item = Self>>(points: I) -> Self {
        points.fold(Self(0), Add::add)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_are_shown_to_the_nearest_hundredth_and_written_in_full() {
        for (units, shown, exact) in [
            (0, "0.00", "0"),
            (1, "0.01", "0.00000025"),
            (4_000_000, "1.00", "1"),
            (89_991_000, "22.50", "22.49775"),
            (8_190_400_000, "2,047.60", "2047.6"),
            (4_020_000, "1.01", "1.005"),
            (4_019_999, "1.00", "1.00499975"),
            (u64::MAX, "4,611,686,018,427.39", "4611686018427.38790375"),
        ] {
            assert_eq!(Points(units).to_string(), shown, "{units}");
            assert_eq!(Points(units).exact(), exact, "{units}");
        }
    }

    #[test]
    fn sums_and_differences_stop_at_their_bounds() {
        let most = Points(u64::MAX);
        assert_eq!([most + Points(1), Points(1) - Points(2)], [most, Points(0)]);
        assert_eq!(
            [most, Points(1), Points(2)].into_iter().sum::<Points>(),
            most
        );
        assert_eq!(Points::hundredths(u64::MAX), most);
    }

    #[test]
    fn the_one_figure_is_of_the_measure_and_does_not_overflow() {
        let one = |measure| Points::one((Points(3), Points(6)), measure);
        assert_eq!(Measure::ALL.map(one), [Points(4), Points(3), Points(6)]);
        let most = (Points(u64::MAX), Points(u64::MAX));
        assert_eq!(Points::one(most, Measure::Mean), Points(u64::MAX));
    }
}
