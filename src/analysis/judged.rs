//! What a policy says of an analysis beside its limits: other bands, and what is left without what is accepted.

use super::{Analysis, Leak, Measure, band, organisation};
use crate::inventory::{BandLimit, RiskRule};
use crate::memory::{Memory, TooLittle};
use crate::progress::Progress;
use crate::risk::Points;
use std::collections::BTreeSet;

/// How bad it is for the whole without the credentials that are accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unaccepted {
    /// How many credentials are left out.
    pub accepted: usize,
    /// Certain and possible points over all others.
    pub total: (Points, Points),
    /// What these take from the organisation, for certain and possibly: no resource counts twice.
    pub lost: (Points, Points),
    /// Which of the two decides.
    pub measure: Measure,
}

impl Unaccepted {
    /// The score of the organisation by the others: the one number of certain and possible.
    pub fn score(&self) -> Points {
        Points::one(self.lost, self.measure)
    }
}

impl Analysis {
    /// Tells bands from these shares of all value on, in ten-thousandths, whatever the estate file says.
    pub fn set_bands(&mut self, limits: &[(BandLimit, u64)]) {
        let Self {
            inventory, model, ..
        } = &mut *self;
        for &(limit, share) in limits {
            model.settings = model.settings.clone().with(&RiskRule::Band(limit, share));
        }
        let value = organisation::value(inventory);
        for scenario in self.credentials.iter_mut().chain(&mut self.exposures) {
            let both = (&scenario.certain, &scenario.possible);
            let is_unknown = scenario.unknown.is_some();
            scenario.band = band(both, &scenario.vector, is_unknown, value, &self.model);
        }
        self.organisation.bands = organisation::bands(&self.credentials);
    }

    /// Adds what is left without the credentials of these ids: each resource is lost to the others alone. Steps stay: a
    /// credential that is accepted may still be gained on the way. Nothing where none of them is there.
    ///
    /// Complexity: one sweep over all steps.
    ///
    /// # Errors
    /// When there is too little memory.
    pub fn leave_out(
        &mut self,
        accepted: &BTreeSet<&str>,
        memory: &Memory,
        progress: &dyn Progress,
    ) -> Result<(), TooLittle> {
        let is_accepted = |leak: Leak| match leak {
            Leak::Credential(id) => accepted.contains(&*self.inventory.credentials[id].key),
            Leak::Exposure(_) => false,
        };
        let others = || {
            let all = self.credentials.iter();
            all.filter(|one| !is_accepted(one.leak))
        };
        let leaks: Vec<Leak> = others().map(|one| one.leak).collect();
        let count = self.credentials.len() - leaks.len();
        if count == 0 {
            self.organisation.unaccepted = None;
            return Ok(());
        }
        let total = (
            others().map(|one| one.certain.points).sum(),
            others().map(|one| one.possible.points).sum(),
        );
        let (inventory, steps) = (&self.inventory, &self.steps);
        let lost = organisation::lost(inventory, steps, &self.model, &leaks, memory, progress)?;
        self.organisation.unaccepted = Some(Unaccepted {
            accepted: count,
            total,
            lost,
            measure: self.model.measure,
        });
        Ok(())
    }
}
