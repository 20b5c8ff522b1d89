//! From assignments of roles to rights: what, over whom, by which scopes, on what condition.

use super::{Holders, Life, holders::Held, life_of, sort_of};
use crate::inventory::{Inventory, PrincipalId, ScopeId};

/// What a right lets its holder do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Power {
    /// Everything in the organisation.
    Everything,
    /// Give a user another password.
    ResetPassword,
    /// Take a user's second factors off.
    ResetFactors,
    /// Change attributes of a user's profile.
    EditProfile,
    /// Put a user into a group.
    AddMember,
    /// Configure an app: its keys, its settings, its assignments.
    ManageApp,
    /// Assign users and groups to an app.
    AssignApp,
    /// Read the client secrets of an app.
    ReadSecret,
}

impl Power {
    /// The scopes of Okta's API, any one of which a service app needs for it.
    ///
    /// Source: OpenAPI description, `security` of `resetPassword`, `resetFactors`, `updateUser`, `assignUserToGroup`,
    /// `assignUserToApplication`, `createOAuth2ClientSecret`, `listOAuth2ClientSecrets`, `assignRoleToUser` (read 2026-11).
    fn scopes(self) -> &'static [&'static str] {
        match self {
            Self::Everything => &["okta.roles.manage"],
            Self::ResetPassword | Self::ResetFactors | Self::EditProfile => &["okta.users.manage"],
            Self::AddMember => &["okta.groups.manage"],
            Self::ManageApp | Self::AssignApp => &["okta.apps.manage"],
            Self::ReadSecret => &["okta.apps.read", "okta.apps.manage"],
        }
    }

    fn is_over(self) -> Sort {
        match self {
            Self::Everything => Sort::Organization,
            Self::ResetPassword | Self::ResetFactors | Self::EditProfile => Sort::Users,
            Self::AddMember => Sort::Groups,
            Self::ManageApp | Self::AssignApp | Self::ReadSecret => Sort::Apps,
        }
    }
}

/// What a power is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sort {
    Organization,
    Users,
    Groups,
    Apps,
}

/// Over whom or what. Ids are Okta's own.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Over {
    /// All of the sort that the power is over.
    All,
    /// The members of a group.
    MembersOf(String),
    /// One user.
    User(String),
    /// One group.
    Group(String),
    /// One app.
    App(String),
    /// All apps of one name in Okta's catalogue.
    AppsNamed(String),
}

/// A right, and what gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Right {
    /// Who holds it.
    pub holder: PrincipalId,
    /// To do what.
    pub power: Power,
    /// Over whom.
    pub over: Over,
    /// It is a super administrator's: that somebody holds a role keeps it off nobody.
    pub is_super: bool,
    /// The scopes that must all be there.
    pub by: Vec<ScopeId>,
    /// On what it hangs.
    pub condition: Option<String>,
}

const UNTOLD_TARGETS: &str =
    "the role is not limited to others: what it is limited to is in no export";
const UNTOLD_ROLE: &str =
    "the custom role holds such a permission: its permissions are in no export";
const READS_ONLY: &str = "the role is shown the secret itself: Okta's table gives it read-only access to OAuth clients by the API, and does not speak of secrets";
const VALUES: &str = "`okta.users.manage` reaches the password: Okta's help says that it manages credentials without their values";
const CODE: &str = "a temporary access code is enough to sign in";
const SEES_USERS: &str = "the user who is added is in a group that the administrator manages";
const ASSIGNS_USERS: &str =
    "the administrator may assign the user as well (`okta.users.appAssignment.manage`)";

/// What a standard role gives.
fn of_standard(role: &str) -> &'static [(Power, Option<&'static str>)] {
    use Power::{
        AddMember, EditProfile, Everything, ManageApp, ReadSecret, ResetFactors, ResetPassword,
    };
    match role {
        "SUPER_ADMIN" => &[(Everything, None)],
        "ORG_ADMIN" | "USER_ADMIN" => &[
            (ResetPassword, None),
            (ResetFactors, None),
            (EditProfile, None),
            (AddMember, None),
        ],
        "HELP_DESK_ADMIN" => &[(ResetPassword, None), (ResetFactors, None)],
        "GROUP_MEMBERSHIP_ADMIN" => &[(AddMember, None)],
        "APP_ADMIN" => &[(ManageApp, None), (ReadSecret, None)],
        "READ_ONLY_ADMIN" | "API_ACCESS_MANAGEMENT_ADMIN" => &[(ReadSecret, Some(READS_ONLY))],
        _ => &[],
    }
}

/// Whether assignments of a standard role can be limited by targets.
fn has_targets(role: &str) -> bool {
    matches!(
        role,
        "USER_ADMIN" | "HELP_DESK_ADMIN" | "GROUP_MEMBERSHIP_ADMIN" | "APP_ADMIN"
    )
}

/// What a permission of a custom role gives.
fn of_permission(name: &str) -> &'static [(Power, Option<&'static str>)] {
    use Power::{
        AddMember, AssignApp, EditProfile, ManageApp, ReadSecret, ResetFactors, ResetPassword,
    };
    match name {
        "okta.users.manage" => &[
            (ResetPassword, Some(VALUES)),
            (ResetFactors, Some(VALUES)),
            (EditProfile, None),
        ],
        "okta.users.credentials.manage" => &[(ResetPassword, None), (ResetFactors, None)],
        "okta.users.credentials.resetPassword" | "okta.users.credentials.expirePassword" => {
            &[(ResetPassword, None)]
        }
        "okta.users.credentials.manageTemporaryAccessCode" => &[(ResetPassword, Some(CODE))],
        "okta.users.credentials.resetFactors" => &[(ResetFactors, None)],
        "okta.users.userprofile.manage" => &[(EditProfile, None)],
        "okta.groups.manage" | "okta.groups.members.manage" => &[(AddMember, None)],
        "okta.apps.manage" => &[(ManageApp, None)],
        "okta.apps.assignment.manage" => &[(AssignApp, Some(ASSIGNS_USERS))],
        "okta.apps.clientCredentials.read" => &[(ReadSecret, None)],
        _ => &[],
    }
}

/// What a resource set contains, by address or resource name: of which sort it is, and what.
///
/// Source: OktaHound, `OktaClient.LinkedEntities.cs`, `ResolveResourceSetMembership`, for the addresses; OpenAPI
/// description, examples of `orn`, for the resource names (read 2026-11).
fn contained(what: &str) -> Option<(Sort, Over)> {
    let owned = str::to_owned;
    if let Some(path) = what.strip_prefix("/api/v1/") {
        if let Some(filter) = path.strip_prefix("apps?filter=") {
            let plain = percent_encoding::percent_decode_str(filter).decode_utf8_lossy();
            let name = plain.split('"').nth(1)?.to_owned();
            return Some((Sort::Apps, Over::AppsNamed(name)));
        }
        let parts: Vec<&str> = path.trim_end_matches('/').split('/').collect();
        return match parts.as_slice() {
            ["users"] => Some((Sort::Users, Over::All)),
            ["groups"] => Some((Sort::Groups, Over::All)),
            ["apps"] => Some((Sort::Apps, Over::All)),
            ["users", id] => Some((Sort::Users, Over::User(owned(id)))),
            ["groups", id] => Some((Sort::Groups, Over::Group(owned(id)))),
            ["groups", id, "users"] => Some((Sort::Users, Over::MembersOf(owned(id)))),
            ["apps", id] => Some((Sort::Apps, Over::App(owned(id)))),
            _ => None,
        };
    }
    let parts: Vec<&str> = what.split(':').collect();
    match parts.as_slice() {
        ["orn", _, "directory", _, "users"] => Some((Sort::Users, Over::All)),
        ["orn", _, "directory", _, "groups"] => Some((Sort::Groups, Over::All)),
        ["orn", _, "idp", _, "apps"] => Some((Sort::Apps, Over::All)),
        ["orn", _, "directory", _, "users", id] => Some((Sort::Users, Over::User(owned(id)))),
        ["orn", _, "directory", _, "groups", id] => Some((Sort::Groups, Over::Group(owned(id)))),
        ["orn", _, "directory", _, "groups", id, _] => {
            Some((Sort::Users, Over::MembersOf(owned(id))))
        }
        ["orn", _, "idp", _, "apps", name] => Some((Sort::Apps, Over::AppsNamed(owned(name)))),
        ["orn", _, "idp", _, "apps", _, id] => Some((Sort::Apps, Over::App(owned(id)))),
        _ => None,
    }
}

fn both(one: Option<&str>, other: Option<&str>) -> Option<String> {
    match (one, other) {
        (Some(one), Some(other)) if one != other => Some(format!("{one}; {other}")),
        (one, other) => one.or(other).map(str::to_owned),
    }
}

struct Reader<'r, 'i> {
    inventory: &'i Inventory,
    holders: &'r Holders<'i>,
    rights: Vec<Right>,
}

impl<'i> Reader<'_, 'i> {
    /// The rights that a standard role gives.
    fn standard(&mut self, holder: PrincipalId, role: &str, assignment: &str, held: Held<'i>) {
        let prefix = format!("target:{assignment}/");
        let mut targets: Vec<(ScopeId, &str)> = Vec::new();
        for one in self.holders.of(holder) {
            if let Some(target) = one.name.strip_prefix(&prefix) {
                targets.push((one.by, target));
            }
        }
        let principal = &self.inventory.principals[holder];
        let mut names = std::iter::once(&principal.key).chain(&principal.aliases);
        let is_told = names.any(|name| {
            let key = format!("{name}#role/{assignment}");
            self.holders.is_listed("okta:role-target", &key)
        });
        let untold = (has_targets(role) && !is_told).then_some(UNTOLD_TARGETS);
        for &(power, doubt) in of_standard(role) {
            let mut add = |over: Over, by: Vec<ScopeId>, condition: Option<String>| {
                self.rights.push(Right {
                    holder,
                    power,
                    over,
                    is_super: role == "SUPER_ADMIN",
                    by,
                    condition,
                });
            };
            let doubt = both(held.condition, doubt);
            if targets.is_empty() {
                add(Over::All, vec![held.by], both(doubt.as_deref(), untold));
            }
            for &(scope, target) in &targets {
                let (kind, id) = target.split_once('/').unwrap_or((target, ""));
                let over = match (kind, power.is_over()) {
                    ("groups", Sort::Users) => Over::MembersOf(id.to_owned()),
                    ("groups", Sort::Groups) => Over::Group(id.to_owned()),
                    ("apps", Sort::Apps) => Over::App(id.to_owned()),
                    ("apps-named", Sort::Apps) => Over::AppsNamed(id.to_owned()),
                    _ => continue,
                };
                let sees =
                    (role == "USER_ADMIN" && power == Power::AddMember).then_some(SEES_USERS);
                add(over, vec![held.by, scope], both(doubt.as_deref(), sees));
            }
        }
    }

    /// The rights that a custom role gives over a resource set.
    fn custom(&mut self, holder: PrincipalId, role: &str, set: &str, held: Held<'i>) {
        let find = |kind: &str, id: &str| {
            self.inventory
                .principal_by_key(&format!("okta:{kind}:{id}"))
        };
        let Some(set) = find("resource-set", set) else {
            return;
        };
        let mut powers: Vec<(Power, Option<String>, Option<ScopeId>)> = Vec::new();
        match find("role", role).filter(|&id| self.holders.is_listed_of("okta:role-permission", id))
        {
            Some(role) => {
                for one in self.holders.of(role) {
                    for &(power, doubt) in of_permission(one.name) {
                        let doubt = both(one.condition, doubt);
                        powers.push((power, doubt, Some(one.by)));
                    }
                }
            }
            None => {
                let all = [
                    Power::ResetPassword,
                    Power::ResetFactors,
                    Power::EditProfile,
                    Power::AddMember,
                    Power::ManageApp,
                    Power::ReadSecret,
                ];
                let untold = |power| (power, Some(UNTOLD_ROLE.to_owned()), None);
                powers.extend(all.map(untold));
            }
        }
        for resource in self.holders.of(set) {
            let found = resource.name.strip_prefix("contains:").and_then(contained);
            let Some((sort, over)) = found else { continue };
            for (power, doubt, scope) in &powers {
                if power.is_over() != sort {
                    continue;
                }
                let mut by = vec![held.by, resource.by];
                by.extend(*scope);
                let doubt = both(doubt.as_deref(), resource.condition);
                self.rights.push(Right {
                    holder,
                    power: *power,
                    over: over.clone(),
                    is_super: false,
                    by,
                    condition: both(held.condition, doubt.as_deref()),
                });
            }
        }
    }

    /// What of an app's rights the scopes reach that it was granted.
    fn within_scopes(&self, app: PrincipalId, right: &Right, within: &mut Vec<Right>) {
        let is_told = self.holders.is_listed_of("okta:grant", app);
        // A super administrator's role without the scope to give roles is everything else, one by one.
        let powers: Vec<Power> = match right.power {
            Power::Everything => vec![
                Power::Everything,
                Power::ResetPassword,
                Power::ResetFactors,
                Power::EditProfile,
                Power::AddMember,
                Power::ManageApp,
                Power::ReadSecret,
            ],
            other => vec![other],
        };
        for power in powers {
            let one = Right {
                power,
                ..right.clone()
            };
            let granted = self.holders.of(app);
            let mut granted = granted.filter(|held| power.scopes().contains(&held.name));
            if let Some(held) = granted.next() {
                let mut by = right.by.clone();
                by.push(held.by);
                within.push(Right { by, ..one });
            } else if !is_told {
                let scopes = power.scopes().join("` or `");
                let untold = format!("the app was granted `{scopes}`: its grants are in no export");
                let condition = both(right.condition.as_deref(), Some(&untold));
                within.push(Right { condition, ..one });
            }
        }
    }
}

/// All rights of an inventory, in order of holder and assignment. Those of a group are its members' too.
///
/// Takes time linear in assignments times their targets.
pub fn rights(inventory: &Inventory, holders: &Holders<'_>) -> Vec<Right> {
    let mut all = Vec::new();
    for (id, principal) in inventory.principals.entries() {
        let sort = sort_of(principal);
        if !matches!(sort, "user" | "group" | "app") || life_of(principal) == Life::Dead {
            continue;
        }
        let mut reader = Reader {
            inventory,
            holders,
            rights: Vec::new(),
        };
        for held in holders.of(id) {
            let Some(role) = held.name.strip_prefix("role:") else {
                continue;
            };
            let parts: Vec<&str> = role.split('/').collect();
            match parts.as_slice() {
                [role, assignment] => reader.standard(id, role, assignment, held),
                ["CUSTOM", _, role, set] => reader.custom(id, role, set, held),
                _ => {}
            }
        }
        match sort {
            "app" => {
                let own = std::mem::take(&mut reader.rights);
                for right in own {
                    reader.within_scopes(id, &right, &mut all);
                }
            }
            _ => all.append(&mut reader.rights),
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_resource_set_contains_is_told_by_address_or_by_name() {
        let users = |over| Some((Sort::Users, over));
        assert_eq!(contained("/api/v1/users"), users(Over::All));
        let members = Over::MembersOf("00g1".to_owned());
        assert_eq!(
            contained("/api/v1/groups/00g1/users"),
            users(members.clone())
        );
        assert_eq!(
            contained("orn:okta:directory:00o1:groups:00g1:contained_resources"),
            users(members)
        );
        let group = Some((Sort::Groups, Over::Group("00g1".to_owned())));
        assert_eq!(contained("/api/v1/groups/00g1"), group);
        assert_eq!(contained("orn:okta:directory:00o1:groups:00g1"), group);
        let apps = |over| Some((Sort::Apps, over));
        assert_eq!(contained("orn:okta:idp:00o1:apps"), apps(Over::All));
        let named = Over::AppsNamed("salesforce".to_owned());
        assert_eq!(
            contained("orn:okta:idp:00o1:apps:salesforce"),
            apps(named.clone())
        );
        assert_eq!(
            contained("/api/v1/apps?filter=name+eq+\"salesforce\""),
            apps(named)
        );
        let one = Over::App("0oa1".to_owned());
        assert_eq!(
            contained("orn:okta:idp:00o1:apps:salesforce:0oa1"),
            apps(one)
        );
        assert_eq!(contained("orn:okta:workflow:00o1:flows"), None);
    }
}
