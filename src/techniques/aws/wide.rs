//! Which areas reach which targets, where both are many: areas lead to blocks of targets, and only what is carved out
//! of a block is told one by one.

use super::blocks::{Block, FEW, WORTH_IT, count, cover};
use super::catalogue::On;
use super::sessions::Signing;
use super::targets::Target;
use super::{Aws, unless_denied};
use crate::inventory::{EvidenceId, PrincipalKind, TenantId};
use crate::platforms::aws::{ActionId, Area, AreaId, NameIndex, Verdict};
use crate::steps::Fact;
use rustc_hash::{FxHashMap, FxHashSet};
use std::rc::Rc;

/// The principals of one account, doing one action on targets of one sort.
type Many = (ActionId, TenantId, On);

/// Targets of one sort, in order of name.
#[derive(Debug)]
struct Targets {
    names: NameIndex,
    /// Where each was read.
    places: Vec<Option<EvidenceId>>,
}

/// What the areas of [`Many`] hold of the targets.
#[derive(Debug)]
pub(super) struct Spreading {
    targets: Rc<Targets>,
    /// Areas that hold whole blocks: which, and on what that hangs.
    wide: Vec<(AreaId, Option<String>, Vec<Block>)>,
    /// The blocks that some area holds.
    blocks: FxHashSet<Block>,
    /// The areas that hold a target otherwise, by its place.
    single: FxHashMap<usize, Vec<AreaId>>,
}

impl Spreading {
    fn new(targets: Rc<Targets>, areas: &[(AreaId, &Area)]) -> Self {
        let total = targets.names.names().len();
        let mut spreading = Self {
            targets,
            wide: Vec::new(),
            blocks: FxHashSet::default(),
            single: FxHashMap::default(),
        };
        for &(id, area) in areas {
            let spread = spreading.targets.names.spread(area);
            let free =
                |range: &std::ops::Range<usize>| count(range, &spread.ranges, &spread.exceptions);
            let (mut whole, mut single) = match unless_denied(spread.verdict.clone()) {
                Some(_) => cover(total, &free),
                None => (Vec::new(), Vec::new()),
            };
            // No resource control policy binds a service-linked role: it must be told from the others at each target.
            if area.is_service_linked {
                single.extend(whole.drain(..).flat_map(|block| block.targets(total)));
            }
            for place in spread.exceptions {
                let name = spreading.targets.names.names().get(place);
                if name.is_some_and(|name| area.admits(name) != Verdict::Denied) {
                    single.push(place);
                }
            }
            for place in single {
                spreading.single.entry(place).or_default().push(id);
            }
            if !whole.is_empty() {
                spreading.blocks.extend(&whole);
                let reason = unless_denied(spread.verdict).flatten();
                spreading.wide.push((id, reason, whole));
            }
        }
        spreading
    }

    /// The areas that hold a target by itself.
    pub(super) fn single(&self, place: usize) -> &[AreaId] {
        self.single.get(&place).map_or(&[], Vec::as_slice)
    }

    /// Whether some area holds a whole block in which the target is.
    pub(super) fn is_in_block(&self, place: usize) -> bool {
        let total = self.targets.names.names().len();
        let mut around = Block::of(place).and_above(total);
        around.any(|block| self.blocks.contains(&block))
    }
}

/// What has been worked out so far.
#[derive(Debug, Default)]
pub(super) struct Wide {
    targets: FxHashMap<On, Rc<Targets>>,
    known: FxHashMap<Many, Option<Rc<Spreading>>>,
    led: FxHashSet<(Many, Option<Signing>)>,
}

impl Aws<'_, '_, '_> {
    /// How the areas of an account spread over what a target is one of, and the target's place there; `None` where they
    /// are few, or the request is not on the very target.
    pub(super) fn spreading(
        &mut self,
        action: ActionId,
        account: TenantId,
        target: &Target,
        arn: &str,
    ) -> Option<(Many, Rc<Spreading>, usize)> {
        if target.is_class || arn != target.arn {
            return None;
        }
        let on = self.sort_of(target)?;
        let many = (action, account, on);
        if let Some(known) = self.wide.known.get(&many) {
            let spreading = known.clone()?;
            let place = spreading.targets.names.place(arn)?;
            return Some((many, spreading, place));
        }
        let spreading = self.spread(&many);
        self.wide.known.insert(many.clone(), spreading.clone());
        let spreading = spreading?;
        let place = spreading.targets.names.place(arn)?;
        Some((many, spreading, place))
    }

    /// What sort of target it is.
    fn sort_of(&self, target: &Target) -> Option<On> {
        if let Some(who) = target.who {
            return match self.inventory.principals[who].kind {
                PrincipalKind::Role => Some(On::Role),
                PrincipalKind::User => Some(On::User),
                PrincipalKind::Group => Some(On::Group),
                _ => None,
            };
        }
        if target.policy.is_some() {
            return Some(On::Policy);
        }
        let what = target.what?;
        Some(On::Resource(self.inventory.resources[what].kind.clone()))
    }

    fn spread(&mut self, (action, account, on): &Many) -> Option<Rc<Spreading>> {
        let areas = self.holders.areas(*action, *account);
        if areas.len() < FEW {
            return None;
        }
        let targets = match self.wide.targets.get(on) {
            Some(targets) => Rc::clone(targets),
            None => {
                let targets = self.targets.of(self.inventory, on).into_iter();
                let listed = targets.filter(|target| !target.is_class);
                let mut listed: Vec<Target> = listed.collect();
                listed.sort_by(|a, b| a.arn.cmp(&b.arn));
                listed.dedup_by(|a, b| a.arn == b.arn);
                let places = listed.iter().map(|target| target.evidence).collect();
                let names = listed.into_iter().map(|target| target.arn).collect();
                let names = NameIndex::new(names);
                let targets = Rc::new(Targets { names, places });
                self.wide.targets.insert(on.clone(), Rc::clone(&targets));
                targets
            }
        };
        if targets.names.names().len() < WORTH_IT {
            return None;
        }
        let area = |id: AreaId| (id, self.rights.area(id));
        let areas: Vec<(AreaId, &Area)> = areas.into_iter().map(area).collect();
        Some(Rc::new(Spreading::new(targets, &areas)))
    }

    /// The act of doing the action on every target of the lowest block of a target, with what leads to it.
    pub(super) fn act_on_block(
        &mut self,
        many: &Many,
        spreading: &Spreading,
        place: usize,
        signing: Option<Signing>,
    ) -> Fact {
        let targets = &spreading.targets;
        if self.wide.led.insert((many.clone(), signing)) {
            let (action, account, _) = *many;
            for (area, reason, blocks) in &spreading.wide {
                let act = self.act_signed(action, account, *area, signing);
                for &block in blocks {
                    let fact = self.block(many, targets, block, signing);
                    let place = targets.place(block);
                    self.step_at(place, &[act], fact, self.hold, &[], reason.as_deref());
                    self.parts(many, targets, block, signing);
                }
            }
        }
        self.block(many, targets, Block::of(place), signing)
    }

    fn parts(&mut self, many: &Many, targets: &Targets, block: Block, signing: Option<Signing>) {
        let whole = self.block(many, targets, block, signing);
        for part in block.parts(targets.names.names().len()) {
            let fact = self.block(many, targets, part, signing);
            let place = targets.place(part);
            self.step_at(place, &[whole], fact, self.hold, &[], None);
            self.parts(many, targets, part, signing);
        }
    }

    fn block(
        &mut self,
        (action, account, _): &Many,
        targets: &Targets,
        block: Block,
        signing: Option<Signing>,
    ) -> Fact {
        let account = &self.inventory.tenants[*account].identifier;
        let words = block.words(targets.names.names());
        let mut words = format!("{words} as a principal of {account}");
        if let Some(signing) = signing {
            words += ", ";
            words += signing.words();
        }
        let steps = &mut self.derivation.steps;
        Fact::Act(steps.subject(self.actions.name(*action), &words))
    }
}

impl Targets {
    /// Where the first target of a block was read.
    fn place(&self, block: Block) -> Option<EvidenceId> {
        let targets = block.targets(self.places.len());
        self.places.get(targets)?.iter().copied().flatten().next()
    }
}
