//! What outlives a fix: whether a credential ends by itself, and what it or a trust has issued that works on.
//!
//! Only what a vendor or standard documents is told. Of everything else nothing is known, which is not that nothing
//! survives.

use crate::inventory::{CredentialKind, Inventory, Lifetime, PrincipalId, PrincipalKind, Terms};
use crate::steps::Control;
use jiff::Timestamp;

/// When a credential ends if nobody revokes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Life {
    /// Never.
    Endless,
    /// With the job that it was made for.
    Job,
    /// By itself; then, where that is known.
    Expires(Option<Timestamp>),
    /// No export says.
    Unknown,
}

/// What works on after a fix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Survivor {
    /// What it is.
    pub what: &'static str,
    /// For how many hours at most, where that is documented.
    pub most_hours: Option<u32>,
    /// What ends it now.
    pub remedy: &'static str,
    /// Where that is documented.
    pub source: &'static str,
}

/// Source: AWS Security Blog, "What to Do If You Inadvertently Expose an AWS Access Key" (read 2026-11): new keys do not
/// invalidate temporary credentials that were issued with the old ones; these last 36 hours at most.
const OF_USER: Survivor = Survivor {
    what: "temporary credentials that were issued with it, and sessions of roles that were taken with it",
    most_hours: Some(36),
    remedy: "deny the user, and the roles it may take, all that was issued before (`aws:TokenIssueTime`)",
    source: "https://aws.amazon.com/blogs/security/what-to-do-if-you-inadvertently-expose-an-aws-access-key/",
};

/// Source: IAM User Guide, "Disabling permissions for temporary security credentials" (read 2026-11): they are valid
/// until they expire; what they may do is evaluated at each request.
const SESSION_KEY: Survivor = Survivor {
    what: "the session key itself: it cannot be deleted",
    most_hours: Some(36),
    remedy: "deny its user or role all that was issued before (`aws:TokenIssueTime`)",
    source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_disable-perms.html",
};

/// Source: IAM User Guide, "Revoke IAM role temporary security credentials" (read 2026-11); a role's sessions last 12
/// hours at most.
const OF_ROLE: Survivor = Survivor {
    what: "sessions of the role that were taken before",
    most_hours: Some(12),
    remedy: "revoke the role's sessions (`AWSRevokeOlderSessions`)",
    source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_revoke-sessions.html",
};

/// Source: Google Cloud IAM API, "Method: projects.serviceAccounts.keys.delete" (read 2026-11): deleting a key does not
/// revoke short-lived credentials that were issued with it.
const OF_SERVICE_ACCOUNT_KEY: Survivor = Survivor {
    what: "short-lived credentials that were issued with it",
    most_hours: None,
    remedy: "disable the service account until they have expired",
    source: "https://cloud.google.com/iam/docs/reference/rest/v1/projects.serviceAccounts.keys/delete",
};

/// Source: RFC 7009, sections 2.1 and 3: tokens of the same grant should be invalidated too; those that resource servers
/// check by themselves need not be.
const OF_GRANT: Survivor = Survivor {
    what: "access tokens that were issued with it, where they are checked without asking who issued them",
    most_hours: None,
    remedy: "revoke the grant, and wait until its access tokens have expired",
    source: "https://www.rfc-editor.org/rfc/rfc7009#section-3",
};

/// Source: RFC 7009, section 3: a self-contained token is valid until it expires, unless who checks it asks back.
const TOKEN: Survivor = Survivor {
    what: "the token itself, where it is checked without asking who issued it",
    most_hours: None,
    remedy: "replace the key with which such tokens are signed, or wait until it has expired",
    source: "https://www.rfc-editor.org/rfc/rfc7009#section-3",
};

/// When the credential that a control stands for ends by itself; `None` where it stands for none.
///
/// Source of jobs: GitHub Actions, "`GITHUB_TOKEN`" (read 2026-11): it expires when the job finishes.
pub fn life(inventory: &Inventory, control: Control) -> Option<Life> {
    let Control::Credential(id) = control else {
        return None;
    };
    let credential = &inventory.credentials[id];
    let of_job = |id: PrincipalId| inventory.principals[id].kind == PrincipalKind::CiWorkflow;
    let is_of_job = credential.principal.is_some_and(of_job);
    Some(match (credential.lifetime, credential.expires) {
        // A password that is past its date still logs in, to be changed.
        _ if credential.kind == CredentialKind::Password => Life::Endless,
        (_, Some(at)) => Life::Expires(Some(at)),
        (Lifetime::Expiring, None) if is_of_job => Life::Job,
        (Lifetime::Expiring, None) => Life::Expires(None),
        (Lifetime::Static, None) => Life::Endless,
        (Lifetime::Unknown, None) => Life::Unknown,
    })
}

/// What works on after a control has been removed, as far as that is documented.
///
/// Statements, attachments and memberships leave nothing: AWS evaluates them at each request, also of sessions.
pub fn survivor(inventory: &Inventory, control: Control) -> Option<Survivor> {
    let is_aws = |id: PrincipalId| inventory.principals[id].platform == "aws";
    match control {
        Control::Exposure(_) | Control::Chance(..) => None,
        Control::Credential(id) | Control::Split(id) => {
            let credential = &inventory.credentials[id];
            let of_aws = credential.principal.is_some_and(is_aws);
            match credential.kind {
                CredentialKind::AccessKey | CredentialKind::Password if of_aws => Some(OF_USER),
                CredentialKind::SessionKey if of_aws => Some(SESSION_KEY),
                CredentialKind::Certificate if of_aws => Some(OF_ROLE),
                CredentialKind::ServiceAccountKey => Some(OF_SERVICE_ACCOUNT_KEY),
                CredentialKind::RefreshToken | CredentialKind::ClientSecret => Some(OF_GRANT),
                CredentialKind::BearerToken => Some(TOKEN),
                _ => None,
            }
        }
        Control::Scope(id) => match inventory.scopes[id].terms {
            Terms::Trust { principal, .. }
            | Terms::RunsAs { principal, .. }
            | Terms::Session {
                role: principal, ..
            }
            | Terms::Anchor {
                holder: principal, ..
            } if is_aws(principal) => Some(OF_ROLE),
            _ => None,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::{Credential, CredentialId, CredentialStatus, Id};
    use crate::reports::sample;

    fn credential(change: impl FnOnce(&mut Credential)) -> (Inventory, Control) {
        let mut inventory = sample::analysis().inventory;
        let id = CredentialId::from_index(0);
        let credential = &mut inventory.credentials[id];
        credential.status = CredentialStatus::Active;
        credential.expires = None;
        change(credential);
        (inventory, Control::Credential(id))
    }

    #[test]
    fn only_what_may_end_by_itself_does() {
        let lived = |change: fn(&mut Credential)| {
            let (inventory, control) = credential(change);
            life(&inventory, control)
        };
        let at: Timestamp = "2026-02-01T00:00:00Z".parse().unwrap();
        assert_eq!(
            lived(|c| c.lifetime = Lifetime::Static),
            Some(Life::Endless)
        );
        assert_eq!(
            lived(|c| c.lifetime = Lifetime::Unknown),
            Some(Life::Unknown)
        );
        assert_eq!(
            lived(|c| c.lifetime = Lifetime::Expiring),
            Some(Life::Expires(None))
        );
        let dated = lived(|c| c.expires = "2026-02-01T00:00:00Z".parse().ok());
        assert_eq!(dated, Some(Life::Expires(Some(at))));
        let password = lived(|c| {
            c.kind = CredentialKind::Password;
            c.expires = "2026-02-01T00:00:00Z".parse().ok();
        });
        assert_eq!(password, Some(Life::Endless));
        let (mut inventory, control) = credential(|c| c.lifetime = Lifetime::Expiring);
        let principal = inventory.credentials[CredentialId::from_index(0)]
            .principal
            .unwrap();
        inventory.principals[principal].kind = PrincipalKind::CiWorkflow;
        assert_eq!(life(&inventory, control), Some(Life::Job));
    }

    #[test]
    fn sessions_outlive_trusts_and_keys_but_not_statements() {
        let (inventory, key) = credential(|_| {});
        assert_eq!(survivor(&inventory, key), Some(OF_USER));
        let scopes = inventory.scopes.entries();
        for (id, scope) in scopes {
            let told = survivor(&inventory, Control::Scope(id));
            let is_of_sessions = matches!(
                scope.terms,
                Terms::Trust { .. }
                    | Terms::RunsAs { .. }
                    | Terms::Session { .. }
                    | Terms::Anchor { .. }
            );
            assert_eq!(told.is_some(), is_of_sessions, "{}", scope.name);
        }
    }
}
