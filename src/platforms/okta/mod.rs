//! Okta: what admin roles let their holders do, to whom, and what keeps them off.
//!
//! A role is assigned to a user, to a group (and so to its members) or to a service app. A standard role may be limited to
//! groups or apps, its targets; a custom role holds over a resource set. A service app does by its roles what the scopes of
//! Okta's API that it was granted reach as well.
//!
//! *Super administrators* may do everything. *Everybody else* manages neither users nor groups nor apps that hold a role
//! themselves; reading a client secret is not kept off so.
//!
//! Not decided here, so *possible*: whether somebody of whom no export lists the roles holds one; what a role is limited to
//! where no export lists its targets; whether a read-only administrator is shown a secret itself.
//!
//! Source: Okta help, "Super administrators", "Organization administrators" (no managing of administrators and apps), "Help
//! desk administrators" (resets of passwords and factors), "Group membership administrators" ("Only super admins can manage
//! groups with administrative roles"), "Role permissions" ("Manage users": not the values of credentials), "User Role
//! Targets" (API reference); Okta's guide "Implement OAuth for Okta with a service app" (scopes and roles); OktaHound,
//! `OktaClient.PostProcessing.cs` and `OktaBuiltinRole.cs` (who holds a role is not managed by others; secrets are read
//! even of privileged apps; what each row of Okta's "Standard administrator roles and permissions" gives) (read 2026-11).

mod holders;
mod rights;

pub use holders::Holders;
pub use rights::{Over, Power, Right, rights};

use crate::inventory::{Principal, Resource};

/// The name of the platform.
pub const PLATFORM: &str = "okta";

/// The value of a tag.
pub fn tag<'t>(tags: &'t [(String, String)], name: &str) -> Option<&'t str> {
    let found = tags.iter().find(|(key, _)| key == name);
    found.map(|(_, value)| value.as_str())
}

/// What sort of thing a principal is, by its key: `user`, `group`, `app`, `role`, `resource-set`, `group-rule`.
pub fn sort_of(principal: &Principal) -> &str {
    let rest = principal.key.strip_prefix("okta:").unwrap_or("");
    rest.split(':').next().unwrap_or("")
}

/// The id that Okta gives a principal or an app.
pub fn id_of(key: &str) -> &str {
    key.rsplit(':').next().unwrap_or(key)
}

/// Whether somebody or something works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Life {
    /// It does, as far as is known.
    Live,
    /// Not now; an administrator brings it back.
    Asleep,
    /// It is deactivated.
    Dead,
}

fn life(tags: &[(String, String)]) -> Life {
    match tag(tags, "okta:status") {
        Some("DEPROVISIONED" | "INACTIVE" | "DELETED") => Life::Dead,
        Some("SUSPENDED" | "STAGED") => Life::Asleep,
        _ => Life::Live,
    }
}

/// Whether a user signs in, or an app acts.
///
/// Source: OpenAPI description, schema `UserStatus`: deactivated users have lost all assignments, suspended ones keep them
/// and cannot sign in; staged ones were never activated (read 2026-11).
pub fn life_of(principal: &Principal) -> Life {
    life(&principal.tags)
}

/// The same of an app.
pub fn life_of_app(app: &Resource) -> Life {
    life(&app.tags)
}
