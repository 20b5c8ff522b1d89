//! AWS: identity policies with boundaries, trust policies and resource policies, as the IAM User Guide defines them
//! ("Policy evaluation logic", read 2026-11).
//!
//! Service and resource control policies limit them, where an organisation was exported; key policies and trusts in
//! providers outside AWS are decided too. Session policies count where an export tells them. Not modelled here, and reported as such: those that
//! callers pass themselves, grants of KMS keys.

mod anywhere;
mod area;
mod arn;
mod condition;
mod federation;
mod guardrails;
mod index;
mod limited;
mod place;
mod requester;
mod rights;
mod together;
mod trust;

pub use crate::pattern::{SEGMENT, is_literal, matches};
pub use anywhere::{ANYWHERE_ACTIONS, AnchoredTrust, anchored, trusts_anywhere};
pub use area::{Area, AreaId, Limit, LimitKind, Part, Verdict};
pub use arn::{account_of, partition_of};
pub use condition::{
    Asks, Context, Outcome, Outsider, Session, asks_for_session, outcome, restricts_choice,
};
pub use federation::{Entrance, Entrant, WITH_SAML, WITH_WEB_IDENTITY, bearer_kind, entrances};
pub use index::{AreaIndex, NameIndex, Spread};
pub use place::Place;
pub use requester::{Requester, Signer};
pub use rights::{ActionId, Actions, Change, Grant, Limits, Rights, action_matches};
pub use trust::{Caller, callers};

/// What an action is asked on that knows no resource types: only a `Resource` that covers everything holds it.
///
/// Source: Service Authorization Reference, "Actions table": an action without resource types needs `*` as `Resource`.
pub const NO_RESOURCE: &str = "\u{2}";
