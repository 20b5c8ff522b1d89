//! Figures checked by their definitions: reach by trying every step until nothing changes, a gain by reach before minus
//! reach after, over every credential; where a fix makes a leak less likely, with the chance that is left after it. Nothing of
//! the engine is used but the steps themselves.
//!
//! That takes time in scenarios times steps. So of a large estate only some is checked, always the same, spread evenly
//! over the rankings; how much is told.

use crate::analysis::{
    Analysis, Element, Leak, Narrowing, Plan, PricedFix, ReachSummary, seeds_of,
};
use crate::inventory::{Access, CredentialId, Id, Inventory, Sensitivity, is_whole_tenant};
use crate::progress::Progress;
use crate::reach::{Layer, naive_without};
use crate::risk::{self, Chance, Model, Points};
use crate::steps::{Control, Fact, FactId, Lowering, StepId, Steps};
use rayon::prelude::*;

/// What was checked, and what was found wrong.
#[derive(Debug, Default)]
pub struct Verification {
    /// Scenarios whose reach was derived again, and how many there are.
    pub scenarios: (usize, usize),
    /// Fixes whose gain was, and how many there are.
    pub fixes: (usize, usize),
    /// Beginnings of a plan, each a fix longer, whose gain was, and how many there are.
    pub beginnings: (usize, usize),
    /// Figures that are not what they should be.
    pub wrong: Vec<Wrong>,
}

/// A figure that is not what it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wrong {
    /// Of what.
    pub of: Subject,
    /// Which figure: `certain points`.
    pub figure: &'static str,
    /// What it was said to be.
    pub told: u64,
    /// What it is.
    pub is: u64,
}

/// What a figure is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// A scenario.
    Scenario(Leak),
    /// All credentials.
    Total,
    /// A fix, by its place in the analysis, or in the plan where there is one.
    Fix(usize),
    /// The first so many fixes of a plan.
    Beginning(usize),
}

/// Steps that may be looked at: some half a minute of one core.
const WORK: u64 = 2_000_000_000;

/// How often all steps are looked at until nothing changes, as a rule.
const ROUNDS: u64 = 8;

/// As many scenarios may be derived for one fix, even where that is more than its part of the work.
const DEAR: u64 = 400;

/// Checks the figures of `analysis`, and those of a plan of it.
///
/// The work is bounded, whatever the size of the estate.
pub fn verify(analysis: &Analysis, plan: Option<&Plan>, progress: &dyn Progress) -> Verification {
    verify_within(analysis, plan, WORK, progress)
}

fn verify_within(
    analysis: &Analysis,
    plan: Option<&Plan>,
    work: u64,
    progress: &dyn Progress,
) -> Verification {
    let all = analysis.credentials.len() + analysis.exposures.len();
    progress.begin("verify", 0);
    let fixes: Vec<&PricedFix> = match plan {
        Some(plan) => plan.fixes.iter().map(|one| &one.fix).collect(),
        None => analysis.fixes.iter().collect(),
    };
    let mut verifier = Verifier {
        analysis,
        run: ROUNDS * (analysis.steps.len() as u64).max(1),
        found: Verification {
            scenarios: (0, all),
            fixes: (0, fixes.len()),
            beginnings: (0, plan.map_or(0, |plan| plan.fixes.len())),
            wrong: Vec::new(),
        },
    };
    verifier.scenarios(work / 2);
    let mut rest = work / 2;
    if let Some(plan) = plan {
        rest = verifier.plan(plan, rest);
    }
    verifier.fixes(&fixes, rest);
    progress.end();
    verifier.found
}

struct Verifier<'a> {
    analysis: &'a Analysis,
    /// What it costs to derive one scenario in one layer.
    run: u64,
    found: Verification,
}

/// Up to `most` of `count`, spread evenly, the first among them.
fn spread(count: usize, most: usize) -> impl Iterator<Item = usize> {
    let every = count.div_ceil(most.max(1)).max(1);
    (0..count).step_by(every)
}

impl Verifier<'_> {
    fn compare(&mut self, of: Subject, figure: &'static str, told: u64, is: u64) {
        if told != is {
            self.found.wrong.push(Wrong {
                of,
                figure,
                told,
                is,
            });
        }
    }

    fn scenarios(&mut self, work: u64) {
        let analysis = self.analysis;
        let most = usize::try_from(work / (2 * self.run)).unwrap_or(usize::MAX);
        let all: Vec<_> = analysis
            .credentials
            .iter()
            .chain(&analysis.exposures)
            .collect();
        let some: Vec<_> = spread(all.len(), most)
            .filter_map(|at| all.get(at))
            .collect();
        let derived: Vec<[ReachSummary; 2]> = some
            .par_iter()
            .map(|scenario| {
                let seeds = seeds_of(&analysis.steps, scenario.leak);
                [Layer::Certain, Layer::Possible].map(|layer| {
                    let held = naive_without(&analysis.steps, layer, &seeds, &[]);
                    let chance = scenario.leak.chance(&analysis.model);
                    Estate::of(analysis).summary(&held, &seeds, scenario.leak, of(chance, layer))
                })
            })
            .collect();
        for (scenario, [certain, possible]) in some.iter().zip(&derived) {
            let of = Subject::Scenario(scenario.leak);
            for (figure, told, is) in [
                (
                    "certain points",
                    scenario.certain.points.0,
                    certain.points.0,
                ),
                (
                    "certain credentials",
                    scenario.certain.credentials,
                    certain.credentials,
                ),
                (
                    "certain principals",
                    scenario.certain.principals,
                    certain.principals,
                ),
                (
                    "certain resources",
                    scenario.certain.resources,
                    certain.resources,
                ),
                ("certain crowns", scenario.certain.crowns, certain.crowns),
                ("certain tenants", scenario.certain.tenants, certain.tenants),
                (
                    "possible points",
                    scenario.possible.points.0,
                    possible.points.0,
                ),
                (
                    "possible credentials",
                    scenario.possible.credentials,
                    possible.credentials,
                ),
                (
                    "possible principals",
                    scenario.possible.principals,
                    possible.principals,
                ),
                (
                    "possible resources",
                    scenario.possible.resources,
                    possible.resources,
                ),
                ("possible crowns", scenario.possible.crowns, possible.crowns),
                (
                    "possible tenants",
                    scenario.possible.tenants,
                    possible.tenants,
                ),
            ] {
                self.compare(of, figure, told, is);
            }
        }
        self.found.scenarios.0 = some.len();
        let credentials = analysis.credentials.iter();
        let certain: Points = credentials.clone().map(|one| one.certain.points).sum();
        let possible: Points = credentials.map(|one| one.possible.points).sum();
        self.compare(
            Subject::Total,
            "certain points",
            analysis.total.0.0,
            certain.0,
        );
        self.compare(
            Subject::Total,
            "possible points",
            analysis.total.1.0,
            possible.0,
        );
    }

    fn fixes(&mut self, fixes: &[&PricedFix], mut rest: u64) {
        // Each may cost an equal part, so that not all is spent on the first.
        let part = (rest / (fixes.len().max(1) as u64)).max(self.run * DEAR);
        for (at, fix) in fixes.iter().enumerate() {
            // What changes resources or conditions was priced by deriving all steps again: no steps say what it removes.
            let is_of_steps = |one: &Narrowing| one.element == Element::Action;
            if !fix.narrowing.as_ref().is_none_or(is_of_steps) {
                continue;
            }
            let gained = match self.is_split(fix) {
                true => self.gain_anew(&[fix], part.min(rest)),
                false => {
                    let removed = fix.removed(&self.analysis.steps);
                    let lowered: Vec<Done> = self.lowered(fix).into_iter().collect();
                    self.gain(removed, &lowered, part.min(rest))
                }
            };
            let Some((gain, cost)) = gained else {
                continue;
            };
            rest = rest.saturating_sub(cost);
            self.found.fixes.0 += 1;
            let of = Subject::Fix(at);
            self.compare(of, "certain points", fix.certain.0, gain.certain);
            self.compare(of, "possible points", fix.possible.0, gain.possible);
            self.compare(of, "credentials", fix.credentials, gain.credentials);
        }
    }

    /// What is left of `rest`.
    fn plan(&mut self, plan: &Plan, mut rest: u64) -> u64 {
        let steps = &self.analysis.steps;
        let mut removed: Vec<StepId> = Vec::new();
        let mut lowered: Vec<Done> = Vec::new();
        let mut beginnings = Vec::new();
        let all: Vec<&PricedFix> = plan.fixes.iter().map(|planned| &planned.fix).collect();
        for planned in &plan.fixes {
            lowered.extend(self.lowered(&planned.fix));
            removed.extend(planned.fix.removed(steps));
            removed.sort_unstable();
            removed.dedup();
            beginnings.push((removed.clone(), lowered.clone(), planned.so_far));
        }
        // The whole plan first.
        for (at, (removed, lowered, told)) in beginnings.iter().enumerate().rev() {
            let done = all.get(..=at).unwrap_or(&all);
            let gained = match done.iter().any(|fix| self.is_split(fix)) {
                true => self.gain_anew(done, rest),
                false => self.gain(removed, lowered, rest),
            };
            let Some((gain, cost)) = gained else {
                continue;
            };
            rest = rest.saturating_sub(cost);
            self.found.beginnings.0 += 1;
            let of = Subject::Beginning(at + 1);
            self.compare(of, "certain points", told.0.0, gain.certain);
            self.compare(of, "possible points", told.1.0, gain.possible);
            if at + 1 == plan.fixes.len() {
                self.compare(of, "certain points", plan.gain.0.0, gain.certain);
                self.compare(of, "possible points", plan.gain.1.0, gain.possible);
            }
        }
        rest
    }

    /// The chance that a fix lowers, if it does.
    fn lowered(&self, fix: &PricedFix) -> Option<Done> {
        match self.analysis.steps.controls[fix.control] {
            Control::Chance(credential, lowering) => Some((credential, lowering)),
            _ => None,
        }
    }

    fn is_split(&self, fix: &PricedFix) -> bool {
        matches!(self.analysis.steps.controls[fix.control], Control::Split(_))
    }

    /// What fixes take away of which some split credentials: all is derived again, and of a credential that is split counts
    /// what comes in its place. `None` where it costs more than `most`.
    fn gain_anew(&self, fixes: &[&PricedFix], most: u64) -> Option<(Gain, u64)> {
        let analysis = self.analysis;
        let cost = self.run * (4 * analysis.credentials.len() as u64 + 1);
        if cost > most {
            return None;
        }
        let changes = analysis.after(fixes);
        let before = Estate {
            inventory: &analysis.inventory,
            steps: &analysis.steps,
            model: &analysis.model,
        };
        let after = Estate {
            inventory: changes.inventory(analysis),
            steps: &changes.steps,
            model: &changes.model,
        };
        // What anyone reaches is not taken away by a leak that is less likely: counted with the chance before that.
        let given = [Layer::Certain, Layer::Possible]
            .map(|layer| naive_without(after.steps, layer, &[], &[]));
        let [given_certain, given_possible] = &given;
        let points = |estate: &Estate<'_>, leak: Leak, layer: Layer| {
            let seeds = seeds_of(estate.steps, leak);
            let held = naive_without(estate.steps, layer, &seeds, &[]);
            let chance = of(leak.chance(estate.model), layer);
            estate.summary(&held, &seeds, leak, chance).points.0
        };
        let left = |leak: Leak, layer: Layer| {
            let whole = of(leak.chance(&changes.plain), layer);
            let given = match layer {
                Layer::Certain => given_certain,
                Layer::Possible => given_possible,
            };
            let lowered = whole - of(leak.chance(after.model), layer);
            let given = after.summary(given, &[], leak, lowered).points.0;
            points(&after, leak, layer) + given
        };
        let sides = |leak: Leak, layer: Layer| {
            let made = changes.in_place_of(leak).into_iter();
            let left = made.map(|one| left(one, layer)).sum::<u64>();
            (points(&before, leak, layer), left)
        };
        let all = |layer: Layer| -> Vec<(u64, u64)> {
            let all = analysis.credentials.par_iter();
            all.map(|scenario| sides(scenario.leak, layer)).collect()
        };
        let (certain, possible) = (all(Layer::Certain), all(Layer::Possible));
        let gained = |sides: &[(u64, u64)]| {
            let before: u64 = sides.iter().map(|(before, _)| before).sum();
            before.saturating_sub(sides.iter().map(|(_, after)| after).sum())
        };
        let losing = possible.iter().filter(|(before, after)| after < before);
        let gain = Gain {
            certain: gained(&certain),
            possible: gained(&possible),
            credentials: losing.count() as u64,
        };
        Some((gain, cost))
    }

    /// What removing steps and lowering chances takes away: before minus after, and what it cost to know; `None` where that
    /// is more than `most`. What anyone reaches needs no leak: of that a leak which is less likely takes nothing away.
    fn gain(&self, removed: &[StepId], lowered: &[Done], most: u64) -> Option<(Gain, u64)> {
        let analysis = self.analysis;
        let steps = &analysis.steps;
        let chances = &analysis.model.chances;
        let leads = leading(steps, removed);
        let is_touched = |seeds: &Vec<FactId>| {
            let mut all = seeds.iter().chain(std::iter::once(&ANYONE));
            all.any(|seed| leads.get(seed.index()) == Some(&true))
        };
        let seeds: Vec<(Leak, Vec<FactId>)> = analysis
            .credentials
            .iter()
            .map(|scenario| (scenario.leak, seeds_of(steps, scenario.leak)))
            .filter(|(leak, seeds)| {
                is_touched(seeds) || lowered.iter().any(|(id, _)| *leak == Leak::Credential(*id))
            })
            .collect();
        let cost = self.run * (4 * seeds.len() as u64 + 1);
        if cost > most {
            return None;
        }
        let given = |layer: Layer| match lowered {
            [] => Vec::new(),
            _ => naive_without(steps, layer, &[], removed),
        };
        let given = (given(Layer::Certain), given(Layer::Possible));
        let lost = |(leak, seeds): &(Leak, Vec<FactId>), layer: Layer| {
            let before = naive_without(steps, layer, seeds, &[]);
            let after = naive_without(steps, layer, seeds, removed);
            let given = match layer {
                Layer::Certain => &given.0,
                Layer::Possible => &given.1,
            };
            let whole = leak.chance(&analysis.model);
            let left = match *leak {
                Leak::Credential(id) => chances.left(id, lowered),
                Leak::Exposure(_) => whole,
            };
            let (whole, left) = (of(whole, layer), of(left, layer));
            let points = |held: &[bool], chance| {
                Estate::of(analysis)
                    .summary(held, seeds, *leak, chance)
                    .points
                    .0
            };
            let after = points(&after, left) + points(given, whole - left);
            points(&before, whole).saturating_sub(after)
        };
        let gains = seeds.par_iter().map(|scenario| {
            let possible = lost(scenario, Layer::Possible);
            Gain {
                certain: lost(scenario, Layer::Certain),
                possible,
                credentials: u64::from(possible > 0),
            }
        });
        let gain = gains.reduce(Gain::default, |a, b| Gain {
            certain: a.certain + b.certain,
            possible: a.possible + b.possible,
            credentials: a.credentials + b.credentials,
        });
        Some((gain, cost))
    }
}

#[derive(Default)]
struct Gain {
    certain: u64,
    possible: u64,
    credentials: u64,
}

/// What everybody holds: the first fact of every step set.
const ANYONE: FactId = FactId(0);

/// The facts from which the removed steps can come into play, ANDs taken for ORs: who holds none of them loses nothing.
fn leading(steps: &Steps, removed: &[StepId]) -> Vec<bool> {
    let mut leads = vec![false; steps.facts.len()];
    let mut mark = |fact: FactId| match leads.get_mut(fact.index()) {
        Some(leads) => !std::mem::replace(leads, true),
        None => false,
    };
    let mut open: Vec<FactId> = Vec::new();
    let needs_of = |id: StepId| match steps.needs(id) {
        [] => vec![ANYONE],
        needs => needs.to_vec(),
    };
    for &id in removed {
        open.extend(needs_of(id).into_iter().filter(|&fact| mark(fact)));
    }
    while let Some(fact) = open.pop() {
        for &id in steps.gaining(fact) {
            open.extend(needs_of(id).into_iter().filter(|&fact| mark(fact)));
        }
    }
    leads
}

/// That a chance is lowered.
type Done = (CredentialId, Lowering);

/// The bound of a chance that goes with a layer.
fn of(chance: Chance, layer: Layer) -> u64 {
    match layer {
        Layer::Certain => chance.certain,
        Layer::Possible => chance.possible,
    }
}

/// An estate, as it is or as it would be.
struct Estate<'a> {
    inventory: &'a Inventory,
    steps: &'a Steps,
    model: &'a Model,
}

impl<'a> Estate<'a> {
    fn of(analysis: &'a Analysis) -> Self {
        Self {
            inventory: &analysis.inventory,
            steps: &analysis.steps,
            model: &analysis.model,
        }
    }

    /// What is held beside what the scenario begins with, summed up; in points, of so much of a chance.
    fn summary(&self, held: &[bool], seeds: &[FactId], leak: Leak, chance: u64) -> ReachSummary {
        let mut sum = ReachSummary::default();
        let facts = self.steps.facts.entries();
        for (id, fact) in facts.filter(|(id, _)| held.get(id.index()) == Some(&true)) {
            if seeds.contains(&id) {
                continue;
            }
            match *fact {
                Fact::Credential(_) => sum.credentials += 1,
                Fact::Principal(_) => sum.principals += 1,
                Fact::AtLeast(resource, access) => {
                    let sensitivity = self.inventory.resources[resource].sensitivity;
                    let borders = &self.model.borders;
                    let place = borders.place_of(resource);
                    let factor = borders.factor(leak.home(self.model), place);
                    sum.points += Points(chance * factor * risk::weight(sensitivity, access));
                    sum.resources += u64::from(access == Access::List);
                    let is_crown = sensitivity == Sensitivity::Crown && access == Access::Read;
                    sum.crowns += u64::from(is_crown);
                    let is_tenant = is_whole_tenant(&self.inventory.resources[resource].kind);
                    let is_administered = is_tenant && access == Access::Admin;
                    let is_crown = sensitivity == Sensitivity::Crown;
                    sum.tenants += u64::from(is_administered && !is_crown);
                }
                _ => {}
            }
        }
        sum
    }
}

impl Verification {
    /// Whether all that was checked is right.
    pub fn is_right(&self) -> bool {
        self.wrong.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::{
        FixLimit, Goal, Limits, Measure, Memory, Mode, Options, ReadOptions, analyze, plan,
    };
    use crate::progress::Silent;
    use camino::{Utf8Path, Utf8PathBuf};

    const STEPS: &str = "needs,gain,technique,scope,condition\n\
        credential:ada,principal:ada,,ada-works,\n\
        credential:ben,principal:ben,,ben-works,\n\
        credential:cyd,principal:cyd,,cyd-works,\n\
        principal:ada,principal:deploy,,trust-of-deploy,\n\
        principal:ben,principal:deploy,,trust-of-ben,if MFA is off\n\
        principal:deploy,write:ledger,,may-write,\n\
        principal:deploy;principal:cyd,read:vault,,both,\n\
        principal:deploy,exposure:env,,reads-env,\n\
        exposure:env,credential:cyd,,lies-in-env,\n\
        principal:cyd,read:backup,,backup,\n";
    const NODES: &str = "word,id,name,type,platform,tenant,sensitivity,status\n\
        tenant,t,Acme,,okta,,,\n\
        resource,ledger,Ledger,database,okta,t,crown,\n\
        resource,vault,Vault,database,okta,t,restricted,\n\
        resource,backup,Backup,database,okta,t,confidential,\n\
        credential,ada,,api-key,,,,active\n\
        credential,ben,,api-key,,,,active\n\
        credential,cyd,,api-key,,,,active\n\
        exposure,env,,other,,,,\n";

    struct Estate {
        _folder: tempfile::TempDir,
        root: Utf8PathBuf,
    }

    fn estate() -> Estate {
        let folder = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(folder.path()).unwrap().to_owned();
        std::fs::write(root.join("nodes.csv"), NODES).unwrap();
        std::fs::write(root.join("steps.csv"), STEPS).unwrap();
        Estate {
            _folder: folder,
            root,
        }
    }

    fn options() -> Options {
        Options {
            as_of: "2026-01-01T00:00:00Z".parse().unwrap(),
            read: ReadOptions::default(),
            mode: Mode::BlastRadius,
            measure: Measure::Mean,
            shown: 5,
            fixes: FixLimit::All,
            memory: Memory::ALL,
        }
    }

    fn analyzed() -> Analysis {
        analyze(&[estate().root], &options(), &Silent).unwrap()
    }

    fn wrong(analysis: &Analysis) -> Vec<(Subject, &'static str)> {
        let found = verify(analysis, None, &Silent).wrong;
        found
            .into_iter()
            .map(|wrong| (wrong.of, wrong.figure))
            .collect()
    }

    #[test]
    fn what_the_engine_says_is_right_and_all_of_it_is_checked() {
        let analysis = analyzed();
        let checked = verify(&analysis, None, &Silent);
        assert_eq!(checked.wrong, []);
        assert_eq!(checked.scenarios, (4, 4));
        assert!(
            checked.fixes.1 > 5 && checked.fixes.0 == checked.fixes.1,
            "{checked:?}"
        );
        assert!(
            analysis.total.1.0 > analysis.total.0.0,
            "some of it hangs on a condition"
        );
    }

    #[test]
    fn a_wrong_figure_is_caught_wherever_it_stands() {
        let mut analysis = analyzed();
        analysis.credentials[1].possible.crowns += 1;
        let leak = analysis.credentials[1].leak;
        assert_eq!(
            wrong(&analysis),
            [(Subject::Scenario(leak), "possible crowns")]
        );
        let mut analysis = analyzed();
        analysis.credentials[0].certain.points.0 -= 1;
        let leak = analysis.credentials[0].leak;
        let both = [
            (Subject::Scenario(leak), "certain points"),
            (Subject::Total, "certain points"),
        ];
        assert_eq!(wrong(&analysis), both);
        let mut analysis = analyzed();
        analysis.total.1.0 += 1;
        assert_eq!(wrong(&analysis), [(Subject::Total, "possible points")]);
        for fix in 0..analyzed().fixes.len() {
            let mut analysis = analyzed();
            analysis.fixes[fix].certain.0 += 1;
            assert_eq!(wrong(&analysis), [(Subject::Fix(fix), "certain points")]);
            let mut analysis = analyzed();
            analysis.fixes[fix].possible.0 += 1;
            assert_eq!(wrong(&analysis), [(Subject::Fix(fix), "possible points")]);
            let mut analysis = analyzed();
            analysis.fixes[fix].credentials += 1;
            assert_eq!(wrong(&analysis), [(Subject::Fix(fix), "credentials")]);
        }
    }

    #[test]
    fn a_wrong_plan_is_caught() {
        let estate = estate();
        let limits = Limits::default();
        let planned = || {
            plan(
                std::slice::from_ref(&estate.root),
                &options(),
                Goal::Top(3),
                limits,
                &Silent,
            )
            .unwrap()
        };
        let wrong = |analysis: &Analysis, plan: &Plan| {
            let found = verify(analysis, Some(plan), &Silent).wrong;
            found
                .into_iter()
                .map(|one| (one.of, one.figure))
                .collect::<Vec<_>>()
        };
        let (analysis, plan) = planned();
        assert!(plan.fixes.len() > 1, "{}", plan.fixes.len());
        let checked = verify(&analysis, Some(&plan), &Silent);
        assert_eq!(checked.wrong, []);
        let count = plan.fixes.len();
        assert_eq!(
            (checked.fixes, checked.beginnings),
            ((count, count), (count, count))
        );
        let (analysis, mut plan) = planned();
        plan.gain.1.0 += 1;
        assert_eq!(
            wrong(&analysis, &plan),
            [(Subject::Beginning(count), "possible points")]
        );
        let (analysis, mut plan) = planned();
        plan.fixes[0].so_far.0.0 += 1;
        assert_eq!(
            wrong(&analysis, &plan),
            [(Subject::Beginning(1), "certain points")]
        );
        let (analysis, mut plan) = planned();
        plan.fixes[1].fix.certain.0 += 1;
        assert_eq!(
            wrong(&analysis, &plan),
            [(Subject::Fix(1), "certain points")]
        );
    }

    #[test]
    fn of_much_some_is_checked_and_told() {
        let analysis = analyzed();
        let run = ROUNDS * analysis.steps.len() as u64;
        let some = verify_within(&analysis, None, 8 * run, &Silent);
        assert_eq!(
            (some.scenarios, some.fixes.0, some.wrong.len()),
            ((2, 4), 0, 0)
        );
        let none = verify_within(&analysis, None, 0, &Silent);
        assert_eq!((none.scenarios.0, none.fixes.0), (1, 0));
        let places: Vec<usize> = spread(10, 4).collect();
        assert_eq!(places, [0, 3, 6, 9]);
    }
}
