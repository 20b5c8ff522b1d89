//! Bands: how bad it is, in one word.

use super::settings::Settings;
use crate::inventory::BandLimit;

/// How bad a scenario is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Band {
    /// Nothing is reached.
    None,
    /// What it reaches is unknown, which is not nothing.
    Unknown,
    /// Something is reached.
    Low,
    /// A thousandth of all value.
    Medium,
    /// A crown jewel, possibly; or a hundredth of all value.
    High,
    /// A crown jewel, for certain; or a tenth of all value.
    Critical,
}

/// What decides a band.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Signs {
    /// Whether a crown jewel is read for certain, or graver.
    pub reaches_crown: bool,
    /// Whether one possibly is.
    pub may_reach_crown: bool,
    /// The share of all value that is lost on average, in ten-thousandths.
    pub share: u64,
    /// Whether anything is reached, possibly, with any chance.
    pub reaches_anything: bool,
    /// Whether its reach is unknown.
    pub is_unknown: bool,
}

impl Band {
    /// All, worst first.
    pub const ALL: [Self; 6] = [
        Self::Critical,
        Self::High,
        Self::Medium,
        Self::Low,
        Self::None,
        Self::Unknown,
    ];

    /// The stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Critical => "critical",
            Self::High => "high",
            Self::Medium => "medium",
            Self::Low => "low",
            Self::None => "none",
            Self::Unknown => "unknown",
        }
    }

    /// The band of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|band| band.name() == name)
    }

    /// The band of a scenario with these signs.
    pub fn of(signs: Signs, settings: &Settings) -> Self {
        let is_at_least = |limit| signs.share >= settings.band(limit);
        if !signs.reaches_anything {
            return match signs.is_unknown {
                true => Self::Unknown,
                false => Self::None,
            };
        }
        if signs.reaches_crown || is_at_least(BandLimit::Critical) {
            Self::Critical
        } else if signs.may_reach_crown || is_at_least(BandLimit::High) {
            Self::High
        } else if is_at_least(BandLimit::Medium) {
            Self::Medium
        } else {
            Self::Low
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::RiskRule;

    fn band(change: impl FnOnce(&mut Signs)) -> Band {
        let mut signs = Signs {
            reaches_anything: true,
            ..Signs::default()
        };
        change(&mut signs);
        Band::of(signs, &Settings::default())
    }

    #[test]
    fn a_crown_jewel_or_a_share_decides() {
        assert_eq!(band(|s| s.reaches_crown = true), Band::Critical);
        assert_eq!(band(|s| s.may_reach_crown = true), Band::High);
        let of = |share| band(|s| s.share = share);
        assert_eq!([of(999), of(1_000)], [Band::High, Band::Critical]);
        assert_eq!([of(99), of(100)], [Band::Medium, Band::High]);
        assert_eq!([of(9), of(10)], [Band::Low, Band::Medium]);
        assert_eq!(of(0), Band::Low);
    }

    #[test]
    fn nothing_reached_is_none_unless_it_is_unknown() {
        assert_eq!(band(|s| s.reaches_anything = false), Band::None);
        let unknown = |s: &mut Signs| {
            s.reaches_anything = false;
            s.is_unknown = true;
        };
        assert_eq!(band(unknown), Band::Unknown);
        // What is known of it already counts.
        let partly = |s: &mut Signs| {
            s.share = 50;
            s.is_unknown = true;
        };
        assert_eq!(band(partly), Band::Medium);
    }

    #[test]
    fn limits_are_set_by_the_estate() {
        let signs = Signs {
            share: 50,
            reaches_anything: true,
            ..Signs::default()
        };
        let settings = Settings::default().with(&RiskRule::Band(BandLimit::High, 50));
        assert_eq!(Band::of(signs, &settings), Band::High);
    }

    #[test]
    fn a_worse_band_is_greater() {
        let order = [
            Band::None,
            Band::Unknown,
            Band::Low,
            Band::Medium,
            Band::High,
            Band::Critical,
        ];
        assert!(order.is_sorted());
        assert!(
            Band::ALL
                .iter()
                .all(|band| Band::from_name(band.name()) == Some(*band))
        );
    }
}
