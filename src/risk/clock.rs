//! t: the chance that what was stolen still works when it is used.
//!
//! Two clocks race from the moment of the theft: the thief's, who uses it at a rate of one over the usual delay, and the
//! defender's, who finds out and revokes it. Both are taken as exponential; whichever rings first wins, and a credential
//! that ends by itself ends the race.
//!
//! The exponential is that of the `libm` crate, which is made of plain arithmetic: so the same numbers come out on every
//! machine, which the mathematics of operating systems do not promise. Results are rounded to ten-thousandths all the
//! same ([`ten_thousandths`]): more is not known.

/// Ten-thousandths in one.
pub const WHOLE: u64 = 10_000;

/// Seconds in a day, as all times here are in days.
pub(super) const DAY: f64 = 86_400.0;

/// A chance in ten-thousandths, to the nearest one. What is above 0 stays above 0: what is possible is never lost by
/// rounding.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "it is between 0 and 10,000"
)]
pub fn ten_thousandths(chance: f64) -> u64 {
    let rounded = (chance.clamp(0.0, 1.0) * 10_000.0 + 0.5) as u64;
    if chance > 0.0 { rounded.max(1) } else { 0 }
}

/// How long a credential that was stolen lives on from that moment, in days.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Life {
    /// It opens nothing any more.
    Dead,
    /// It ends at a known time, so long ahead.
    Ends(f64),
    /// It is replaced by another so often, and stolen at a random moment in between.
    Renewed(f64),
    /// It never ends by itself.
    Endless,
}

/// The two clocks.
#[derive(Debug, Clone, Copy)]
pub struct Race {
    /// Both rates together, a day.
    rate: f64,
    /// The part of it that is the thief's.
    thief: f64,
}

impl Race {
    /// A thief who takes `delay` days on average, against defenders who have revoked half of all after `revocation` days.
    /// Both are above 0.
    pub fn new(delay: f64, revocation: f64) -> Self {
        let thief = 1.0 / delay;
        let rate = thief + std::f64::consts::LN_2 / revocation;
        Self {
            rate,
            thief: thief / rate,
        }
    }

    /// The chance that the thief comes first, from 0 to 1. A longer life never has a lower one.
    pub fn works(self, life: Life) -> f64 {
        match life {
            Life::Dead => 0.0,
            Life::Endless => self.thief,
            Life::Ends(days) => self.thief * self.over(days.max(0.0)),
            Life::Renewed(days) => self.thief * self.on_average(days.max(0.0)),
        }
    }

    /// The chance that some clock has rung after so many days.
    fn over(self, days: f64) -> f64 {
        -libm::expm1(-self.rate * days)
    }

    /// The same, on average over all that may be left of so many days.
    fn on_average(self, days: f64) -> f64 {
        let x = self.rate * days;
        if x < 1e-4 {
            // The beginning of the series: the difference below would lose its digits.
            x / 2.0 - x * x / 6.0
        } else {
            1.0 + libm::expm1(-x) / x
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const MINUTE: f64 = 60.0 / DAY;

    fn public_code() -> Race {
        Race::new(17.0 * MINUTE, 94.0)
    }

    fn private() -> Race {
        Race::new(30.0, 94.0)
    }

    /// The formulas of the issue, written as they stand there, by the standard library.
    fn plainly(delay: f64, revocation: f64, life: Life) -> f64 {
        let thief = 1.0 / delay;
        let rate = thief + 2f64.ln() / revocation;
        match life {
            Life::Dead => 0.0,
            Life::Endless => thief / rate,
            Life::Ends(w) => thief / rate * (1.0 - (-rate * w).exp()),
            Life::Renewed(0.0) => 0.0,
            Life::Renewed(l) => thief / rate * (1.0 - (1.0 - (-rate * l).exp()) / (rate * l)),
        }
    }

    #[test]
    fn what_never_ends_is_used_unless_it_is_revoked_first() {
        // 84.70588 / (84.70588 + 0.00737) and 0.03333 / (0.03333 + 0.00737).
        assert_eq!(ten_thousandths(public_code().works(Life::Endless)), 9_999);
        assert_eq!(ten_thousandths(private().works(Life::Endless)), 8_189);
    }

    #[test]
    fn what_ends_is_used_unless_it_ends_or_is_revoked_first() {
        // Half of those who take 17 minutes on average have come after 17 ln 2 minutes.
        let half = Life::Ends(17.0 * MINUTE * std::f64::consts::LN_2);
        assert_eq!(ten_thousandths(public_code().works(half)), 5_000);
        let month = ten_thousandths(private().works(Life::Ends(30.0)));
        assert_eq!(month, 5_774);
        assert_eq!(private().works(Life::Ends(0.0)), 0.0);
        assert_eq!(private().works(Life::Ends(-1.0)), 0.0);
    }

    #[test]
    fn what_is_renewed_has_half_of_its_life_left_on_average() {
        // For lives much shorter than the delay the chance grows with what is left of them.
        let (ends, renewed) = (Life::Ends(0.001), Life::Renewed(0.002));
        let (ends, renewed) = (private().works(ends), private().works(renewed));
        assert!((ends / renewed - 1.0).abs() < 1e-4, "{ends} {renewed}");
        assert_eq!(private().works(Life::Renewed(0.0)), 0.0);
    }

    #[test]
    fn what_is_dead_is_of_no_use() {
        assert_eq!(private().works(Life::Dead), 0.0);
    }

    #[test]
    fn what_is_possible_is_not_rounded_away() {
        assert_eq!(ten_thousandths(1e-9), 1);
        assert_eq!(ten_thousandths(0.0), 0);
        assert_eq!(ten_thousandths(0.00016), 2);
        assert_eq!(ten_thousandths(1.0), WHOLE);
    }

    fn days() -> impl Strategy<Value = f64> {
        // From a millisecond to a hundred years.
        (-8.0..4.6f64).prop_map(|exponent| 10f64.powf(exponent))
    }

    fn life(sort: u8, days: f64) -> Life {
        match sort {
            0 => Life::Ends(days),
            _ => Life::Renewed(days),
        }
    }

    proptest! {
        #[test]
        fn the_formulas_are_those_of_the_model(
            delay in 1e-4..200f64, revocation in 1.0..1000f64, sort in 0..2u8, days in days(),
        ) {
            let life = life(sort, days);
            let works = Race::new(delay, revocation).works(life);
            let plain = plainly(delay, revocation, life);
            prop_assert!((works - plain).abs() < 1e-6, "{works} {plain}");
            prop_assert!((0.0..=1.0).contains(&works));
        }

        #[test]
        fn a_longer_life_never_scores_lower(
            delay in 1e-4..200f64, revocation in 1.0..1000f64, sort in 0..2u8, short in days(), longer in 1.0..100f64,
        ) {
            let race = Race::new(delay, revocation);
            let of = |days| ten_thousandths(race.works(life(sort, days)));
            prop_assert!(of(short) <= of(short * longer));
            let (renewed, ends) = (Life::Renewed(short), Life::Ends(short));
            let lives = [Life::Dead, renewed, ends, Life::Endless].map(|life| ten_thousandths(race.works(life)));
            prop_assert!(lives.is_sorted(), "{lives:?}");
        }
    }
}
