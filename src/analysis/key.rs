//! The stable names by which machines and users speak of controls and fixes, in every report and on the command line.

use super::{Analysis, PricedFix};
use crate::fixes::{Element, Narrowing};
use crate::inventory::Inventory;
use crate::steps::{Control, ControlId};

/// The stable id of a change: the key of its control; where it narrows that, `?drop=…` follows, and `&add=…`; before them
/// `?in=…` where that is not of `Action`.
pub(crate) fn fix_key(
    inventory: &Inventory,
    control: Control,
    narrowing: Option<&Narrowing>,
) -> String {
    let mut key = control.key(inventory);
    if let Some(narrowing) = narrowing {
        key += match narrowing.element {
            Element::Action => "?",
            Element::Resource => "?in=Resource&",
            Element::Condition => "?in=Condition&",
        };
        key += &format!("drop={}", narrowing.dropped.join(","));
        if !narrowing.added.is_empty() {
            key += &format!("&add={}", narrowing.added.join(","));
        }
    }
    key
}

impl Analysis {
    /// The stable key of a control.
    pub fn control_key(&self, id: ControlId) -> String {
        self.steps.controls[id].key(&self.inventory)
    }

    /// The stable id of a fix, as `fixes[].id` of `report.json` has it.
    pub fn fix_key(&self, fix: &PricedFix) -> String {
        let control = self.steps.controls[fix.control];
        fix_key(&self.inventory, control, fix.narrowing.as_ref())
    }
}
