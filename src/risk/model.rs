//! All terms of an estate, ready to be multiplied.

use super::borders::Borders;
use super::chance::{Chances, Mode};
use super::settings::Settings;
use crate::fixes::Measure;
use crate::inventory::Inventory;

/// What scenarios and resources of an estate weigh.
#[derive(Debug, Clone)]
pub struct Model {
    /// What is asked.
    pub mode: Mode,
    /// Which figure between certain and possible is the one by which things are ranked.
    pub measure: Measure,
    /// What is assumed.
    pub settings: Settings,
    /// P.
    pub chances: Chances,
    /// X.
    pub borders: Borders,
}

impl Model {
    /// The model of an estate to which all resources have been added that techniques add; its measure is the mean.
    pub fn new(inventory: &Inventory, mode: Mode) -> Self {
        let settings = Settings::new(inventory);
        Self {
            mode,
            measure: Measure::default(),
            chances: Chances::new(inventory, &settings, mode),
            borders: Borders::new(inventory, &settings),
            settings,
        }
    }

    /// The same by another measure.
    #[must_use]
    pub fn measured_by(mut self, measure: Measure) -> Self {
        self.measure = measure;
        self
    }
}
