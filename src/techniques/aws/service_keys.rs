//! Keys and passwords of users for one service alone: API keys of Amazon Bedrock, Git credentials of AWS CodeCommit,
//! passwords of Amazon Keyspaces.
//!
//! Whoever holds one may do what its user may do in that service, as that user, and nothing beyond; an API key is of use
//! only where the user may also call with such a key. Of those of Amazon CloudWatch Logs nothing is followed. Where a resource control policy tells callers of CodeCommit apart, what a password opens there is not
//! followed.
//!
//! Source: IAM API reference, "CreateServiceSpecificCredential": "the same permissions as the associated user except that
//! they can be used only to access the specified service"; Amazon Bedrock User Guide, "API keys" (of Amazon Bedrock and
//! Amazon Bedrock Runtime only, not of Agents) and "Control permissions for generating and using Amazon Bedrock API keys";
//! read 2026-11.

use super::super::listed::Listed;
use super::holders::{Holder, Holding};
use super::sessions::Signing;
use super::{Aws, and, unless_denied};
use crate::inventory::{CoverageGap, PrincipalId, TenantId};
use crate::platforms::aws::{ActionId, AreaId, NO_RESOURCE};
use crate::steps::{Control, Fact, NewStep};
use std::collections::BTreeMap;

/// A service that users get keys of its own for.
pub(super) struct Service {
    /// As IAM names it.
    name: &'static str,
    words: &'static str,
    /// What the user must be allowed as well, so that the key is of use.
    using: Option<&'static str>,
    /// What techniques follow of what is done there.
    actions: &'static [&'static str],
}

const SERVICES: [Service; 3] = [
    Service {
        name: "bedrock.amazonaws.com",
        words: "any action of Amazon Bedrock, by a key for it alone,",
        using: Some("bedrock:CallWithBearerToken"),
        actions: &["bedrock:InvokeModel"],
    },
    Service {
        name: "codecommit.amazonaws.com",
        words: "any action of CodeCommit, by a password for it alone,",
        using: None,
        actions: &["codecommit:GitPull", "codecommit:GitPush"],
    },
    Service {
        name: "cassandra.amazonaws.com",
        words: "any action of Keyspaces, by a password for it alone,",
        using: None,
        actions: &["cassandra:Select", "cassandra:Modify"],
    },
];

static USE: Listed = Listed {
    id: "aws/service-key",
    platform: "aws",
    name: "use the key for its service",
    needs: "a key of a user for one service alone",
    gains: "what the user may do in that service",
    attack: &["T1078.004"],
    fix: "delete the key, or narrow the statements of its user",
    source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_bedrock.html",
};

pub(super) static TECHNIQUES: &[&Listed] = &[&USE];

impl Service {
    /// The service of that name.
    pub(super) fn named(name: &str) -> Option<&'static Self> {
        SERVICES.iter().find(|service| service.name == name)
    }

    /// Whether an action is one that its keys open.
    pub(super) fn has(&self, action: &str) -> bool {
        self.actions.contains(&action)
    }
}

/// The actions that decide of what use keys are.
pub(super) fn using() -> impl Iterator<Item = &'static str> {
    SERVICES.iter().filter_map(|service| service.using)
}

impl Aws<'_, '_, '_> {
    /// Steps from the keys that exports list.
    pub(super) fn listed_keys_for_services(&mut self) {
        let technique = self.derivation.listed(&USE);
        let mut not_followed: BTreeMap<&str, u64> = BTreeMap::new();
        for (id, credential) in self.inventory.credentials.entries() {
            let Some(service) = credential.only_service() else {
                continue;
            };
            if Service::named(service).is_none() {
                *not_followed.entry(service).or_default() += 1;
            }
            let Some(user) = credential.principal else {
                continue;
            };
            if credential.why_dead(self.inventory.as_of).is_some() {
                continue;
            }
            let Some(key) = self.key_for_service(user, service) else {
                continue;
            };
            self.derivation.steps.add(NewStep {
                needs: &[Fact::Credential(id)],
                gain: key,
                technique,
                controls: &[Control::Credential(id)],
                evidence: &credential.evidence,
                condition: None,
            });
        }
        for (service, count) in not_followed {
            self.derivation.gaps.push(CoverageGap {
                subject: service.to_owned(),
                text: format!(
                    "{count} keys or passwords of users are for it alone; what they open is not followed"
                ),
                remedy: String::new(),
            });
        }
    }

    /// Holding a key of a user for one service, with the steps to what it opens; `None` where that is nothing.
    pub(super) fn key_for_service(&mut self, user: PrincipalId, name: &str) -> Option<Fact> {
        let service = Service::named(name)?;
        if let Some(known) = self.service_keys.get(&(user, service.name)) {
            return *known;
        }
        let key = self.new_key_for_service(user, service);
        self.service_keys.insert((user, service.name), key);
        key
    }

    fn new_key_for_service(&mut self, user: PrincipalId, service: &Service) -> Option<Fact> {
        let account = self.inventory.principals[user].tenant?;
        let mut ways = Vec::new();
        for action in service.actions {
            let action = self.actions.id(action, None);
            let of_action = self.ways_without_access_key(user, action, account);
            ways.extend(of_action.into_iter().map(|way| (action, way)));
        }
        if ways.is_empty() {
            return None;
        }
        let steps = &mut self.derivation.steps;
        let subject = steps.subject(service.words, "whatever its policies allow");
        let key = Fact::Right(user, subject);
        let mut from = key;
        if let Some(using) = service.using {
            let subject = self.derivation.steps.subject(using, "*");
            from = Fact::Right(user, subject);
            let using = self.actions.id(using, None);
            let mut is_of_use = false;
            for (area, holding) in self.ways_without_access_key(user, using, account) {
                let verdict = self.rights.area(area).admits(NO_RESOURCE);
                let Some(reason) = unless_denied(verdict) else {
                    continue;
                };
                let condition = and(reason, holding.condition.as_deref());
                let condition = condition.as_deref();
                self.step(&[key], from, self.hold, &holding.scopes, condition);
                is_of_use = true;
            }
            if !is_of_use {
                return None;
            }
        }
        for (action, (area, holding)) in ways {
            let act = self.act(action, account, area);
            let condition = holding.condition.as_deref();
            self.step(&[from], act, self.hold, &holding.scopes, condition);
        }
        Some(key)
    }

    /// A user's ways to do an action by its policies as they are, signed with anything but an access key.
    fn ways_without_access_key(
        &self,
        user: PrincipalId,
        action: ActionId,
        account: TenantId,
    ) -> Vec<(AreaId, Holding)> {
        let holders = [
            Holder::Principal(user),
            Holder::Signed(user, Signing::Otherwise),
        ];
        let ways = |holder| self.holders.ways(action, account, holder);
        holders.into_iter().flat_map(ways).collect()
    }
}
