//! AWS: identity policies with boundaries, trust policies and resource policies, as the IAM User Guide defines them
//! ("Policy evaluation logic", read 2026-11).
//!
//! Service and resource control policies limit them, where an organisation was exported. Not modelled here yet, and
//! reported as such: session policies, federated trust (OIDC, SAML), Block Public Access, KMS key policies.

mod area;
mod arn;
mod condition;
mod guardrails;
mod pattern;
mod place;
mod requester;
mod rights;
mod together;
mod trust;

pub use area::{Area, AreaId, Limit, LimitKind, Part, Verdict};
pub use arn::{account_of, partition_of};
pub use condition::{Asks, Context, Outcome, Outsider, Session, asks_for_session, outcome};
pub use pattern::{SEGMENT, is_literal, matches};
pub use place::Place;
pub use requester::{Requester, Signer};
pub use rights::{ActionId, Actions, Boundary, Grant, Limits, Rights};
pub use trust::{Caller, callers};
