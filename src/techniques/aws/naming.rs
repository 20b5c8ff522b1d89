//! Requests whose object the caller names, so that any name that its areas hold will do: what is created so, and what is
//! later done with it under the same name.

use super::catalogue::{Entry, Need, On};
use super::holders::Holder;
use super::{Aws, and, in_words, unless_denied};
use crate::inventory::{ScopeId, TenantId};
use crate::platforms::aws::{AreaId, SEGMENT, Verdict, matches};
use crate::steps::Fact;

/// Areas in which somebody names what a request is on, each with the ARN template of that. Those of one template must
/// share a name: they are about the same thing.
pub(super) type Named = Vec<(String, AreaId)>;

/// One way in which one holder holds all needs of a request.
#[derive(Debug, Clone, Default)]
pub(super) struct Bundle {
    pub(super) rights: Vec<Fact>,
    pub(super) named: Named,
    pub(super) condition: Option<String>,
}

/// The actions of some needs, each once, in words.
pub(super) fn names(needs: &[&Need]) -> String {
    let mut names: Vec<&str> = needs.iter().map(|need| need.action.as_str()).collect();
    names.dedup();
    names.join(" + ")
}

/// Which of the free names of [`Later`] some areas all surely hold: bit `n` is the name at place `n`.
type Held = u128;

/// One way to make a later request.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Way {
    act: Fact,
    named: Named,
    held: Held,
}

/// What nobody has named anything so far.
const FREE: &str = "free-name";

/// Where something of that name may be, for what has a region.
const REGIONS: [&str; 8] = [
    "us-east-1",
    "eu-west-1",
    "us-west-2",
    "eu-central-1",
    "us-east-2",
    "ap-southeast-1",
    "ap-northeast-1",
    "us-gov-west-1",
];

/// The free name of a template.
pub(super) fn free_name(template: &str, region: &str) -> String {
    let parts = template.split(':').enumerate();
    let parts: Vec<String> = parts
        .map(|(at, part)| match at {
            3 => part.replace(SEGMENT, region),
            _ => part.replace(SEGMENT, FREE),
        })
        .collect();
    parts.join(":")
}

/// A name of the template that a value in a policy allows; `None` where none is found by filling in its wildcards.
fn free_name_like(value: &str, template: &str, region: &str) -> Option<String> {
    let (mut parts, mut values) = (Vec::new(), value.split(':'));
    for (at, part) in template.split(':').enumerate() {
        let filler = if at == 3 { region } else { FREE };
        let name = values.next()?.replace('*', filler).replace('?', "x");
        // Between two colons the template's wildcards are like those of a policy.
        if !matches(&part.replace(SEGMENT, "*"), &name) {
            return None;
        }
        parts.push(name);
    }
    values.next().is_none().then(|| parts.join(":"))
}

/// The later requests of a technique in one account: the ways to make each.
///
/// Whoever creates something and whoever acts on it later must be allowed to under one name. Comparing all areas of the
/// one with all of the other would store a step for each pair. Instead some names that nobody has taken stand between
/// them: who creates under one is followed by whoever acts on it. Only areas that share none of those are compared.
#[derive(Debug)]
pub(super) struct Later {
    requests: Vec<Vec<Way>>,
    /// Free names of one template, or one name of each template.
    names: Vec<Vec<(String, String)>>,
    /// All requests made under the name at that place; `None` where nobody surely can make one of them.
    followed: Vec<Option<Fact>>,
}

impl Aws<'_, '_, '_> {
    /// The ways to make each later request on what needs in `creating` name.
    pub(super) fn later(
        &mut self,
        entry: &Entry,
        creating: &[&Need],
        requests: &[Vec<Need>],
        account: TenantId,
    ) -> Later {
        let mut requests: Vec<Vec<Way>> = requests
            .iter()
            .map(|request| self.request_ways(request, account))
            .collect();
        let names = self.free_names(creating, &requests, account);
        for way in requests.iter_mut().flatten() {
            way.held = self.held(&way.named, &names);
        }
        let mut later = Later {
            requests,
            names,
            followed: Vec::new(),
        };
        for place in 0..later.names.len() {
            let fact = self.followed(entry, &later, place, account);
            later.followed.push(fact);
        }
        later
    }

    /// Names to create under: one that most hold, and one for each value that lets somebody create or act on it.
    fn free_names(
        &self,
        creating: &[&Need],
        requests: &[Vec<Way>],
        account: TenantId,
    ) -> Vec<Vec<(String, String)>> {
        let mut templates: Vec<String> = Vec::new();
        let mut areas: Vec<AreaId> = Vec::new();
        for need in creating.iter().filter(|need| need.on == On::New) {
            templates.push(self.arn(need, account, None));
            areas.extend(self.holders.areas(self.action(need, None), account));
        }
        for (template, area) in requests.iter().flatten().flat_map(|way| &way.named) {
            templates.push(template.clone());
            areas.push(*area);
        }
        templates.sort_unstable();
        templates.dedup();
        areas.sort_unstable();
        areas.dedup();
        let usual = |region: &str| -> Vec<(String, String)> {
            let name = |template: &String| (template.clone(), free_name(template, region));
            templates.iter().map(name).collect()
        };
        let share = |region: &str| {
            let names = [usual(region)];
            let ways = requests.iter().flatten();
            ways.filter(|way| self.held(&way.named, &names) > 0).count()
        };
        // The first of those in which most hold it.
        let region = REGIONS.into_iter().rev().max_by_key(|region| share(region));
        let region = region.unwrap_or_default();
        let mut names = vec![usual(region)];
        if let [template] = templates.as_slice() {
            let mut values: Vec<&str> = Vec::new();
            for &area in &areas {
                let allow = &self.rights.area(area).allow;
                if !allow.is_negated {
                    values.extend(allow.values.iter().map(String::as_str));
                }
            }
            values.sort_unstable();
            values.dedup();
            let like = values.iter().filter_map(|value| {
                let name = free_name_like(value, template, region)?;
                Some(vec![(template.clone(), name)])
            });
            names.extend(like);
            names.truncate(Held::BITS as usize);
        }
        names
    }

    fn held(&self, named: &Named, names: &[Vec<(String, String)>]) -> Held {
        let mut held = 0;
        for (place, name) in names.iter().enumerate() {
            let is_held = named.iter().all(|(template, area)| {
                name.iter()
                    .filter(|(of, _)| of == template)
                    .all(|(_, name)| self.rights.area(*area).admits(name) == Verdict::Allowed)
            });
            held |= Held::from(is_held) << place;
        }
        held
    }

    /// All later requests made under the free name at one place; `None` where nobody surely can make one of them.
    fn followed(
        &mut self,
        entry: &Entry,
        later: &Later,
        place: usize,
        account: TenantId,
    ) -> Option<Fact> {
        let is_held = |way: &&Way| way.held >> place & 1 == 1;
        let is_possible = |ways: &Vec<Way>| ways.iter().any(|way| is_held(&way));
        if later.requests.is_empty() || !later.requests.iter().all(is_possible) {
            return None;
        }
        let identifier = self.inventory.tenants[account].identifier.clone();
        let name = later.names.get(place)?;
        let name: Vec<&str> = name.iter().map(|(_, name)| name.as_str()).collect();
        let name = name.join(" and ");
        let mut needs = Vec::new();
        for (at, ways) in later.requests.iter().enumerate() {
            let target = format!("later request {}, on {name}, in {identifier}", at + 1);
            let act = self.subject(&entry.id, &target);
            for way in ways.iter().filter(is_held) {
                self.step(&[way.act], act, self.request, &[], None);
            }
            needs.push(act);
        }
        if let [only] = needs.as_slice() {
            return Some(*only);
        }
        let target = format!("all later requests, on {name}, in {identifier}");
        let all = self.subject(&entry.id, &target);
        self.step(&needs, all, self.request, &[], None);
        Some(all)
    }

    /// What is needed beside having created something so named, to make all later requests on it; `None` when nobody
    /// can make one of them.
    pub(super) fn after(
        &mut self,
        entry: &Entry,
        later: &Later,
        account: TenantId,
        created: &Named,
    ) -> Option<Vec<Fact>> {
        if later.requests.is_empty() {
            return Some(Vec::new());
        }
        let identifier = &self.inventory.tenants[account].identifier;
        let words = self.words(&[], account, created);
        let target = format!("all later requests on what is created in {words}, in {identifier}");
        let after = self.subject(&entry.id, &target);
        let held = self.held(created, &later.names);
        let mut is_possible = false;
        for (place, followed) in later.followed.iter().enumerate() {
            if let (1, Some(followed)) = (held >> place & 1, followed) {
                self.step(&[*followed], after, self.request, &[], None);
                is_possible = true;
            }
        }
        // Every other choice of areas for the later requests, each with the acts needed so far.
        let mut choices = vec![(Vec::new(), created.clone(), held)];
        for (at, ways) in later.requests.iter().enumerate() {
            let is_last = at + 1 == later.requests.len();
            let mut next = Vec::new();
            for way in ways {
                for (acts, so_far, held) in &choices {
                    let held = held & way.held;
                    if is_last && held != 0 {
                        continue;
                    }
                    let named: Named = so_far.iter().chain(&way.named).cloned().collect();
                    if self.one_name(&named).is_none() {
                        continue;
                    }
                    let acts: Vec<Fact> = acts.iter().copied().chain([way.act]).collect();
                    next.push((acts, named, held));
                }
            }
            choices = next;
        }
        for (acts, named, _) in &choices {
            let condition = self.one_name(named).flatten();
            self.step(acts, after, self.request, &[], condition.as_deref());
            is_possible = true;
        }
        is_possible.then(|| vec![after])
    }

    /// On what it hangs that areas share one name of each template; `None` where they do not.
    fn one_name(&mut self, named: &Named) -> Option<Option<String>> {
        let mut condition = None;
        let mut seen: Vec<&str> = Vec::new();
        for (template, _) in named {
            if seen.contains(&template.as_str()) {
                continue;
            }
            seen.push(template);
            let same = named.iter().filter(|(other, _)| other == template);
            let areas: Vec<AreaId> = same.map(|(_, area)| *area).collect();
            let reason = unless_denied(self.rights.share(&areas, template))?;
            condition = and(condition, reason.as_deref());
        }
        Some(condition)
    }

    /// The ways to make a later request, by whomever: what is named in it decides with what else it goes.
    fn request_ways(&mut self, request: &[Need], account: TenantId) -> Vec<Way> {
        let needs: Vec<&Need> = request.iter().collect();
        let identifier = self.inventory.tenants[account].identifier.clone();
        let mut ways: Vec<Way> = Vec::new();
        if let [need] = request {
            let action = self.action(need, None);
            let arn = self.arn(need, account, None);
            let target = format!(
                "{}, by any principal of {identifier}",
                self.words(&needs, account, &Named::new())
            );
            let any = self.subject(&need.action, &target);
            for area in self.holders.areas(action, account) {
                let Some(reason) = unless_denied(self.rights.area(area).admits(&arn)) else {
                    continue;
                };
                let act = self.act(action, account, area);
                if need.on == On::New {
                    ways.push(Way {
                        act,
                        named: vec![(arn.clone(), area)],
                        held: 0,
                    });
                } else {
                    // Any area will do, so that they need not be told apart.
                    self.step(&[act], any, self.request, &[], reason.as_deref());
                    ways = vec![Way {
                        act: any,
                        named: Named::new(),
                        held: 0,
                    }];
                }
            }
            return ways;
        }
        let Some(lead) = request.first() else {
            return ways;
        };
        for holder in self.holders.holders_in(self.action(lead, None), account) {
            for bundle in self.bundles(&needs, account, holder) {
                let target = format!(
                    "{} by one principal of {identifier}",
                    self.words(&needs, account, &bundle.named)
                );
                let act = self.subject(&names(&needs), &target);
                let condition = bundle.condition.as_deref();
                self.step(&bundle.rights, act, self.request, &[], condition);
                let way = Way {
                    act,
                    named: bundle.named,
                    held: 0,
                };
                if !ways.contains(&way) {
                    ways.push(way);
                }
            }
        }
        ways
    }

    /// The ways in which one holder holds all of some needs: one for each choice of areas for what it names itself.
    pub(super) fn bundles(
        &mut self,
        needs: &[&Need],
        account: TenantId,
        holder: Holder,
    ) -> Vec<Bundle> {
        let mut bundles = vec![Bundle::default()];
        for need in needs {
            let arn = self.arn(need, account, None);
            let mut held: Vec<(Fact, Option<AreaId>)> = Vec::new();
            let action = self.action(need, None);
            for (area, holding) in self.holders.ways(action, account, holder) {
                let (scopes, condition) = (holding.scopes, holding.condition);
                let Some(reason) = unless_denied(self.rights.share(&[area], &arn)) else {
                    continue;
                };
                let (right, named) = if need.on == On::New {
                    let condition = condition.as_deref();
                    let right = self.named_right(need, holder, area, &scopes, condition);
                    (right, Some(area))
                } else {
                    let words = in_words(&arn);
                    let right = self.right_of(holder, &need.action, &words);
                    let fact = self.fact_of(holder);
                    let condition = and(reason, condition.as_deref());
                    self.step(&[fact], right, self.hold, &scopes, condition.as_deref());
                    (right, None)
                };
                if !held.contains(&(right, named)) {
                    held.push((right, named));
                }
            }
            let mut next = Vec::new();
            for bundle in &bundles {
                for (right, area) in &held {
                    let mut bundle = bundle.clone();
                    bundle.rights.push(*right);
                    bundle.named.extend(area.map(|area| (arn.clone(), area)));
                    next.push(bundle);
                }
            }
            bundles = next;
        }
        let mut possible = Vec::new();
        for bundle in bundles {
            if let Some(condition) = self.one_name(&bundle.named) {
                possible.push(Bundle {
                    condition,
                    ..bundle
                });
            }
        }
        possible
    }

    /// What some needs are on, in words.
    pub(super) fn words(&self, needs: &[&Need], account: TenantId, named: &Named) -> String {
        let fixed = needs.iter().filter(|need| need.on != On::New);
        let fixed = fixed.map(|need| in_words(&self.arn(need, account, None)));
        let named = named
            .iter()
            .map(|(_, area)| self.rights.area(*area).describe());
        let mut words: Vec<String> = named.chain(fixed).collect();
        words.dedup();
        words.join(" and ")
    }

    pub(super) fn named_right(
        &mut self,
        need: &Need,
        holder: Holder,
        area: AreaId,
        scopes: &[ScopeId],
        condition: Option<&str>,
    ) -> Fact {
        let words = self.rights.area(area).describe();
        let right = self.right_of(holder, &need.action, &words);
        let fact = self.fact_of(holder);
        self.step(&[fact], right, self.hold, scopes, condition);
        right
    }

    pub(super) fn subject(&mut self, action: &str, target: &str) -> Fact {
        Fact::Act(self.derivation.steps.subject(action, target))
    }
}
