//! The catalogue of AWS techniques, as data: which rights, in how many requests, gain what.
//!
//! - `identities.json`: acting as a principal, or changing what one may do.
//! - `passing.json`: passing a role to a service that then works for the attacker.
//! - `running.json`: acting as what something that exists already runs as.
//! - `resources.json`: access to resources.
//! - `credentials.json`: a new credential for a resource of another service.
//! - `classes.json`: types of resources that no export lists; one stands for all of an account, where a policy of the
//!   account names an action on it.
//! - `settings.json`: the settings of what exists, and the secrets in them.
//! - `not_followed.json`: actions that lead on where no technique follows yet.
//! - `no_path.json`: paths of other catalogues and actions that give a credential which are no techniques here, and why.
//!
//! Rights of one request must be held by one principal; requests may be made by different ones. `on` says what a right
//! is on: `role`, `user` or a resource type is an existing target, the same for all requests; `new` is something the
//! attacker names, one thing for all rights with the same ARN; `fixed` is any name of an ARN, or `*` for actions that know
//! no resource; `{any}` in an ARN is any text without a colon, `{3}` the part of that number of the target's ARN, which is
//! cut at `:` and `/` and counted from nought; `passed-role` is the role that is passed to the service of the gain. Path ids are
//! those of pathfinding.cloud (Apache-2.0); ATT&CK ids are of Enterprise v18.

mod table;

use crate::inventory::Access;
use serde::Deserialize;

/// What a right is on.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Deserialize)]
pub(super) enum On {
    /// An existing role.
    #[serde(rename = "role")]
    Role,
    /// An existing user.
    #[serde(rename = "user")]
    User,
    /// An existing group.
    #[serde(rename = "group")]
    Group,
    /// An existing policy that its account may change.
    #[serde(rename = "policy")]
    Policy,
    /// A SAML provider that some role trusts.
    #[serde(rename = "saml-provider")]
    SamlProvider,
    /// An identity pool that some role trusts.
    #[serde(rename = "identity-pool")]
    IdentityPool,
    /// A role that trusts an identity pool.
    #[serde(rename = "identity-pool-role")]
    IdentityPoolRole,
    /// Something that the attacker names: one name for all requests of the technique.
    #[serde(rename = "new")]
    New,
    /// What the ARN says; any name of it will do.
    #[serde(rename = "fixed")]
    Fixed,
    /// The role that is passed to the service.
    #[serde(rename = "passed-role")]
    PassedRole,
    /// An existing resource of that type.
    #[serde(untagged)]
    Resource(String),
}

/// A right that a request needs.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Need {
    /// `service:Action`.
    pub(super) action: String,
    /// On what.
    pub(super) on: On,
    /// The ARN to ask about: `{target}`, its parts by number, `{account}` and `{partition}` are filled in. Default: the
    /// target's own.
    #[serde(default = "target")]
    pub(super) arn: String,
    /// The service to which the role is passed that the right is on, or for which a key is asked; one that must trust a
    /// role is of the gain.
    #[serde(default)]
    pub(super) to: Option<String>,
}

fn target() -> String {
    "{target}".to_owned()
}

/// What rules a target out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Unless {
    /// AWS owns the role and lets nobody change it.
    Immutable,
    /// The policy has five versions, the most that IAM keeps.
    FiveVersions,
    /// The user has two access keys, the most that IAM lets it have.
    TwoAccessKeys,
    /// The user has a console password.
    Password,
    /// The user has none.
    NoPassword,
    /// Systems Manager is not known to reach it, and its role may not open a channel.
    NoSsmChannel,
    /// The target has a policy of its own, which must allow the request too: AWS says so, and in the same place that
    /// silence will do.
    OwnPolicy,
    /// The project is not set up for batch builds.
    NoBatchBuilds,
}

/// What is gained.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub(super) enum Gain {
    /// Acting as the target.
    Principal {
        /// With a long-term access key.
        #[serde(default, rename = "by-access-key")]
        by_access_key: bool,
    },
    /// Acting as the target, a user, in one service alone, with a key for that.
    OnlyIn {
        /// The service.
        service: String,
    },
    /// Bearing whatever the target, an identity provider, vouches for.
    Bearers,
    /// Acting as the target, which trusts an identity pool.
    PoolRole,
    /// Any policy for whoever acts as a role that IAM Identity Center keeps, in every account that it is managed for.
    PermissionSet,
    /// A new role that IAM Identity Center keeps, with any policy, in every account that it is managed for.
    NewPermissionSet,
    /// Acting as what the target runs as, where that role trusts the service.
    RunsAs {
        /// The service; `None` for software that is somebody itself.
        #[serde(default)]
        service: Option<String>,
    },
    /// Acting as what the instances run as onto which the target deploys, where that role trusts the service.
    Deployed {
        /// The service.
        service: String,
    },
    /// Access to the target.
    Access {
        /// Which.
        access: AccessName,
    },
    /// What lies in the target's settings.
    Settings,
    /// A policy of the attacker's on the target; on all that a target group or policy applies to.
    AnyPolicy,
    /// The target without its permissions boundary.
    NoBoundary,
    /// Whoever is bound by the target, without what binds it.
    Lifted {
        /// What of the target binds.
        binding: Binding,
    },
    /// A policy as one of its older versions has it, for whoever it binds.
    OlderVersion,
    /// What a group may do, for a user who is put into it.
    GroupRights,
    /// Acting as the user whose inactive key the attacker holds.
    InactiveKey,
    /// Acting as any role that may be passed and trusts the service.
    RoleTrusting {
        /// The service.
        service: String,
        /// Whether the role must have an instance profile already.
        #[serde(default)]
        needs_instance_profile: bool,
        /// Whether not that role is gained, but those that it may assume.
        #[serde(default)]
        assumes: bool,
    },
}

/// What is taken off a user, role, group or policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Binding {
    /// Its inline policies.
    Inline,
    /// The managed policies that are attached to it.
    Attached,
    /// The memberships in the group.
    Membership,
    /// The policy, wherever it is attached or a boundary: what it says is replaced.
    Content,
}

/// [`Access`] by name.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum AccessName {
    List,
    Read,
    Write,
    Delete,
    Admin,
}

impl From<AccessName> for Access {
    fn from(name: AccessName) -> Self {
        match name {
            AccessName::List => Self::List,
            AccessName::Read => Self::Read,
            AccessName::Write => Self::Write,
            AccessName::Delete => Self::Delete,
            AccessName::Admin => Self::Admin,
        }
    }
}

/// One technique.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entry {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) attack: Vec<String>,
    pub(super) source: String,
    /// Ids of the same path in pathfinding.cloud, for people.
    #[serde(rename = "paths")]
    _paths: Vec<String>,
    /// The credential that the attacker comes to hold, where it is a new one; for people.
    #[serde(default, rename = "mints")]
    _mints: Option<Minted>,
    /// All must be made, by any hands; the needs of one by one principal.
    pub(super) requests: Vec<Vec<Need>>,
    #[serde(default)]
    pub(super) unless: Option<Unless>,
    /// On what it hangs that no export tells.
    #[serde(default)]
    pub(super) condition: Option<String>,
    /// The same, for a target under a customer-managed encryption key.
    #[serde(default)]
    pub(super) condition_if_encrypted: Option<String>,
    /// What the same principal must be allowed to do with that key, where the key's policy is known.
    #[serde(default)]
    pub(super) key_action: Option<String>,
    /// On what it hangs for whom the key does not let in; without it they gain nothing.
    #[serde(default)]
    pub(super) condition_without_key: Option<String>,
    pub(super) gain: Gain,
}

impl Entry {
    /// Whether it changes what may be done in other accounts than the caller's.
    pub(super) fn is_everywhere(&self) -> bool {
        matches!(self.gain, Gain::PermissionSet | Gain::NewPermissionSet)
    }
}

/// A new credential.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Minted {
    /// A name of [`CredentialKind`](crate::inventory::CredentialKind).
    #[serde(rename = "kind")]
    _kind: String,
    /// A name of [`Lifetime`](crate::inventory::Lifetime).
    #[serde(rename = "lifetime")]
    _lifetime: String,
}

/// A type of resources of which one stands for all of an account.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ClassKind {
    pub(super) kind: String,
    /// The ARN of all, with `*` where they differ.
    pub(super) arn: String,
    pub(super) plural: String,
}

/// An action that opens paths which are not followed yet.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct NotFollowed {
    pub(super) action: String,
    pub(super) why: String,
}

/// The whole catalogue.
#[derive(Debug, Clone)]
pub(super) struct Catalogue {
    pub(super) techniques: Vec<Entry>,
    pub(super) not_followed: Vec<NotFollowed>,
    pub(super) classes: Vec<ClassKind>,
}

/// The files of techniques, by what they lead to.
const TECHNIQUES: [&str; 6] = [
    include_str!("identities.json"),
    include_str!("passing.json"),
    include_str!("running.json"),
    include_str!("resources.json"),
    include_str!("credentials.json"),
    include_str!("settings.json"),
];

/// The catalogue that is built in. A test holds that it parses, so the error never happens in a release.
pub(super) fn catalogue() -> Result<Catalogue, serde_json::Error> {
    let mut techniques = Vec::new();
    for file in TECHNIQUES {
        techniques.append(&mut serde_json::from_str(file)?);
    }
    Ok(Catalogue {
        techniques,
        not_followed: serde_json::from_str(include_str!("not_followed.json"))?,
        classes: serde_json::from_str(include_str!("classes.json"))?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::{CredentialKind, Lifetime};

    #[test]
    fn the_built_in_catalogue_parses_and_its_ids_are_unique() {
        let catalogue = catalogue().unwrap();
        let mut ids: Vec<&str> = catalogue.techniques.iter().map(|t| t.id.as_str()).collect();
        let count = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), count);
    }

    #[test]
    fn new_credentials_have_a_kind_and_a_lifetime() {
        let lifetimes = [Lifetime::Static, Lifetime::Expiring].map(Lifetime::name);
        for entry in catalogue().unwrap().techniques {
            if let Some(minted) = entry._mints {
                let is_kind = CredentialKind::from_name(&minted._kind).is_some();
                let is_lifetime = lifetimes.contains(&minted._lifetime.as_str());
                assert!(is_kind && is_lifetime, "{}", entry.id);
            }
        }
    }

    #[test]
    fn only_techniques_that_gain_a_trusting_role_pass_one_and_only_in_their_first_request() {
        for entry in catalogue().unwrap().techniques {
            let passes = |needs: &Vec<Need>| needs.iter().any(|need| need.on == On::PassedRole);
            let is_passing = matches!(entry.gain, Gain::RoleTrusting { .. });
            assert_eq!(
                entry.requests.first().is_some_and(passes),
                is_passing,
                "{}",
                entry.id
            );
            assert!(!entry.requests.iter().skip(1).any(passes), "{}", entry.id);
        }
    }
}
