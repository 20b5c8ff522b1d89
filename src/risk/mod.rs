//! What reach weighs: integers, so that sums do not depend on the order in which threads add them.
//!
//! The weight of a resource reached is its sensitivity times the strongest access gained. The ladder of accesses is
//! split into increments: a fact "at least read" weighs what read adds to list, so that the strongest access counts
//! by summing the rungs, and sums stay additive over facts.

use crate::inventory::{Access, Sensitivity};
use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Sub};

/// Weighted reach, in hundredths of a point: admin on one internal resource is one point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Points(pub u64);

impl Points {
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

impl fmt::Display for Points {
    /// Two decimals: `1234.50`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}.{:02}", self.0 / 100, self.0 % 100))
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

/// Tenths: public 0.1, internal 1, confidential 3, restricted 10, crown 30.
pub fn sensitivity_tenths(sensitivity: Sensitivity) -> u64 {
    match sensitivity {
        Sensitivity::Public => 1,
        Sensitivity::Internal => 10,
        Sensitivity::Confidential => 30,
        Sensitivity::Restricted => 100,
        Sensitivity::Crown => 300,
    }
}

/// What a rung adds to the one below it, in tenths: list 0.2, read 0.6, write 0.8, delete 0.9, admin 1 in all.
pub fn rung_tenths(access: Access) -> u64 {
    match access {
        Access::List => 2,
        Access::Read => 4,
        Access::Write => 2,
        Access::Delete | Access::Admin => 1,
    }
}

/// The weight of the fact "at least `access` on a resource of that sensitivity".
pub fn weight(sensitivity: Sensitivity, access: Access) -> Points {
    Points(sensitivity_tenths(sensitivity) * rung_tenths(access))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ladder_sums_to_the_documented_strength_of_each_access() {
        let mut sum = 0;
        let sums = Access::LADDER.map(|access| {
            sum += rung_tenths(access);
            sum
        });
        assert_eq!(sums, [2, 6, 8, 9, 10]);
    }

    #[test]
    fn admin_on_one_internal_resource_is_one_point() {
        let points: Points = Access::LADDER
            .map(|access| weight(Sensitivity::Internal, access))
            .into_iter()
            .sum();
        assert_eq!(points.to_string(), "1.00");
    }
}
