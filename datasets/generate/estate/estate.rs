//! A made-up estate of any size, as steps: what the engine is measured on.
//!
//! Accounts with groups, users, roles, credentials, places where credentials lie, shared capabilities and resources on
//! the ladder of accesses. What is drawn with a heavy tail: targets of a statement, holders of a capability, members of
//! a group, who a trust lets in, credentials in a place. Roles assume roles in chains and cycles; one resource in five
//! holds credentials that lead back in. A fact stands for about ten steps.
//!
//! In the shape `giant` accounts trust one another freely, so that a quarter of all facts hangs together in one
//! component. In `segmented` a link leads from an account only to one before it, and there are few: no component is
//! larger than an account. The same numbers give the same estate, on every machine: all draws are of integers.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "ids and places are the generator's own"
)]

use leakreach::inventory::{
    Access, CredentialId, EvidenceId, ExposureId, Id, PrincipalId, ResourceId, ScopeId,
};
use leakreach::steps::{
    Control, ControlId, Fact, FactId, NewStep, StepId, Steps, StepsBuilder, SubjectId, Technique,
    TechniqueId,
};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use std::ops::Range;

/// How accounts hang together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// One giant component.
    Giant,
    /// Many accounts, few links between them, all in one direction.
    Segmented,
}

/// What estate is wanted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted {
    /// How many steps, within 5 %.
    pub(crate) steps: u64,
    /// How many scenarios.
    pub(crate) scenarios: u64,
    /// How accounts hang together.
    pub(crate) shape: Shape,
    /// What the draws begin from.
    pub(crate) seed: u64,
    /// How many steps in a thousand have two needs.
    pub(crate) ands: u64,
    /// How many steps in a thousand hang on something that cannot be decided offline.
    pub(crate) conditional: u64,
    /// How many scenarios in a thousand are sets of credentials: all that one vendor holds.
    pub(crate) sets: u64,
}

/// A made-up estate.
pub(crate) struct Estate {
    /// What an attacker can do.
    pub(crate) steps: Steps,
    /// What leaks at once: a credential, an exposure or a set of credentials.
    pub(crate) scenarios: Vec<Vec<FactId>>,
}

/// Kinds of fixes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Credential,
    Exposure,
    /// A membership or a trust.
    Becoming,
    /// What a statement or an attachment grants.
    Granting,
}

impl Kind {
    const ALL: [Self; 4] = [
        Self::Credential,
        Self::Exposure,
        Self::Becoming,
        Self::Granting,
    ];

    fn of(control: Control, gain: Fact) -> Self {
        match (control, gain) {
            (Control::Credential(_) | Control::Chance(..) | Control::Split(_), _) => {
                Self::Credential
            }
            (Control::Exposure(_), _) => Self::Exposure,
            (Control::Scope(_), Fact::Principal(_)) => Self::Becoming,
            (Control::Scope(_), _) => Self::Granting,
        }
    }
}

impl Estate {
    /// Controls of every kind in turn, at most so many of each, drawn by their steps: what controls many is likelier.
    pub(crate) fn fixes(&self, each: usize, seed: u64) -> Vec<ControlId> {
        let steps = &self.steps;
        let mut chance = Chance(ChaCha8Rng::seed_from_u64(seed));
        let mut drawn = Kind::ALL.map(|_| Vec::new());
        // An estate that has fewer of a kind than asked for gives fewer.
        for _ in 0..20_000 * each {
            if drawn.iter().all(|of_kind| of_kind.len() == each) {
                break;
            }
            let step = steps.step(StepId::from_index(chance.place(steps.len())));
            for &control in step.controls {
                let kind = Kind::of(steps.controls[control], steps.facts[step.gain]);
                let of_kind = &mut drawn[kind as usize];
                if of_kind.len() < each && !of_kind.contains(&control) {
                    of_kind.push(control);
                }
            }
        }
        let in_turn = (0..each).flat_map(|at| drawn.iter().filter_map(move |kind| kind.get(at)));
        in_turn.copied().collect()
    }
}

const TECHNIQUES: [&str; 12] = [
    "use-credential",
    "take-what-lies-there",
    "read-where-it-lies",
    "member",
    "assume-role",
    "granted",
    "capability",
    "capability-on",
    "counts-as",
    "decrypt",
    "pass-role",
    "approve",
];

const CONDITIONS: [&str; 8] = [
    "a source address is asked for",
    "a second factor is asked for",
    "a tag of the session decides",
    "a tag of the resource decides",
    "a network endpoint is asked for",
    "an external id is asked for",
    "the time of day decides",
    "a policy was not exported",
];

/// Draws of integers only: fractions could differ between machines.
struct Chance(ChaCha8Rng);

impl Chance {
    fn below(&mut self, end: u64) -> u64 {
        self.0.next_u64() % end.max(1)
    }

    /// A place in something of that length.
    fn place(&mut self, length: usize) -> usize {
        usize::try_from(self.below(length as u64)).unwrap_or(0)
    }

    fn in_thousand(&mut self, chances: u64) -> bool {
        self.below(1000) < chances
    }

    fn of(&mut self, range: &Range<u64>) -> u64 {
        range.start + self.below(range.end - range.start)
    }

    /// One of a range, the first far likelier in half of all draws.
    fn popular(&mut self, range: &Range<u64>) -> u64 {
        let mut end = range.end - range.start;
        if self.below(2) == 0 {
            end = self.below(end) + 1;
            end = self.below(end) + 1;
        }
        range.start + self.below(end)
    }

    /// At least 1, at most `most`: half are 1, one in `n` is `n` or more.
    fn heavy(&mut self, most: u64) -> u64 {
        const UNIT: u64 = 1 << 32;
        (UNIT / (self.below(UNIT) + 1)).clamp(1, most.max(1))
    }
}

/// What belongs to an account: ranges of ids.
struct Account {
    groups: Range<u64>,
    users: Range<u64>,
    roles: Range<u64>,
    /// Roles that read no credentials; a part of `roles`, in chains.
    ends: Range<u64>,
    credentials: Range<u64>,
    exposures: Range<u64>,
    resources: Range<u64>,
    /// Resources that hold credentials; a part of `resources`.
    vaults: Range<u64>,
    steps: u64,
}

/// Hands out ids of one kind.
#[derive(Default)]
struct Ids(u64);

impl Ids {
    fn take(&mut self, count: u64) -> Range<u64> {
        let start = self.0;
        self.0 += count;
        start..self.0
    }
}

struct Generator {
    wanted: Wanted,
    chance: Chance,
    builder: StepsBuilder,
    techniques: Vec<TechniqueId>,
    accounts: Vec<Account>,
    scopes: Ids,
    subjects: Ids,
    made: u64,
}

/// Ids are 32 bits wide; ranges are far below.
fn index(id: u64) -> u32 {
    u32::try_from(id).expect("ids stay below 2^32")
}

fn principal(id: u64) -> Fact {
    Fact::Principal(PrincipalId(index(id)))
}

fn credential(id: u64) -> Fact {
    Fact::Credential(CredentialId(index(id)))
}

fn exposure(id: u64) -> Fact {
    Fact::Exposure(ExposureId(index(id)))
}

fn access(resource: u64, access: Access) -> Fact {
    Fact::Access(ResourceId(index(resource)), access)
}

fn at_least(resource: u64, access: Access) -> Fact {
    Fact::AtLeast(ResourceId(index(resource)), access)
}

/// The gravest access to a resource that anything grants.
fn gravest(resource: u64, vaults: &Range<u64>) -> Access {
    match resource % 10 {
        0..3 if !vaults.contains(&resource) => Access::List,
        0..7 => Access::Read,
        _ => Access::Write,
    }
}

impl Generator {
    fn new(wanted: Wanted) -> Self {
        let mut builder = StepsBuilder::new();
        let techniques = TECHNIQUES.map(|name| {
            builder.technique(&Technique {
                id: format!("estate/{name}"),
                name: name.replace('-', " "),
                attack: Vec::new(),
                source: String::new(),
            })
        });
        Self {
            wanted,
            chance: Chance(ChaCha8Rng::seed_from_u64(wanted.seed)),
            builder,
            techniques: techniques.to_vec(),
            accounts: Vec::new(),
            scopes: Ids::default(),
            subjects: Ids::default(),
            made: 0,
        }
    }

    /// Accounts with heavy-tailed shares of the steps.
    fn divide(&mut self) {
        let root = self.wanted.steps.isqrt();
        let count = match self.wanted.shape {
            Shape::Giant => (root / 20).max(2),
            // The largest must stay small beside the whole, the smallest larger than nothing.
            Shape::Segmented => (root / 5).clamp(8, 1_000),
        };
        let weights: Vec<u64> = (0..count).map(|_| 4 + self.chance.heavy(16)).collect();
        let total: u64 = weights.iter().sum();
        let [
            mut principals,
            mut credentials,
            mut exposures,
            mut resources,
        ] = [const { Ids(0) }; 4];
        for weight in weights {
            let steps = self.wanted.steps * weight / total;
            let facts = steps / 10;
            let share = |thousandths: u64| (facts * thousandths / 1000).max(3);
            let [groups, users, roles] = [share(20), share(80), share(120)];
            let roles = principals.take(groups + users).end..principals.take(roles).end;
            let resources = resources.take(share(150));
            self.accounts.push(Account {
                groups: roles.start - groups - users..roles.start - users,
                users: roles.start - users..roles.start,
                ends: roles.end - (roles.end - roles.start) / 3..roles.end,
                roles,
                credentials: credentials.take(share(140)),
                exposures: exposures.take(share(80)),
                vaults: resources.start..resources.start + (share(150) / 5).max(1),
                resources,
                steps,
            });
        }
    }

    fn scope(&mut self) -> Control {
        Control::Scope(ScopeId(index(self.scopes.take(1).start)))
    }

    fn subject(&mut self, action: &str) -> SubjectId {
        let number = self.subjects.take(1).start;
        self.builder.subject(action, &number.to_string())
    }

    fn add(&mut self, technique: &str, needs: &[Fact], gain: Fact, controls: &[Control]) {
        let is_conditional =
            !controls.is_empty() && self.chance.in_thousand(self.wanted.conditional);
        let condition = is_conditional.then(|| CONDITIONS[self.chance.place(CONDITIONS.len())]);
        let at = TECHNIQUES.iter().position(|name| *name == technique);
        self.builder.add(NewStep {
            needs,
            gain,
            technique: self.techniques[at.expect("a technique of the list")],
            controls,
            evidence: &[EvidenceId(index(self.scopes.0))],
            condition,
        });
        self.made += 1;
    }

    /// The account that a link leads to: mostly the same.
    fn linked(&mut self, at: usize) -> usize {
        match self.wanted.shape {
            Shape::Giant if self.chance.in_thousand(100) => self.chance.place(self.accounts.len()),
            Shape::Segmented if at > 0 && self.chance.in_thousand(5) => self.chance.place(at),
            _ => at,
        }
    }

    fn ladders(&mut self, at: usize) {
        let account = &self.accounts[at];
        let vaults = account.vaults.clone();
        for resource in account.resources.clone() {
            let top = gravest(resource, &vaults);
            let rungs = Access::LADDER.into_iter().filter(|&rung| rung <= top);
            let mut lower = None;
            for rung in rungs {
                if rung > Access::List || top == Access::List {
                    let counts = at_least(resource, rung);
                    self.add("counts-as", &[access(resource, rung)], counts, &[]);
                }
                if let Some(lower) = lower {
                    self.add("counts-as", &[at_least(resource, rung)], lower, &[]);
                }
                lower = Some(at_least(resource, rung));
            }
        }
    }

    fn credentials(&mut self, at: usize) {
        let account = &self.accounts[at];
        let (users, roles) = (account.users.clone(), account.roles.clone());
        for id in account.credentials.clone() {
            let whose = match self.chance.below(5) {
                0..2 => self.chance.popular(&users),
                _ => self.chance.of(&roles),
            };
            let control = [Control::Credential(CredentialId(index(id)))];
            self.add(
                "use-credential",
                &[credential(id)],
                principal(whose),
                &control,
            );
        }
    }

    fn exposures(&mut self, at: usize) {
        let account = &self.accounts[at];
        let (exposures, vaults) = (account.exposures.clone(), account.vaults.clone());
        for id in exposures.clone() {
            let control = [Control::Exposure(ExposureId(index(id)))];
            // Seven in ten lie in a resource, the rest on laptops.
            if (id - exposures.start) % 10 < 7 {
                let vault = access(self.chance.of(&vaults), Access::Read);
                self.add("read-where-it-lies", &[vault], exposure(id), &control);
            }
            for _ in 0..self.chance.heavy(40) {
                let there = self.linked(at);
                let whose = self.accounts[there].credentials.clone();
                let gain = credential(self.chance.of(&whose));
                self.add("take-what-lies-there", &[exposure(id)], gain, &control);
            }
        }
    }

    fn memberships(&mut self, at: usize) {
        let account = &self.accounts[at];
        let (users, groups) = (account.users.clone(), account.groups.clone());
        for user in users {
            for _ in 0..self.chance.heavy(20) {
                let group = self.chance.popular(&groups);
                let control = [self.scope()];
                self.add("member", &[principal(user)], principal(group), &control);
            }
        }
    }

    fn trusts(&mut self, at: usize) {
        let account = &self.accounts[at];
        let (roles, ends) = (account.roles.clone(), account.ends.clone());
        let movers = account.users.start..ends.start;
        for from in account.users.start..roles.end {
            // Whom it may become; in the account that is linked, the trust of one role lets many in.
            if self.chance.below(3) > 0 || ends.contains(&from) {
                continue;
            }
            let there = self.linked(at);
            let targets = self.accounts[there].roles.clone();
            let control = [self.scope()];
            for _ in 0..self.chance.heavy(8) {
                let role = self.chance.of(&targets);
                self.add("assume-role", &[principal(from)], principal(role), &control);
            }
        }
        for role in roles {
            let control = [self.scope()];
            // Roles at the ends of all paths hang in chains of up to a hundred, the others in short ones.
            let is_chained = match ends.contains(&role) {
                true => (role - ends.start) % 100 > 0,
                false => role > movers.start && self.chance.below(4) == 0,
            };
            if is_chained {
                self.add(
                    "assume-role",
                    &[principal(role - 1)],
                    principal(role),
                    &control,
                );
            }
            if ends.contains(&role) && self.chance.below(8) > 0 {
                continue;
            }
            for _ in 0..self.chance.heavy(200) {
                let from = self.chance.popular(&movers);
                self.add("assume-role", &[principal(from)], principal(role), &control);
            }
        }
    }

    /// Steps with two needs: what is encrypted and the key, two rights of one principal, an act and its approval.
    fn ands(&mut self, at: usize) {
        let account = &self.accounts[at];
        let count = account.steps * self.wanted.ands / 1000;
        let (vaults, exposures) = (account.vaults.clone(), account.exposures.clone());
        let (roles, credentials) = (account.roles.clone(), account.credentials.clone());
        let movers = account.users.start..account.ends.start;
        let mut done = 0;
        while done < count {
            let many = self.chance.heavy(30).min(count - done);
            let control = [self.scope()];
            match self.chance.below(3) {
                0 => {
                    let subject = self.subject("decrypt");
                    let key = self.act(&movers, subject);
                    for _ in 0..many {
                        let vault = access(self.chance.of(&vaults), Access::Read);
                        let gain = exposure(self.chance.of(&exposures));
                        self.add("decrypt", &[vault, key], gain, &control);
                    }
                }
                1 => {
                    let whose = self.chance.popular(&movers);
                    let holder = PrincipalId(index(whose));
                    let [pass, run] = ["pass", "run"].map(|action| {
                        let right = Fact::Right(holder, self.subject(action));
                        let control = [self.scope()];
                        self.add("capability", &[principal(whose)], right, &control);
                        right
                    });
                    for _ in 0..many {
                        let gain = principal(self.chance.of(&roles));
                        self.add("pass-role", &[pass, run], gain, &control);
                    }
                }
                _ => {
                    let [propose, approve] = ["propose", "approve"].map(|action| {
                        let subject = self.subject(action);
                        self.act(&movers, subject)
                    });
                    for _ in 0..many {
                        let gain = credential(self.chance.of(&credentials));
                        self.add("approve", &[propose, approve], gain, &control);
                    }
                }
            }
            done += many;
        }
    }

    /// A capability that a few may use.
    fn act(&mut self, holders: &Range<u64>, subject: SubjectId) -> Fact {
        let act = Fact::Act(subject);
        for _ in 0..self.chance.heavy(30) {
            let holder = principal(self.chance.popular(holders));
            let control = [self.scope()];
            self.add("capability", &[holder], act, &control);
        }
        act
    }

    /// Statements, until the account has the steps that it should have.
    fn statements(&mut self, at: usize, end: u64) {
        let account = &self.accounts[at];
        let (groups, users) = (account.groups.clone(), account.users.clone());
        let (roles, ends) = (account.roles.clone(), account.ends.clone());
        let largest = (account.steps / 20).max(10);
        while self.made < end {
            let holder = match self.chance.below(10) {
                0..3 => self.chance.popular(&groups),
                3..5 => self.chance.of(&users),
                _ => self.chance.of(&roles),
            };
            let there = self.linked(at);
            let reads_credentials = !ends.contains(&holder) && self.chance.in_thousand(40);
            let account = &self.accounts[there];
            let (vaults, resources) = (account.vaults.clone(), account.resources.clone());
            let targets = match reads_credentials {
                true => vaults.clone(),
                false => vaults.end..resources.end,
            };
            let width = targets.end - targets.start;
            let most = largest.min(end - self.made).min(width);
            let count = self.chance.heavy(most);
            let statement = self.scope();
            // Wide statements are shared: attached to several holders, each attachment a grant of its own.
            let is_shared = count >= 20;
            let need = match is_shared {
                true => {
                    let subject = self.subject("statement");
                    let holders = match ends.contains(&holder) {
                        true => ends.clone(),
                        false => groups.start..ends.start,
                    };
                    self.act(&holders, subject)
                }
                false => principal(holder),
            };
            let technique = ["granted", "capability-on"][usize::from(is_shared)];
            let is_reading = reads_credentials || self.chance.below(2) == 0;
            // What a pattern matches stands side by side.
            let first = self.chance.popular(&targets) - targets.start;
            for next in first..first + count {
                let resource = targets.start + next % width;
                let most = gravest(resource, &vaults);
                let granted = match is_reading {
                    true => most.min(Access::Read),
                    false => most,
                };
                self.add(technique, &[need], access(resource, granted), &[statement]);
            }
        }
    }

    fn scenarios(&mut self, steps: &Steps) -> Vec<Vec<FactId>> {
        let known = |fact| steps.fact_id(fact).expect("every credential is used");
        let mut single: Vec<FactId> = Vec::new();
        for account in &self.accounts {
            single.extend(account.credentials.clone().map(|id| known(credential(id))));
            single.extend(account.exposures.clone().map(|id| known(exposure(id))));
        }
        let mut scenarios: Vec<Vec<FactId>> = Vec::new();
        let mut drawn = 0;
        while (scenarios.len() as u64) < self.wanted.scenarios {
            if self.chance.in_thousand(self.wanted.sets) {
                let at = self.chance.place(self.accounts.len());
                let many = 1 + self.chance.heavy(50);
                let whose = self.accounts[at].credentials.clone();
                let set = (0..many).map(|_| known(credential(self.chance.of(&whose))));
                let mut set: Vec<FactId> = set.collect();
                set.sort_unstable();
                set.dedup();
                scenarios.push(set);
                continue;
            }
            // Each once, as long as there are enough of them.
            let other = drawn + self.chance.place(single.len() - drawn);
            single.swap(drawn, other);
            scenarios.push(vec![single[drawn]]);
            drawn = (drawn + 1) % single.len();
        }
        scenarios
    }
}

/// Makes the estate that is wanted.
///
/// Takes time and memory linear in its steps.
pub(crate) fn estate(wanted: Wanted) -> Estate {
    let mut generator = Generator::new(wanted);
    generator.divide();
    for at in 0..generator.accounts.len() {
        let end = generator.made + generator.accounts[at].steps;
        generator.ladders(at);
        generator.credentials(at);
        generator.exposures(at);
        generator.memberships(at);
        generator.trusts(at);
        generator.ands(at);
        generator.statements(at, end);
    }
    let steps = std::mem::take(&mut generator.builder).build();
    let scenarios = generator.scenarios(&steps);
    Estate { steps, scenarios }
}
