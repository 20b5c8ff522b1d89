//! Federations: identities of another issuer, as the side that trusts them names them.

use super::{
    EvidenceId, Id, Inventory, Key, Platform, Principal, PrincipalId, PrincipalKind, TenantId,
};

/// A principal that stands for whoever bears a token of an issuer with such a subject.
///
/// It is what the trusting side says. An export of the other side that tells which subjects its workflows, projects or
/// service accounts bear is joined with it by issuer and subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Federation {
    /// The issuer without its scheme.
    pub issuer: String,
    /// The subjects, as a glob of `*` and `?`, exact in case.
    pub subject: String,
    /// The audience, where it must be one.
    pub audience: Option<String>,
    /// The principal that stands for the bearer.
    pub principal: PrincipalId,
    /// Where the trust was read.
    pub evidence: EvidenceId,
}

impl Federation {
    /// The key of the principal that stands for the bearer.
    pub fn key(issuer: &str, subject: &str, audience: Option<&str>) -> String {
        match audience {
            Some(audience) => format!("federated:{issuer}:{subject} for {audience}"),
            None => format!("federated:{issuer}:{subject}"),
        }
    }
}

impl Inventory {
    /// Adds a principal that no export describes and that steps speak of, unless it is there.
    pub fn add_stand_in(
        &mut self,
        key: Key,
        name: String,
        kind: PrincipalKind,
        platform: Platform,
        tenant: Option<TenantId>,
        evidence: EvidenceId,
    ) -> PrincipalId {
        if let Some(id) = self.principal_by_key(&key) {
            return id;
        }
        let id = PrincipalId::from_index(self.principals.len());
        self.principals.push(Principal {
            key: key.clone(),
            aliases: Vec::new(),
            name,
            kind,
            platform,
            tenant,
            owner: None,
            created: None,
            last_used: None,
            last_review: None,
            tags: Vec::new(),
            is_stub: true,
            evidence: vec![evidence],
        });
        self.principal_by_key.insert(key, id);
        id
    }

    /// Adds the principal that stands for the bearers of a token, once.
    ///
    /// Its rights are those that steps give it; that nothing else is known of it makes it a stub.
    pub fn add_federation(
        &mut self,
        issuer: &str,
        subject: &str,
        audience: Option<&str>,
        kind: PrincipalKind,
        evidence: EvidenceId,
    ) -> PrincipalId {
        let key: Key = Federation::key(issuer, subject, audience).into();
        if let Some(id) = self.principal_by_key(&key) {
            return id;
        }
        let name = format!("{subject} of {issuer}");
        let id = self.add_stand_in(key, name, kind, "federation", None, evidence);
        self.federations.push(Federation {
            issuer: issuer.to_owned(),
            subject: subject.to_owned(),
            audience: audience.map(str::to_owned),
            principal: id,
            evidence,
        });
        id
    }
}
