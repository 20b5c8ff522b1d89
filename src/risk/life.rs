//! How long a credential lives on that is stolen now.

use super::clock::{DAY, Life};
use super::settings::Settings;
use crate::inventory::{Credential, CredentialKind, Inventory, Lifetime, PrincipalKind};
use jiff::Timestamp;

/// The life of a credential, between two bounds.
///
/// What is met on the way has no clock of its own: who is there takes what works at that moment, and takes the next one
/// when that has ended (the sessions of a role, the token of the next job). So the clock of a scenario is that of what
/// leaked. That counts too much where the way leads over a credential that ends and is never renewed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Lives {
    /// The shortest that it may be.
    pub shortest: Life,
    /// The longest that it may be.
    pub longest: Life,
    /// No export tells: both are what is usual for credentials of its kind.
    pub is_assumed: bool,
}

impl Lives {
    /// Of what never ends by itself.
    pub(super) const ENDLESS: Self = Self {
        shortest: Life::Endless,
        longest: Life::Endless,
        is_assumed: false,
    };

    fn known(life: Life) -> Self {
        Self {
            shortest: life,
            longest: life,
            is_assumed: false,
        }
    }

    /// Of what is replaced so often, in days.
    pub(super) fn renewed(days: f64) -> Self {
        Self::known(Life::Renewed(days))
    }

    /// The same, but for no longer than so many days: what would live longer is then replaced that often.
    pub(super) fn at_most(self, days: f64) -> Self {
        let cut = |life: Life| match life {
            Life::Dead => Life::Dead,
            Life::Ends(left) if left <= days => Life::Ends(left),
            Life::Renewed(length) => Life::Renewed(length.min(days)),
            Life::Ends(_) | Life::Endless => Life::Renewed(days),
        };
        Self {
            shortest: cut(self.shortest),
            longest: cut(self.longest),
            is_assumed: self.is_assumed,
        }
    }

    fn assumed(shortest: Option<f64>, longest: Option<f64>) -> Self {
        let life = |days: Option<f64>| days.map_or(Life::Endless, Life::Renewed);
        Self {
            shortest: life(shortest),
            longest: life(longest),
            is_assumed: true,
        }
    }
}

/// The shortest and the longest life of the token of a job, in days.
///
/// Source: GitHub Docs, "`GITHUB_TOKEN`" (read 2026-11): it expires when the job finishes, or after 24 hours at most. The
/// shortest is a judgement.
const OF_JOB: (f64, f64) = (60.0 / DAY, 1.0);

/// How long a credential lives on that is stolen at [`Inventory::as_of`].
///
/// - What opens nothing any more is dead. So is an access token that has expired while a refresh token lies beside it:
///   that is a credential of its own, with its own life, and the chance of the place is the greatest of what lies there.
/// - A password that is past its date still logs in, to be changed: it is endless.
/// - Where an export tells when it ends, it ends then.
/// - The token of a job ends with the job, and the next job has another.
/// - Where no export tells when it ends, or whether, it is renewed as often as is usual for its kind, or endless where its
///   kind may be.
pub fn lives(inventory: &Inventory, credential: &Credential, settings: &Settings) -> Lives {
    if credential.why_dead(inventory.as_of).is_some() {
        return Lives::known(Life::Dead);
    }
    if credential.kind == CredentialKind::Password {
        return Lives::known(Life::Endless);
    }
    if let Some(end) = credential.expires {
        return Lives::known(Life::Ends(days_between(inventory.as_of, end)));
    }
    let is_of_job = || {
        let principal = credential.principal;
        principal.is_some_and(|id| inventory.principals[id].kind == PrincipalKind::CiWorkflow)
    };
    match credential.lifetime {
        Lifetime::Static => Lives::known(Life::Endless),
        Lifetime::Expiring if is_of_job() => Lives::assumed(Some(OF_JOB.0), Some(OF_JOB.1)),
        Lifetime::Expiring | Lifetime::Unknown => {
            let (shortest, longest) = settings.lives(credential.kind);
            Lives::assumed(shortest, longest)
        }
    }
}

/// Days from one moment to a later one; 0 where it is not later.
#[expect(
    clippy::cast_precision_loss,
    reason = "seconds of a few thousand years"
)]
pub(super) fn days_between(from: Timestamp, to: Timestamp) -> f64 {
    let seconds = to.as_second().saturating_sub(from.as_second());
    seconds.max(0) as f64 / DAY
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::{CredentialStatus, Principal};
    use crate::risk::trial;

    fn lived(change: impl FnOnce(&mut Credential)) -> Lives {
        let mut inventory = trial::estate();
        let mut credential = trial::credential(CredentialKind::ApiKey);
        change(&mut credential);
        if let Some(id) = credential.principal {
            inventory.principals.push(Principal {
                kind: PrincipalKind::CiWorkflow,
                ..trial::principal("aws", None)
            });
            assert_eq!(inventory.principals.ids().last(), Some(id));
        }
        lives(&inventory, &credential, &Settings::default())
    }

    #[test]
    fn what_is_inactive_or_over_is_dead() {
        assert_eq!(
            lived(|c| c.status = CredentialStatus::Inactive).longest,
            Life::Dead
        );
        let over = lived(|c| c.expires = Some(trial::day(-1)));
        assert_eq!(over, Lives::known(Life::Dead));
    }

    #[test]
    fn what_is_over_and_may_be_renewed_lives_on() {
        let password = lived(|c| {
            c.kind = CredentialKind::Password;
            c.expires = Some(trial::day(-100));
        });
        assert_eq!(password, Lives::known(Life::Endless));
        // A refresh token renews the access token that has expired; its own life counts.
        let refresh = lived(|c| c.kind = CredentialKind::RefreshToken);
        assert_eq!(refresh.longest, Life::Endless);
        let access = lived(|c| {
            c.kind = CredentialKind::BearerToken;
            c.expires = Some(trial::day(-1));
        });
        assert_eq!(access.longest, Life::Dead);
    }

    #[test]
    fn what_ends_on_a_known_day_ends_then() {
        let ends = lived(|c| {
            c.expires = Some(trial::day(10));
            c.lifetime = Lifetime::Expiring;
        });
        assert_eq!(ends, Lives::known(Life::Ends(10.0)));
    }

    #[test]
    fn what_an_export_calls_static_never_ends() {
        assert_eq!(
            lived(|c| c.lifetime = Lifetime::Static),
            Lives::known(Life::Endless)
        );
    }

    #[test]
    fn of_what_no_export_tells_the_end_the_usual_is_assumed() {
        let unknown = lived(|c| c.lifetime = Lifetime::Unknown);
        assert_eq!(unknown, Lives::assumed(Some(30.0), None));
        let session = lived(|c| {
            c.kind = CredentialKind::SessionKey;
            c.lifetime = Lifetime::Expiring;
        });
        assert_eq!(session, Lives::assumed(Some(1.0 / 96.0), Some(1.5)));
    }

    #[test]
    fn the_token_of_a_job_is_renewed_with_every_job() {
        let of_job = |lifetime| {
            lived(|c| {
                c.kind = CredentialKind::BearerToken;
                c.lifetime = lifetime;
                c.principal = Some(crate::inventory::Id::from_index(0));
            })
        };
        let minute = 1.0 / 1_440.0;
        let of_a_job = Lives::assumed(Some(minute), Some(1.0));
        assert_eq!(of_job(Lifetime::Expiring), of_a_job);
        // A static one is not, and neither is that of anybody else.
        assert_eq!(of_job(Lifetime::Static).longest, Life::Endless);
        let mut inventory = trial::estate();
        let mut token = trial::credential(CredentialKind::BearerToken);
        token.lifetime = Lifetime::Expiring;
        token.principal = Some(inventory.principals.push(trial::principal("aws", None)));
        let of_a_user = lives(&inventory, &token, &Settings::default());
        assert_eq!(of_a_user, Lives::assumed(Some(1.0 / 24.0), None));
    }

    #[test]
    fn what_lives_longer_than_it_may_is_renewed_so_often() {
        let cut = |life| Lives::known(life).at_most(7.0).longest;
        for (life, expected) in [
            (Life::Dead, Life::Dead),
            (Life::Ends(7.0), Life::Ends(7.0)),
            (Life::Ends(7.5), Life::Renewed(7.0)),
            (Life::Renewed(3.0), Life::Renewed(3.0)),
            (Life::Renewed(30.0), Life::Renewed(7.0)),
            (Life::Endless, Life::Renewed(7.0)),
        ] {
            assert_eq!(cut(life), expected, "{life:?}");
        }
        // What is assumed stays so, in both bounds for themselves.
        let assumed = Lives::assumed(Some(3.0), None).at_most(7.0);
        assert_eq!(assumed, Lives::assumed(Some(3.0), Some(7.0)));
        assert!(!Lives::known(Life::Endless).at_most(7.0).is_assumed);
    }
}
