//! Splits of credentials: priced by making the estate as it would be, and deriving everything again.

use super::tighten::work;
use super::{
    Analysis, FixLimit, Leak, Options, PricedFix, ReachedResource, TooLittle, rank_fixes, seeds_of,
};
use crate::fixes;
use crate::inventory::{CoverageGap, CredentialId, Id};
use crate::memory::Memory;
use crate::progress::{Progress, Silent};
use crate::reach::{self, Layer};
use crate::risk::Points;
use crate::steps::{Control, ControlId, Fact, FactId};
use crate::techniques;

/// All that are weighed take no more work than this together, see [`work`].
const MOST_WORK: usize = 2_000_000;

/// How many estates may be derived.
pub(super) fn most(analysis: &Analysis) -> usize {
    MOST_WORK / work(analysis).max(1)
}

/// The estate as it would be after some splits; nothing of reach yet.
pub(super) struct Split {
    pub(super) estate: Analysis,
    /// The credentials that are split, each with those that come in its place.
    pub(super) jobs: Vec<(CredentialId, Vec<CredentialId>)>,
}

/// A split, and what it gains alone: before minus after, which may be less than nothing.
pub(super) struct Weighed {
    pub(super) credential: CredentialId,
    pub(super) gain: (i128, i128),
    /// With the gain, or nothing where it is less.
    pub(super) fix: PricedFix,
}

impl Weighed {
    /// Whether it is a fix: it gains something, and in neither layer anything is reached more.
    fn is_fix(&self) -> bool {
        let (certain, possible) = self.gain;
        certain >= 0 && possible >= 0 && certain + possible > 0
    }
}

/// What one figure is more than another.
pub(super) fn more(one: (Points, Points), other: (Points, Points)) -> (i128, i128) {
    let of = |one: Points, other: Points| i128::from(one.0) - i128::from(other.0);
    (of(one.0, other.0), of(one.1, other.1))
}

/// Adds them to the fixes; of those that are not weighed is told.
pub(super) fn add(analysis: &mut Analysis, options: &Options) -> Result<(), TooLittle> {
    let splits = analysis.splits();
    if splits.is_empty() || options.fixes == FixLimit::Best(0) {
        return Ok(());
    }
    analysis.candidates += splits.len() as u64;
    let tried = weighed(analysis, &options.memory, &Silent)?;
    for (_, credential) in splits.iter().skip(tried.len()) {
        let row = &analysis.inventory.credentials[*credential];
        analysis.gaps.push(CoverageGap {
            subject: row.name.clone(),
            text: "what it gains to split it is not known: so large an estate is not derived again"
                .to_owned(),
            remedy: format!("`leakreach simulate --fix split:{}` tells it", row.key),
        });
    }
    let fixes = tried.into_iter().filter(Weighed::is_fix);
    analysis.fixes.extend(fixes.map(|one| one.fix));
    rank_fixes(&mut analysis.fixes, analysis.model.measure);
    if let FixLimit::Best(best) = options.fixes {
        analysis.fixes.truncate(best);
    }
    Ok(())
}

/// As many splits as may be tried, in order of credential, each with its price.
pub(super) fn weighed(
    analysis: &Analysis,
    memory: &Memory,
    progress: &dyn Progress,
) -> Result<Vec<Weighed>, TooLittle> {
    let splits = analysis.splits();
    let splits = splits.get(..most(analysis)).unwrap_or(&splits);
    progress.begin("splits", splits.len() as u64);
    let usages = fixes::Usages::new(&analysis.inventory);
    let edits = fixes::Edits::new(&analysis.inventory);
    let before: Vec<(Points, Points)> = analysis
        .credentials
        .iter()
        .map(|one| (one.certain.points, one.possible.points))
        .collect();
    let mut all = Vec::with_capacity(splits.len());
    for &(control, credential) in splits {
        let split = analysis.after_splits(&[credential]);
        let after = split.points(analysis, memory)?;
        let gain = more(analysis.total, summed(&after));
        let points = |gain: i128| Points(u64::try_from(gain).unwrap_or(0));
        let losing = before.iter().zip(&after).filter(|(b, a)| a.1 < b.1);
        let mut fix = PricedFix {
            control,
            narrowing: None,
            rank: 0,
            certain: points(gain.0),
            possible: points(gain.1),
            credentials: losing.count() as u64,
            last_used: None,
            edits: Vec::new(),
            example: split.example(analysis, credential),
        };
        fix.describe(&analysis.steps, &usages, &edits);
        all.push(Weighed {
            credential,
            gain,
            fix,
        });
        progress.advance(1);
    }
    progress.end();
    Ok(all)
}

/// Certain and possible points in all.
pub(super) fn summed(points: &[(Points, Points)]) -> (Points, Points) {
    let certain = points.iter().map(|one| one.0).sum();
    (certain, points.iter().map(|one| one.1).sum())
}

impl Analysis {
    /// The credentials that the estate file splits, in order.
    pub(super) fn splits(&self) -> Vec<(ControlId, CredentialId)> {
        let controls = self.steps.controls.entries();
        let splits = controls.filter_map(|(id, control)| match *control {
            Control::Split(credential) => Some((id, credential)),
            _ => None,
        });
        splits.collect()
    }

    /// The estate as it would be if some credentials were split.
    pub(super) fn after_splits(&self, credentials: &[CredentialId]) -> Split {
        let fixes::Divided {
            mut inventory,
            jobs,
        } = fixes::split(&self.inventory, credentials);
        let (steps, _) = techniques::derive(&mut inventory);
        Split {
            estate: Self::of(inventory, steps, (self.model.mode, self.model.measure)),
            jobs,
        }
    }
}

impl Split {
    /// What comes in the place of a credential, if it is split.
    pub(super) fn made_of(&self, credential: CredentialId) -> Option<&[CredentialId]> {
        let mut jobs = self.jobs.iter();
        let (_, made) = jobs.find(|(old, _)| *old == credential)?;
        Some(made)
    }

    /// Certain and possible points of the credentials of `analysis`, in its order: of one that is split, those of all that
    /// come in its place.
    pub(super) fn points(
        &self,
        analysis: &Analysis,
        memory: &Memory,
    ) -> Result<Vec<(Points, Points)>, TooLittle> {
        let (leaks, _) = self.estate.leaks();
        let sums = self.estate.sums(&leaks, memory, &Silent)?;
        let of = |id: &CredentialId| {
            let sums = sums.get(id.index());
            sums.map_or_else(Default::default, |sums| {
                (sums.certain.points, sums.possible.points)
            })
        };
        let points = analysis.credentials.iter().map(|one| match one.leak {
            Leak::Credential(id) => match self.made_of(id) {
                Some(made) => summed(&made.iter().map(of).collect::<Vec<_>>()),
                None => of(&id),
            },
            Leak::Exposure(_) => (Points(0), Points(0)),
        });
        Ok(points.collect())
    }

    /// What all that come in the place of a credential give together.
    pub(super) fn seeds_of(&self, made: &[CredentialId]) -> Vec<FactId> {
        let leaks = made.iter().map(|&id| Leak::Credential(id));
        leaks
            .flat_map(|leak| seeds_of(&self.estate.steps, leak))
            .collect()
    }

    /// The weightiest resource that the credential reaches, and none of its jobs.
    fn example(
        &self,
        analysis: &Analysis,
        credential: CredentialId,
    ) -> Option<(CredentialId, ReachedResource)> {
        let leak = Leak::Credential(credential);
        let scenario = analysis.credentials.iter().find(|one| one.leak == leak)?;
        let seeds = self.seeds_of(self.made_of(credential)?);
        let steps = &self.estate.steps;
        let left = [Layer::Certain, Layer::Possible]
            .map(|layer| reach::reached(steps, layer, &seeds, None));
        let [certain, possible] = &left;
        let is_lost = |reached: &&ReachedResource| {
            let fact = steps.fact_id(Fact::Access(reached.resource, reached.access));
            let left = if reached.is_certain {
                certain
            } else {
                possible
            };
            fact.is_none_or(|fact| left.get(fact.index()) != Some(&true))
        };
        let lost = scenario.top.iter().find(is_lost)?;
        Some((credential, lost.clone()))
    }
}
