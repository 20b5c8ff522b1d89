//! Who makes a request, as far as that is told.

use super::condition::{Outsider, Session};
use crate::inventory::{Condition, PrincipalId, TenantId};

/// Who makes a request, and with what credential it is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Signer {
    /// Who.
    pub principal: PrincipalId,
    /// With what credential.
    pub session: Session,
}

impl From<PrincipalId> for Signer {
    /// With a credential that is not told.
    fn from(principal: PrincipalId) -> Self {
        Self {
            principal,
            session: Session::Unknown,
        }
    }
}

/// Who makes a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Requester<'r> {
    /// Whoever has the right to, with such a credential.
    Whoever(Session),
    /// Whoever of that account has, with such a credential.
    Account(TenantId, Session),
    /// That principal.
    Signer(Signer),
    /// Somebody outside the estate, and the conditions of what lets them in: their request meets these.
    Outsider(Outsider, &'r [Condition]),
}

impl<'r> Requester<'r> {
    /// The principal, where it is one of the estate.
    pub fn principal(self) -> Option<PrincipalId> {
        match self {
            Self::Signer(signer) => Some(signer.principal),
            Self::Whoever(_) | Self::Account(..) | Self::Outsider(..) => None,
        }
    }

    /// Who it is, where that is somebody outside.
    pub fn outsider(self) -> Option<Outsider> {
        match self {
            Self::Outsider(outsider, _) => Some(outsider),
            Self::Whoever(_) | Self::Account(..) | Self::Signer(_) => None,
        }
    }

    /// The conditions that the request surely meets.
    pub fn admitted_by(self) -> &'r [Condition] {
        match self {
            Self::Outsider(_, conditions) => conditions,
            Self::Whoever(_) | Self::Account(..) | Self::Signer(_) => &[],
        }
    }

    /// With what credential.
    pub fn session(self) -> Session {
        match self {
            Self::Whoever(session) | Self::Account(_, session) => session,
            Self::Signer(signer) => signer.session,
            Self::Outsider(..) => Session::Unknown,
        }
    }
}

impl From<Signer> for Requester<'_> {
    fn from(signer: Signer) -> Self {
        Self::Signer(signer)
    }
}

impl From<Option<Signer>> for Requester<'_> {
    fn from(signer: Option<Signer>) -> Self {
        signer.map_or(Self::Whoever(Session::Unknown), Self::Signer)
    }
}
