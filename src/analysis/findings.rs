//! What checks are given of reach, and the one call that asks them all.

use super::{Analysis, Leak, Options, at_once, seeds, seeds_of};
use crate::findings::{self, Crown, Gain, Ground, Reach};
use crate::inventory::{Access, CredentialId, Id, Inventory, ResourceId, Sensitivity, Table};
use crate::memory::TooLittle;
use crate::progress::Progress;
use crate::reach::{self, Classes, Derivations, Layer, Tally};
use crate::steps::{Fact, FactId, StepId, Steps};
use rayon::prelude::*;

impl Analysis {
    /// Adds what all checks find. Reach and fixes must be there.
    pub(super) fn add_findings(
        &mut self,
        options: &Options,
        progress: &dyn Progress,
    ) -> Result<(), TooLittle> {
        let reach = self.known_reach(options, progress)?;
        let gains: Vec<Gain> = self
            .fixes
            .iter()
            .filter(|fix| fix.narrowing.is_none())
            .map(|fix| Gain {
                control: fix.control,
                certain: fix.certain,
                possible: fix.possible,
                credentials: fix.credentials,
            })
            .collect();
        self.findings = findings::find(&Ground {
            inventory: &self.inventory,
            steps: &self.steps,
            gaps: &self.gaps,
            reach: &reach,
            gains: &gains,
            total: self.total,
        });
        Ok(())
    }

    /// What checks know of the reach of each credential.
    fn known_reach(
        &self,
        options: &Options,
        progress: &dyn Progress,
    ) -> Result<Table<CredentialId, Reach>, TooLittle> {
        let Self {
            inventory, steps, ..
        } = self;
        let mut all = Table::filled(Reach::default(), inventory.credentials.len());
        for scenario in &self.credentials {
            if let Leak::Credential(id) = scenario.leak {
                let (certain, possible) = (&scenario.certain, &scenario.possible);
                all[id].points = (certain.points, possible.points);
                all[id].figure = scenario.points(self.model.measure);
                all[id].crowns = (certain.crowns, possible.crowns);
            }
        }
        let asked = findings::asked(inventory);
        let (classes, crowns) = classes(inventory, steps);
        let leaks: Vec<Leak> = asked.iter().copied().map(Leak::Credential).collect();
        let sum = |_, tally: Tally<'_>| counted(&tally, &crowns);
        let seeds = seeds(steps, &leaks);
        let sums = reach::reach_within(steps, &seeds, &classes, &options.memory, sum, progress)?;
        for (&id, counted) in asked.iter().zip(sums) {
            let of = &mut all[id];
            of.named_crowns = counted.crowns;
            of.administered = counted.administered;
            of.guarded = counted.guarded;
        }
        self.prove(&mut all, options)?;
        Ok(all)
    }

    /// Adds proofs, for the credentials that are shown in full.
    fn prove(
        &self,
        all: &mut Table<CredentialId, Reach>,
        options: &Options,
    ) -> Result<(), TooLittle> {
        let steps = &self.steps;
        let shown = self.credentials.iter().take(options.shown);
        let shown: Vec<CredentialId> = shown
            .filter_map(|scenario| match scenario.leak {
                Leak::Credential(id) => Some(id),
                Leak::Exposure(_) => None,
            })
            .filter(|&id| !all[id].named_crowns.is_empty())
            .collect();
        for some in shown.chunks(at_once(steps, options)?.max(1)) {
            let proofs: Vec<Vec<Vec<StepId>>> = some
                .par_iter()
                .map(|&id| proofs(steps, id, &all[id].named_crowns))
                .collect();
            for (&id, proofs) in some.iter().zip(proofs) {
                for (crown, proof) in all[id].named_crowns.iter_mut().zip(proofs) {
                    crown.proof = proof;
                }
            }
        }
        Ok(())
    }
}

/// The shortest proof of reading each, in the layer in which it is reached.
fn proofs(steps: &Steps, credential: CredentialId, crowns: &[Crown]) -> Vec<Vec<StepId>> {
    let seeds = seeds_of(steps, Leak::Credential(credential));
    let [certain, possible] =
        [Layer::Certain, Layer::Possible].map(|layer| Derivations::new(steps, layer, &seeds));
    let proof = |crown: &Crown| {
        let derivations = match crown.is_certain {
            true => &certain,
            false => &possible,
        };
        // The nearest access that is reading or graver; the rungs of the ladder only restate it.
        let accesses = Access::LADDER
            .into_iter()
            .filter(|&one| one >= Access::Read);
        let facts = accesses.filter_map(|one| steps.fact_id(Fact::Access(crown.resource, one)));
        let reached = facts.filter_map(|fact| Some((derivations.hops(fact)?, fact)));
        let nearest = reached.min_by_key(|&(hops, _)| hops);
        nearest
            .and_then(|(_, fact)| derivations.proof(fact))
            .unwrap_or_default()
    };
    crowns.iter().map(proof).collect()
}

/// Resources that are administered, and those that are not meant for everybody and read.
const ADMINISTERED: u32 = 0;
const GUARDED: u32 = 1;
/// The first class of a crown jewel: each has one.
const CROWNS: u32 = 2;

/// Facts by what checks ask of them, and the crown jewels in order of class.
///
/// Administration of something is a fact of its own, above reading it, so that no fact is of two classes.
fn classes(inventory: &Inventory, steps: &Steps) -> (Classes, Vec<ResourceId>) {
    let mut crowns: Vec<ResourceId> = Vec::new();
    let mut class = |fact: &Fact| match *fact {
        Fact::AtLeast(_, Access::Admin) => ADMINISTERED,
        Fact::AtLeast(resource, Access::Read) => match inventory.resources[resource].sensitivity {
            Sensitivity::Public => Classes::UNCOUNTED,
            Sensitivity::Crown => {
                crowns.push(resource);
                u32::try_from(crowns.len()).map_or(Classes::UNCOUNTED, |number| CROWNS + number - 1)
            }
            _ => GUARDED,
        },
        _ => Classes::UNCOUNTED,
    };
    let of: Vec<u32> = steps.facts.iter().map(&mut class).collect();
    let of: Table<FactId, u32> = of.into();
    let count = CROWNS as usize + crowns.len();
    (Classes::new(of, count), crowns)
}

/// What one scenario reaches of each class.
struct Counted {
    administered: (u32, u32),
    guarded: (u32, u32),
    crowns: Vec<Crown>,
}

fn counted(tally: &Tally<'_>, crowns: &[ResourceId]) -> Counted {
    let both = |class: u32| {
        let of = |counts: &[u32]| counts.get(class as usize).copied().unwrap_or(0);
        (of(tally.certain), of(tally.possible))
    };
    let mut reached: Vec<Crown> = (CROWNS..)
        .zip(crowns)
        .filter_map(|(class, &resource)| match both(class) {
            (_, 0) => None,
            (certain, _) => Some(Crown {
                resource,
                is_certain: certain > 0,
                proof: Vec::new(),
            }),
        })
        .collect();
    // In order of id, not of the facts.
    reached.sort_by_key(|crown| crown.resource.index());
    let (certain, possible) = both(GUARDED);
    let sure = reached.iter().filter(|crown| crown.is_certain).count();
    let plus =
        |number: u32, more: usize| number.saturating_add(u32::try_from(more).unwrap_or(u32::MAX));
    Counted {
        administered: both(ADMINISTERED),
        guarded: (plus(certain, sure), plus(possible, reached.len())),
        crowns: reached,
    }
}
