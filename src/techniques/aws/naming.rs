//! Requests whose object the caller names, so that any name that its areas hold will do: what is created so, and what is
//! later done with it under the same name.

use super::catalogue::{Entry, Need, On};
use super::holders::Holder;
use super::{Aws, and, in_words, unless_denied};
use crate::inventory::{ScopeId, TenantId};
use crate::platforms::aws::AreaId;
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

/// One way to make a later request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Way {
    act: Fact,
    named: Named,
}

impl Aws<'_, '_, '_> {
    /// The ways to make each later request.
    pub(super) fn later_requests(
        &mut self,
        later: &[Vec<Need>],
        account: TenantId,
    ) -> Vec<Vec<Way>> {
        later
            .iter()
            .map(|request| self.request_ways(request, account))
            .collect()
    }

    /// What is needed beside having created something so named, to make all later requests on it; `None` when nobody
    /// can make one of them.
    pub(super) fn after(
        &mut self,
        entry: &Entry,
        later: &[Vec<Way>],
        account: TenantId,
        created: &Named,
    ) -> Option<Vec<Fact>> {
        if later.is_empty() {
            return Some(Vec::new());
        }
        // Every choice of areas for the later requests, each with the acts needed so far.
        let mut choices: Vec<(Vec<Fact>, Named)> = vec![(Vec::new(), created.clone())];
        for ways in later {
            let mut next = Vec::new();
            for way in ways {
                for (acts, so_far) in &choices {
                    let named: Named = so_far.iter().chain(&way.named).cloned().collect();
                    if self.one_name(&named).is_none() {
                        continue;
                    }
                    let acts: Vec<Fact> = acts.iter().copied().chain([way.act]).collect();
                    next.push((acts, named));
                }
            }
            choices = next;
        }
        let identifier = &self.inventory.tenants[account].identifier;
        let words = self.words(&[], account, created);
        let target = format!("what comes after creating {words}, in {identifier}");
        let after = self.subject(&entry.id, &target);
        for (acts, named) in &choices {
            let condition = self.one_name(named).flatten();
            self.step(acts, after, self.request, &[], condition.as_deref());
        }
        (!choices.is_empty()).then(|| vec![after])
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
                    });
                } else {
                    // Any area will do, so that they need not be told apart.
                    self.step(&[act], any, self.request, &[], reason.as_deref());
                    ways = vec![Way {
                        act: any,
                        named: Named::new(),
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
