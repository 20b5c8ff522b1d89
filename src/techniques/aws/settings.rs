//! Techniques that read the settings of something: they give what lies there, and no more of the thing.

use super::Aws;
use super::catalogue::Entry;
use crate::inventory::{ExposureId, ExposureKind, Inventory, ResourceId};
use crate::steps::{Control, Fact, NewStep, TechniqueId};

/// The places in the settings of resources, each with its resource.
pub(super) fn places(inventory: &Inventory) -> impl Iterator<Item = (ResourceId, ExposureId)> {
    inventory.exposures.entries().filter_map(|(id, exposure)| {
        let is_setting = exposure.kind == ExposureKind::WorkloadEnvironment;
        Some((exposure.resource.filter(|_| is_setting)?, id))
    })
}

impl Aws<'_, '_, '_> {
    pub(super) fn settings(&mut self, entry: &Entry, technique: TechniqueId) {
        let Some(need) = entry.requests.first().and_then(|request| request.first()) else {
            return;
        };
        let targets = self.targets.of(self.inventory, &need.on);
        for target in targets {
            let Some(places) = target.what.map(|id| self.targets.settings(id).to_vec()) else {
                continue;
            };
            if places.is_empty() {
                continue;
            }
            let Some(acts) = self.requests_on(entry, &target) else {
                continue;
            };
            for place in places {
                self.derivation.steps.add(NewStep {
                    needs: &acts,
                    gain: Fact::Exposure(place),
                    technique,
                    controls: &[Control::Exposure(place)],
                    evidence: &self.inventory.exposures[place].evidence,
                    condition: entry.condition.as_deref(),
                });
            }
        }
    }
}
