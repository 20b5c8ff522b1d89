//! Everything that looks random: ids, dates, hashes. Each name has its own stream, so that adding one user changes the
//! ids of no other.

use jiff::ToSpan;
use jiff::civil::{DateTime, date};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// Letters of AWS ids (base 32).
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
/// Changing it changes every id, date and choice of the data set.
const SEED: u64 = 0x00ac_3e20_2611;

/// A stream of choices that belongs to one name.
pub(crate) struct Chance(ChaCha8Rng);

impl Chance {
    /// The stream of `name` for one `purpose`.
    pub(crate) fn of(purpose: &str, name: &str) -> Self {
        // FNV-1a: the standard library's hasher promises no stable result.
        let hash = format!("{purpose}/{name}")
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
                (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
            });
        Self(ChaCha8Rng::seed_from_u64(hash ^ SEED))
    }

    /// A number below `bound`.
    pub(crate) fn below(&mut self, bound: u32) -> u32 {
        self.0.next_u32() % bound.max(1)
    }

    /// Whether something happens that happens in `percent` of cases.
    pub(crate) fn happens(&mut self, percent: u32) -> bool {
        self.below(100) < percent
    }

    /// `length` base-32 letters.
    pub(crate) fn letters(&mut self, length: usize) -> String {
        (0..length)
            .filter_map(|_| {
                let index = usize::try_from(self.below(32)).ok()?;
                BASE32.get(index).map(|letter| char::from(*letter))
            })
            .collect()
    }

    /// `length` hexadecimal digits.
    pub(crate) fn hex(&mut self, length: usize) -> String {
        (0..length)
            .filter_map(|_| char::from_digit(self.below(16), 16))
            .collect()
    }

    /// A moment in the years from 2019 to 2024.
    pub(crate) fn long_ago(&mut self) -> DateTime {
        self.moment(date(2019, 3, 1).at(0, 0, 0, 0), 2000)
    }

    /// A moment in 2026, before the exports were taken.
    pub(crate) fn lately(&mut self) -> DateTime {
        self.moment(date(2026, 1, 5).at(0, 0, 0, 0), 170)
    }

    fn moment(&mut self, from: DateTime, days: u32) -> DateTime {
        let seconds = i64::from(self.below(days)) * 86_400 + i64::from(self.below(86_400));
        from.saturating_add(seconds.seconds())
    }
}

/// An AWS id of the right shape that nobody takes for real: `AIDAEXAMPLE…`.
pub(crate) fn aws_id(prefix: &str, name: &str, letters: usize) -> String {
    format!(
        "{prefix}EXAMPLE{}",
        Chance::of(prefix, name).letters(letters)
    )
}

/// As the AWS CLI prints a time.
pub(crate) fn cli_time(moment: DateTime) -> String {
    moment.strftime("%Y-%m-%dT%H:%M:%S+00:00").to_string()
}

/// A secret of `length` that is visibly none.
pub(crate) fn filler_secret(length: usize) -> String {
    "EXAMPLE".chars().cycle().take(length).collect()
}
