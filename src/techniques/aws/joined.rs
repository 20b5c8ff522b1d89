//! Techniques of several rights on one existing target: rights of one request by one principal, requests by any hands.

use super::catalogue::{Entry, Need, On};
use super::holders::Holder;
use super::targets::Target;
use super::{Aws, and, in_words, unless_denied};
use crate::platforms::aws::{Requester, Session};
use crate::steps::{Fact, TechniqueId};

impl Aws<'_, '_, '_> {
    pub(super) fn joined(&mut self, entry: &Entry, technique: TechniqueId) {
        let Some(on) = entry
            .requests
            .first()
            .and_then(|r| r.first())
            .map(|need| need.on.clone())
        else {
            return;
        };
        for target in self.targets.of(self.inventory, &on) {
            let Some((gain, extra, condition)) = self.gain(entry, &target) else {
                continue;
            };
            if let Some(acts) = self.requests_on(entry, &target) {
                self.step_on(
                    Some(&target),
                    &acts,
                    gain,
                    technique,
                    &extra,
                    condition.as_deref(),
                );
            }
        }
    }

    /// The acts of making every request on a target; `None` when nobody can make one of them.
    pub(super) fn requests_on(&mut self, entry: &Entry, target: &Target) -> Option<Vec<Fact>> {
        let mut acts = Vec::new();
        for request in &entry.requests {
            acts.push(self.request_on(request, target)?);
        }
        Some(acts)
    }

    /// The act of making a request on a target; `None` when nobody can.
    pub(super) fn request_on(&mut self, request: &[Need], target: &Target) -> Option<Fact> {
        let names: Vec<&str> = request.iter().map(|need| need.action.as_str()).collect();
        let subject = self
            .derivation
            .steps
            .subject(&names.join(" + "), &target.arn);
        let act = Fact::Act(subject);
        if let [need] = request {
            let action = self.action(need, None);
            let openings = self.openings(action, need, target);
            for opening in &openings {
                self.step_on(
                    Some(target),
                    &[opening.need],
                    act,
                    self.request,
                    &opening.scopes,
                    opening.condition.as_deref(),
                );
            }
            return (!openings.is_empty()).then_some(act);
        }
        let holders = self
            .holders
            .holders_in(self.action(request.first()?, None), target.account);
        let mut is_possible = false;
        for holder in holders {
            let rights: Vec<Fact> = request
                .iter()
                .filter_map(|need| {
                    let arn = self.arn(need, target.account, Some(target));
                    self.right(need, holder, target, &arn)
                })
                .collect();
            if rights.len() == request.len() {
                self.step_on(Some(target), &rights, act, self.request, &[], None);
                is_possible = true;
            }
        }
        is_possible.then_some(act)
    }

    /// A holder's right to do what a need asks on one ARN; `None` when it has none.
    pub(super) fn right(
        &mut self,
        need: &Need,
        holder: Holder,
        target: &Target,
        arn: &str,
    ) -> Option<Fact> {
        let action = self.action(need, None);
        let right = self.right_of(holder, &need.action, &in_words(arn));
        let fact = self.fact_of(holder);
        let signer = self.signers(holder).into_iter().find_map(|(_, s)| s);
        let whoever = Requester::Account(target.account, Session::Unknown);
        let requester = signer.map_or(whoever, Requester::Signer);
        // What is beside the target has no policy that an export tells.
        let (limit, unnamed) = match need.on {
            On::Fixed | On::New => (
                self.rights
                    .resource_limit(target.account, action, requester),
                None,
            ),
            _ => self.left_to(action, target, signer),
        };
        let mut is_held = false;
        for (area, holding) in self.holders.ways(action, target.account, holder) {
            let Some(reason) = unless_denied(self.rights.area(area).meets(&limit, arn)) else {
                continue;
            };
            let condition = and(and(reason, unnamed), holding.condition.as_deref());
            self.step(
                &[fact],
                right,
                self.hold,
                &holding.scopes,
                condition.as_deref(),
            );
            is_held = true;
        }
        is_held.then_some(right)
    }
}
