//! Which of certain and possible reach decides where things are ranked or chosen.

use crate::reach::Layer;

/// The one figure between certain and possible reach: by it things are ranked, and sets of fixes chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Measure {
    /// Half of both together.
    #[default]
    Mean,
    /// What is reached without any conditional step.
    Certain,
    /// What is reached with them.
    Possible,
}

impl Measure {
    /// All, the default first.
    pub const ALL: [Self; 3] = [Self::Mean, Self::Certain, Self::Possible];

    /// The stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Mean => "mean",
            Self::Certain => "certain",
            Self::Possible => "possible",
        }
    }

    /// The one of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.name() == name)
    }

    /// The one figure, rounded down to a unit.
    pub fn of(self, certain: u64, possible: u64) -> u64 {
        match self {
            Self::Mean => certain.midpoint(possible),
            Self::Certain => certain,
            Self::Possible => possible,
        }
    }

    /// By what things are compared, the greater first: where the one figure is equal, the other decides. Of the mean it is
    /// the sum, of which nothing is rounded.
    pub fn key(self, certain: u64, possible: u64) -> (u64, u64) {
        match self {
            Self::Mean => (certain.saturating_add(possible), certain),
            Self::Certain => (certain, possible),
            Self::Possible => (possible, certain),
        }
    }

    /// As [`Measure::key`], for what may be less than nothing.
    pub fn key_of(self, certain: i128, possible: i128) -> (i128, i128) {
        match self {
            Self::Mean => (certain + possible, certain),
            Self::Certain => (certain, possible),
            Self::Possible => (possible, certain),
        }
    }

    /// Whether a layer decides.
    pub(super) fn counts(self, layer: Layer) -> bool {
        match self {
            Self::Mean => true,
            Self::Certain => layer == Layer::Certain,
            Self::Possible => layer == Layer::Possible,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_one_figure_decides_and_then_the_other() {
        let figures = Measure::ALL.map(|measure| measure.of(3, 8));
        assert_eq!(figures, [5, 3, 8]);
        let keys = Measure::ALL.map(|measure| measure.key(3, 8));
        assert_eq!(keys, [(11, 3), (3, 8), (8, 3)]);
        assert_eq!(Measure::Mean.of(u64::MAX, u64::MAX), u64::MAX);
        for measure in Measure::ALL {
            assert_eq!(Measure::from_name(measure.name()), Some(measure));
        }
        assert_eq!(Measure::from_name("worst"), None);
    }
}
