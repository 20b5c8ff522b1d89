//! The catalogue as people read it: what each technique asks for, gives, and is stopped by.

use super::{Binding, Entry, Gain, Need, On, Unless};
use crate::inventory::Access;
use crate::techniques::listed::{ATTACK_VERSION, Row};

impl From<&Entry> for Row {
    fn from(entry: &Entry) -> Self {
        Self {
            id: entry.id.clone(),
            platform: "aws".to_owned(),
            name: entry.name.clone(),
            needs: needs(entry),
            gains: gains(&entry.gain),
            attack: entry.attack.clone(),
            attack_version: ATTACK_VERSION,
            fix: fix(entry),
            source: entry.source.clone(),
        }
    }
}

/// The requests: what one of them asks for one principal must hold, the requests any may make.
fn needs(entry: &Entry) -> String {
    let request = |needs: &Vec<Need>| {
        let rights: Vec<String> = needs.iter().map(right).collect();
        rights.join(" and ")
    };
    let requests: Vec<String> = entry.requests.iter().map(request).collect();
    let mut text = requests.join("; then, by whomever, ");
    if let Some(unless) = entry.unless {
        text += unless_words(unless);
    }
    if let Some(condition) = &entry.condition {
        text = format!("{text}; possible: {condition}");
    }
    text
}

fn right(need: &Need) -> String {
    let on = match &need.on {
        On::New => "something new".to_owned(),
        On::Fixed if need.arn == "*" => return need.action.clone(),
        On::Fixed => "what is called so".to_owned(),
        On::PassedRole => "the role".to_owned(),
        On::IdentityPoolRole => "a role that trusts an identity pool".to_owned(),
        On::Role => "a role".to_owned(),
        On::User => "a user".to_owned(),
        On::Group => "a group".to_owned(),
        On::Policy => "a policy".to_owned(),
        On::SamlProvider => "a SAML provider".to_owned(),
        On::IdentityPool => "an identity pool".to_owned(),
        On::Resource(kind) => kind.clone(),
    };
    format!("{} on {on}", need.action)
}

fn unless_words(unless: Unless) -> &'static str {
    match unless {
        Unless::Immutable => ", unless AWS owns the role",
        Unless::FiveVersions => ", unless the policy has five versions",
        Unless::TwoAccessKeys => ", unless the user has two access keys",
        Unless::Password => ", unless the user has a console password",
        Unless::NoPassword => ", unless the user has no console password",
        Unless::NoSsmChannel => ", unless Systems Manager does not reach it",
        Unless::OwnPolicy => ", and the policy of the thing itself allows it, where it has one",
        Unless::NoBatchBuilds => ", unless the project is not set up for batch builds",
    }
}

fn gains(gain: &Gain) -> String {
    let text = match gain {
        Gain::Principal { by_access_key } => match by_access_key {
            true => "acting as it, with a long-term access key",
            false => "acting as it",
        },
        Gain::OnlyIn { service } => return format!("acting as it in {service} alone"),
        Gain::Bearers => "acting as whomever it vouches for",
        Gain::PoolRole => "acting as the role",
        Gain::PermissionSet => "any policy for its roles, in every account where it is assigned",
        Gain::NewPermissionSet => "a new role with any policy, in every account",
        Gain::RunsAs { .. } => "acting as what it runs as",
        Gain::Deployed { .. } => "acting as what the instances run as that it deploys onto",
        Gain::Access { access } => return format!("{} access to it", Access::from(*access).name()),
        Gain::Settings => "what lies in its settings",
        Gain::AnyPolicy => "any policy for all that it applies to",
        Gain::NoBoundary => "all that its policies allow, without the boundary",
        Gain::Lifted { binding } => match binding {
            Binding::Inline => "all that is left without what its inline policies deny",
            Binding::Attached => "all that is left without what its attached policies deny",
            Binding::Membership => "all that is left without what its groups deny",
            Binding::Content => "any policy, wherever the policy is attached",
        },
        Gain::OlderVersion => "what an older version of the policy allows",
        Gain::GroupRights => "what the group may do",
        Gain::InactiveKey => "acting as the user whose inactive key one holds",
        Gain::RoleTrusting {
            service, assumes, ..
        } => {
            return match assumes {
                true => {
                    format!("acting as the roles that a role which trusts {service} may assume")
                }
                false => format!("acting as the role, which trusts {service}"),
            };
        }
    };
    text.to_owned()
}

fn fix(entry: &Entry) -> String {
    let actions = entry.requests.iter().flatten().map(|need| &need.action);
    let passing = actions.clone().find(|action| *action == "iam:PassRole");
    match (passing, actions.clone().next()) {
        (Some(_), _) => "narrow iam:PassRole to the roles and services that are used".to_owned(),
        (None, Some(first)) => format!("narrow the statements that allow {first}"),
        (None, None) => "narrow what allows it".to_owned(),
    }
}
