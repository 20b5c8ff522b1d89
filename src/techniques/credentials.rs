//! Whoever holds a credential that works acts as its principal.

use super::{Derivation, Rule};
use crate::inventory::{Credential, CredentialKind, CredentialStatus};
use crate::steps::{Control, Fact, NewStep};
use jiff::Timestamp;

pub(super) const RULE: Rule = Rule {
    id: "credentials",
    about: "a credential that works opens its principal",
    derive,
};

/// Why a credential opens nothing any more; `None` when it works as far as is known.
pub(super) fn why_dead(credential: &Credential, as_of: Timestamp) -> Option<&'static str> {
    if credential.status == CredentialStatus::Inactive {
        return Some("inactive");
    }
    let is_over = credential.expires.is_some_and(|end| end <= as_of);
    // A password that is past its rotation date still logs in, to be changed.
    (is_over && credential.kind != CredentialKind::Password).then_some("expired")
}

fn derive(derivation: &mut Derivation<'_>) {
    let technique = derivation.technique(
        "credential/use",
        "use the credential",
        &["T1078"],
        "https://attack.mitre.org/techniques/T1078/",
    );
    let inventory = derivation.inventory;
    for (id, credential) in inventory.credentials.entries() {
        let Some(principal) = credential.principal else {
            continue;
        };
        // What opens one service alone is left to the rule that knows the service.
        let is_dead = why_dead(credential, inventory.as_of).is_some();
        if is_dead || credential.only_service().is_some() {
            continue;
        }
        let gain = derivation.acting(principal, Some(credential.kind));
        // The right to publish another's package is nobody's here to revoke.
        let controls: &[Control] = match credential.kind {
            CredentialKind::PublishingRight => &[],
            _ => &[Control::Credential(id)],
        };
        derivation.steps.add(NewStep {
            needs: &[Fact::Credential(id)],
            gain,
            technique,
            controls,
            evidence: &credential.evidence,
            condition: credential.second_factor.as_deref(),
        });
    }
}
