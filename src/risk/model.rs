//! All terms of an estate, ready to be multiplied.

use super::borders::Borders;
use super::chance::{Chances, Mode};
use super::settings::Settings;
use crate::inventory::Inventory;

/// What scenarios and resources of an estate weigh.
#[derive(Debug, Clone)]
pub struct Model {
    /// What is asked.
    pub mode: Mode,
    /// What is assumed.
    pub settings: Settings,
    /// P.
    pub chances: Chances,
    /// X.
    pub borders: Borders,
}

impl Model {
    /// The model of an estate to which all resources have been added that techniques add.
    pub fn new(inventory: &Inventory, mode: Mode) -> Self {
        let settings = Settings::new(inventory);
        Self {
            mode,
            chances: Chances::new(inventory, &settings, mode),
            borders: Borders::new(inventory, &settings),
            settings,
        }
    }
}
