//! A and V: what the strongest access counts for, and what a resource is worth.
//!
//! The ladder of accesses is split into increments: a fact "at least read" weighs what read adds to list, so that the
//! strongest access counts by summing the rungs, and sums stay additive over facts.

use super::Points;
use crate::inventory::{Access, Sensitivity};

/// V in tenths: public 0.1, internal 1, confidential 3, restricted 10, crown 30.
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

/// A in tenths: what an access counts for when it is the strongest.
pub fn access_tenths(access: Access) -> u64 {
    let rungs = Access::LADDER.into_iter().filter(|&rung| rung <= access);
    rungs.map(rung_tenths).sum()
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
        assert_eq!(Access::LADDER.map(access_tenths), [2, 6, 8, 9, 10]);
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
