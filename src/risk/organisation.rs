//! The organisation's score: what is lost on average, one resource not counted ten times because ten keys reach it.
//!
//! Per resource `1 − Π_c (1 − P(c) · A(c, r))` over all credentials, as if they were stolen independently of each other,
//! times V, summed. That is worked out with logarithms, which add up: `−ln (1 − P · A)` of the strongest access is a sum
//! over the rungs of the ladder, as points are, and sums of integers do not depend on the order of adding.

use super::clock::WHOLE;
use super::ladder::{access_tenths, sensitivity_tenths};
use super::points::Points;
use crate::inventory::{Access, Sensitivity};

/// A logarithm of one, in units of 2^-32.
const ONE: f64 = 4_294_967_296.0;
/// What is lost for sure: e^-40 is less than anything that is counted here.
const SURE: f64 = 40.0;

/// What each rung of [`Access::LADDER`] adds to `−ln (1 − P · A)`, for a chance in ten-thousandths; in units of 2^-32. The
/// sum up to the strongest access is the logarithm of that.
pub fn log_rungs(chance: u64) -> [u64; 5] {
    let mut below = 0;
    Access::LADDER.map(|access| {
        let all = logarithm(chance.min(WHOLE) * access_tenths(access));
        let rung = all - below;
        below = all;
        rung
    })
}

/// `−ln (1 − x)`, x in hundred-thousandths.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "from 0 to 40 times 2^32"
)]
fn logarithm(x: u64) -> u64 {
    let whole = 10 * WHOLE;
    let logarithm = match x >= whole {
        true => SURE,
        false => -libm::log1p(-(x as f64 / whole as f64)),
    };
    (logarithm * ONE + 0.5) as u64
}

/// V · (1 − Π), for the sum of the logarithms of all credentials that reach a resource; to the nearest unit.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a part of 30 points"
)]
pub fn lost(sensitivity: Sensitivity, logarithms: u64) -> Points {
    let lost = -libm::expm1(-(logarithms as f64 / ONE));
    Points((lost * value(sensitivity).0 as f64 + 0.5) as u64)
}

/// V.
pub fn value(sensitivity: Sensitivity) -> Points {
    Points::hundredths(10 * sensitivity_tenths(sensitivity))
}

/// The share of all points that the first tenth of credentials have, the heaviest first; from 0 to 1, 0 of nothing. A
/// tenth is rounded up: of nine credentials it is one.
#[expect(
    clippy::cast_precision_loss,
    reason = "a share is for people; sums stay integers"
)]
pub fn concentration(points: &[Points]) -> f64 {
    let mut heaviest = points.to_vec();
    heaviest.sort_unstable_by(|a, b| b.cmp(a));
    let sum = |points: &[Points]| points.iter().map(|one| u128::from(one.0)).sum::<u128>();
    let first = heaviest
        .get(..points.len().div_ceil(10))
        .unwrap_or_default();
    match sum(&heaviest) {
        0 => 0.0,
        all => sum(first) as f64 / all as f64,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn up_to(chance: u64, access: Access) -> u64 {
        let rungs = Access::LADDER.into_iter().zip(log_rungs(chance));
        rungs
            .filter(|(rung, _)| *rung <= access)
            .map(|(_, one)| one)
            .sum()
    }

    #[test]
    fn one_database_is_not_counted_ten_times() {
        // A crown jewel (30) that ten keys read (0.6) with a chance of one half: 30 · (1 − 0.7^10).
        let ten = 10 * up_to(5_000, Access::Read);
        let of_ten = lost(Sensitivity::Crown, ten).0 as f64 / 4_000_000.0;
        assert!((of_ten - 29.152_574).abs() < 1e-5, "{of_ten}");
        // One alone: 30 · 0.3.
        assert_eq!(
            lost(Sensitivity::Crown, up_to(5_000, Access::Read)),
            Points(36_000_000)
        );
    }

    #[test]
    fn what_is_surely_lost_is_all_of_it() {
        let sure = up_to(WHOLE, Access::Admin);
        assert_eq!(lost(Sensitivity::Crown, sure), value(Sensitivity::Crown));
        assert_eq!(
            lost(Sensitivity::Crown, 1_000_000 * sure),
            value(Sensitivity::Crown)
        );
        assert_eq!(lost(Sensitivity::Crown, 0), Points(0));
    }

    #[test]
    fn the_first_tenth_has_its_share() {
        assert_eq!(concentration(&[1; 10].map(Points)), 0.1);
        assert_eq!(concentration(&[0, 9, 1].map(Points)), 0.9);
        assert_eq!(concentration(&[]), 0.0);
        assert_eq!(concentration(&[0, 0].map(Points)), 0.0);
        let mut eleven = [Points(1); 11];
        eleven[7] = Points(10);
        assert_eq!(concentration(&eleven), 0.55);
    }

    proptest! {
        #[test]
        fn it_is_no_more_than_the_value_and_no_more_than_the_sum(
            keys in prop::collection::vec((0..=WHOLE, 0..5usize), 0..30), sensitivity in 0..5usize,
        ) {
            let sensitivity = Sensitivity::ALL[sensitivity];
            let logarithms = keys.iter().map(|&(chance, access)| up_to(chance, Access::LADDER[access])).sum();
            let Points(lost) = lost(sensitivity, logarithms);
            prop_assert!(lost <= value(sensitivity).0);
            let alone = keys.iter().map(|&(chance, access)| {
                chance * access_tenths(Access::LADDER[access]) * sensitivity_tenths(sensitivity) * 4
            });
            // Rounding: half a unit a key, and half of the whole.
            prop_assert!(lost <= alone.sum::<u64>() + keys.len() as u64 + 1);
            let none = keys.iter().map(|&(chance, access)| {
                1.0 - (chance * access_tenths(Access::LADDER[access])) as f64 / 100_000.0
            });
            let plain = value(sensitivity).0 as f64 * (1.0 - none.product::<f64>());
            // To the nearest unit, but for the rounding of the logarithms.
            let most = 0.5 + 0.02 * (keys.len() + 1) as f64;
            prop_assert!((plain - lost as f64).abs() < most, "{plain} {lost}");
        }

        #[test]
        fn rungs_are_no_less_than_nothing_and_grow_with_the_chance(low in 0..=WHOLE, high in 0..=WHOLE) {
            let (low, high) = (low.min(high), low.max(high));
            for access in Access::LADDER {
                prop_assert!(up_to(low, access) <= up_to(high, access));
            }
        }
    }
}
