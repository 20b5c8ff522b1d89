//! A policy held against a run: which limits hold, which do not, and because of whom.
//!
//! What is accepted counts against no limit on credentials, paths and findings. The sums of the organisation are held
//! against their limits whole, and shown with and without what is accepted. A limit that needs a baseline is not checked
//! without one, which is said.

use super::causes::points;
use super::compare::{critical_ends, critical_listed, exposed, path_id};
use super::policy::{Accept, Crossing, Policy, Subject};
use super::report::{Credential, Report};
use super::{Amount, Both, Changes, State};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// What came of a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It holds.
    Holds,
    /// It does not.
    Fails,
    /// It could not be checked.
    NotChecked,
}

/// One limit of a policy, held against the run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// Its name in the policy: `credentials.most_points`.
    pub limit: String,
    /// What came of it.
    pub outcome: Outcome,
    /// What was found and what is allowed, in words.
    pub found: String,
    /// Who breaks it, and by how much; ids and names as in the report.
    pub names: Vec<String>,
}

/// What an entry of `[[accept]]` did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// The entry.
    pub accept: Accept,
    /// Whether it has expired.
    pub has_expired: bool,
    /// Whether it names something of this run.
    pub is_used: bool,
}

/// What a gate says.
#[derive(Debug, Clone)]
pub struct Verdict {
    /// The limits, in the order of the policy.
    pub checks: Vec<Check>,
    /// The entries of what is accepted, in the order of the policy.
    pub accepted: Vec<Accepted>,
    /// Certain and possible reach over all credentials.
    pub with: Both,
    /// The same without the credentials that are accepted.
    pub without: Both,
    /// The score of the organisation with and without them; `None` where the report has none.
    pub score: Option<(Amount, Amount)>,
}

impl Verdict {
    /// Whether everything that could be checked holds.
    pub fn passes(&self) -> bool {
        self.checks
            .iter()
            .all(|check| check.outcome != Outcome::Fails)
    }
}

/// Holds a policy against a run, and against what changed since its baseline.
pub fn judge(policy: &Policy, report: &Report, changes: Option<&Changes>) -> Verdict {
    let exposed = exposed(report);
    let gate = Gate {
        report,
        changes,
        exposed,
        valid: policy
            .accepts
            .iter()
            .filter(|accept| report.as_of < accept.expires)
            .map(|accept| &accept.of)
            .collect(),
    };
    let checks = [
        policy.most.map(|most| gate.organisation(most)),
        policy
            .most_growth
            .map(|most| gate.growth(most, policy.ignores_newly_observed)),
        policy
            .most_new_critical
            .map(|most| gate.new_critical(most, policy.ignores_newly_observed)),
        policy.most_points.map(|most| gate.points(most)),
        policy
            .most_growth_of_all
            .map(|most| gate.growth_of_all(most, policy.ignores_newly_observed)),
        policy
            .longest_since_review
            .map(|days| gate.reviewed(days, policy.counts_never_reviewed)),
    ]
    .into_iter()
    .flatten()
    .chain(
        policy
            .lifetime
            .iter()
            .map(|(kind, &days)| gate.lifetime(kind, days)),
    )
    .chain(
        policy
            .crossings
            .iter()
            .map(|crossing| gate.crossing(crossing)),
    )
    .chain(
        policy
            .new_findings
            .iter()
            .map(|(severity, &most)| gate.new_findings(severity, most)),
    )
    .chain(policy.least_known.map(|least| gate.known(least)))
    .chain(policy.most_gaps.map(|most| gate.gaps(most)))
    .chain(policy.most_not_observed.map(|most| gate.not_observed(most)))
    .collect();
    let all = || report.credentials.iter();
    let sum = |credentials: &mut dyn Iterator<Item = &Credential>| {
        credentials
            .map(points)
            .fold(Both::default(), |sum, one| sum + one)
    };
    Verdict {
        checks,
        accepted: policy
            .accepts
            .iter()
            .map(|accept| Accepted {
                accept: accept.clone(),
                has_expired: report.as_of >= accept.expires,
                is_used: gate.is_there(&accept.of),
            })
            .collect(),
        with: sum(&mut all()),
        without: sum(&mut all().filter(|one| !gate.accepts_credential(&one.id))),
        score: report.risk.as_ref().map(|risk| {
            let with = risk.organisation.score;
            let without = risk.unaccepted.as_ref().map(|one| one.score);
            (with, without.unwrap_or(with))
        }),
    }
}

struct Gate<'g> {
    report: &'g Report,
    changes: Option<&'g Changes>,
    exposed: BTreeSet<&'g str>,
    valid: BTreeSet<&'g Subject>,
}

/// The one number of a credential: its risk, else the mean of certain and possible reach.
fn number(credential: &Credential) -> Amount {
    let risk = credential.risk.as_ref().and_then(|risk| risk.points);
    risk.unwrap_or_else(|| points(credential).sum().halved())
}

fn outcome(holds: bool) -> Outcome {
    match holds {
        true => Outcome::Holds,
        false => Outcome::Fails,
    }
}

impl Gate<'_> {
    fn accepts_credential(&self, id: &str) -> bool {
        self.valid.contains(&Subject::Credential(id.to_owned()))
    }

    fn accepts_path(&self, credential: &str, id: &str) -> bool {
        self.accepts_credential(credential) || self.valid.contains(&Subject::Path(id.to_owned()))
    }

    fn is_there(&self, subject: &Subject) -> bool {
        let mut credentials = self.report.credentials.iter();
        match subject {
            Subject::Credential(id) => credentials.any(|one| one.id == *id),
            Subject::Path(id) => credentials.any(|one| {
                let mut paths = one.top.iter().map(|end| path_id(&one.id, &end.resource));
                paths.any(|path| path == *id)
            }),
            Subject::Finding(print) => {
                let mut findings = self.report.findings.iter().flatten();
                findings.any(|one| one.fingerprint == *print)
            }
        }
    }

    fn without_baseline(limit: &str) -> Check {
        Check {
            limit: limit.to_owned(),
            outcome: Outcome::NotChecked,
            found: "there is no baseline".to_owned(),
            names: Vec::new(),
        }
    }

    fn organisation(&self, most: Amount) -> Check {
        let totals = &self.report.totals;
        let (points, what) = match &self.report.risk {
            Some(risk) => (risk.organisation.score, "the organisation's score"),
            None => (
                (totals.certain + totals.possible).halved(),
                "the mean of certain and possible reach",
            ),
        };
        Check {
            limit: "organisation.most".to_owned(),
            outcome: outcome(points <= most),
            found: format!("{what} is {points}, and {most} are allowed"),
            names: Vec::new(),
        }
    }

    /// The changes that points may be taken of; else why not.
    fn comparable(&self, limit: &str) -> Result<&Changes, Check> {
        let Some(changes) = self.changes else {
            return Err(Self::without_baseline(limit));
        };
        match &changes.totals.measures {
            None => Ok(changes),
            Some(measures) => Err(Check {
                limit: limit.to_owned(),
                outcome: Outcome::NotChecked,
                found: format!(
                    "the baseline is measured by {}, and this run by {}",
                    measures.old, measures.new
                ),
                names: Vec::new(),
            }),
        }
    }

    /// The score is no sum: what one of the runs did not look at cannot be taken out of it.
    fn growth(&self, most: Amount, ignores_newly_observed: bool) -> Check {
        let limit = "organisation.most_growth";
        let changes = match self.comparable(limit) {
            Ok(changes) => changes,
            Err(check) => return check,
        };
        let totals = &changes.totals;
        if let Some(bounds) = &totals.bounds {
            return Check {
                limit: limit.to_owned(),
                outcome: Outcome::NotChecked,
                found: format!(
                    "the score of the baseline is the {} one, and that of this run the {} one",
                    bounds.old, bounds.new
                ),
                names: Vec::new(),
            };
        }
        let (grown, what) = match totals.score {
            Some(score) => (score.new - score.old, "the organisation's score"),
            None => (
                totals.change.sum().halved(),
                "the mean of certain and possible reach",
            ),
        };
        let holds = grown <= most;
        let is_masked = holds && !totals.not_observed.is_zero();
        let is_excused = !holds && ignores_newly_observed && !totals.newly_observed.is_zero();
        let (outcome, aside) = match is_masked || is_excused {
            true => (
                Outcome::NotChecked,
                "; one of the runs did not look at all of it",
            ),
            false => (outcome(holds), ""),
        };
        Check {
            limit: limit.to_owned(),
            outcome,
            found: format!(
                "{what} grew by {}, and {most} are allowed{aside}",
                signed(grown)
            ),
            names: Vec::new(),
        }
    }

    fn growth_of_all(&self, most: Amount, ignores_newly_observed: bool) -> Check {
        let limit = "credentials.most_growth";
        let changes = match self.comparable(limit) {
            Ok(changes) => changes,
            Err(check) => return check,
        };
        let totals = &changes.totals;
        // What is not observed any more may be there: it does not set off what grew.
        let mut unseen = totals.not_observed;
        if ignores_newly_observed {
            unseen += totals.newly_observed;
        }
        let grown = (totals.change - unseen).sum().halved();
        let aside = match unseen.is_zero() {
            true => String::new(),
            false => format!(
                "; what one of the runs did not look at ({}) is left out",
                signed(unseen.sum().halved())
            ),
        };
        let mut names: Vec<String> = Vec::new();
        if grown > most {
            for part in &totals.causes {
                if !part.points.is_zero() {
                    let by = part.points.sum().halved();
                    names.push(format!("{} {}", part.cause.words(), signed(by)));
                }
            }
        }
        Check {
            limit: limit.to_owned(),
            outcome: outcome(grown <= most),
            found: format!(
                "all credentials together grew by {}, and {most} are allowed{aside}",
                signed(grown)
            ),
            names,
        }
    }

    fn new_critical(&self, most: u64, ignores_newly_observed: bool) -> Check {
        let limit = "paths.most_new_critical";
        let Some(changes) = self.changes else {
            return Self::without_baseline(limit);
        };
        let mut names = Vec::new();
        let mut listed: BTreeMap<&str, u64> = BTreeMap::new();
        for path in changes.paths.iter().filter(|path| path.is_critical) {
            let counts = match path.state {
                State::New => true,
                State::NewlyObserved => !ignores_newly_observed,
                _ => false,
            };
            if !counts {
                continue;
            }
            *listed.entry(&path.credential).or_default() += 1;
            if self.accepts_path(&path.credential, &path.id) {
                continue;
            }
            let access = path.new.as_ref().map_or("", |way| way.access.as_str());
            let sure = match path.new.as_ref().is_some_and(|way| way.is_certain) {
                true => "for certain",
                false => "possibly",
            };
            let seen = match path.state {
                State::NewlyObserved => ", newly observed",
                _ => "",
            };
            names.push(format!("{} ({access}, {sure}{seen})", path.id));
        }
        let mut count = names.len() as u64;
        for credential in &self.report.credentials {
            let more = self.unlisted_critical(changes, credential, ignores_newly_observed);
            let more =
                more.saturating_sub(listed.get(credential.id.as_str()).copied().unwrap_or(0));
            if more > 0 && !self.accepts_credential(&credential.id) {
                count += more;
                names.push(format!(
                    "{} => {more} crown jewels or whole tenants more than before, which the report does not list (`--shown` lists more)",
                    credential.id
                ));
            }
        }
        Check {
            limit: limit.to_owned(),
            outcome: outcome(count <= most),
            found: format!("{count} new critical paths, and {most} are allowed"),
            names,
        }
    }

    /// By how many the ends of critical paths grew that an exposed credential reaches, where the report does not list them
    /// all.
    fn unlisted_critical(&self, changes: &Changes, credential: &Credential, ignores: bool) -> u64 {
        let reached = critical_ends(credential);
        if critical_listed(credential) >= reached || !self.exposed.contains(credential.id.as_str())
        {
            return 0;
        }
        changes.critical_before.get(&credential.id).map_or_else(
            || {
                let change = changes
                    .credentials
                    .iter()
                    .find(|one| one.id == credential.id);
                let is_unseen = change.is_some_and(|one| one.state == State::NewlyObserved);
                if is_unseen && ignores { 0 } else { reached }
            },
            |&before| reached.saturating_sub(before),
        )
    }

    fn points(&self, most: Amount) -> Check {
        let mut over: Vec<&Credential> = self
            .report
            .credentials
            .iter()
            .filter(|one| number(one) > most && !self.accepts_credential(&one.id))
            .collect();
        over.sort_by(|a, b| (number(b), &a.id).cmp(&(number(a), &b.id)));
        Check {
            limit: "credentials.most_points".to_owned(),
            outcome: outcome(over.is_empty()),
            found: format!(
                "{} credentials weigh more than the {most} points that are allowed",
                over.len()
            ),
            names: over
                .into_iter()
                .map(|one| format!("{} ({})", one.id, number(one)))
                .collect(),
        }
    }

    fn lifetime(&self, kind: &str, days: u64) -> Check {
        let of_kind = self.report.credentials.iter().filter(|one| {
            one.kind == kind && one.status != "inactive" && !self.accepts_credential(&one.id)
        });
        let mut names = Vec::new();
        let mut undecided = 0_u64;
        for credential in of_kind {
            match life(credential, self.report.as_of) {
                Some((life, _)) if life <= days => {}
                Some((life, what)) => {
                    names.push(format!("{} ({what} {life} days)", credential.id));
                }
                None => undecided += 1,
            }
        }
        let aside = match undecided {
            0 => String::new(),
            count => format!("; of {count} no export says when they were made"),
        };
        Check {
            limit: format!("lifetime.{kind}"),
            outcome: outcome(names.is_empty()),
            found: format!(
                "{} live longer than the {days} days that are allowed{aside}",
                names.len()
            ),
            names,
        }
    }

    fn reviewed(&self, most: u64, counts_never: bool) -> Check {
        let mut all: Vec<&Credential> = self
            .report
            .credentials
            .iter()
            .filter(|one| one.status != "inactive" && !self.accepts_credential(&one.id))
            .collect();
        all.sort_by(|a, b| (a.last_review, &a.id).cmp(&(b.last_review, &b.id)));
        let mut names = Vec::new();
        let mut untold = 0_u64;
        for credential in all {
            match credential.last_review {
                Some(at) => {
                    let days = days(at, self.report.as_of);
                    if days > most {
                        names.push(format!("{} ({days} days ago)", credential.id));
                    }
                }
                None => {
                    untold += 1;
                    if counts_never {
                        names.push(format!("{} (nothing tells when)", credential.id));
                    }
                }
            }
        }
        let aside = match untold {
            0 => String::new(),
            count => format!("; of {count} nothing tells when"),
        };
        Check {
            limit: "credentials.longest_since_review".to_owned(),
            outcome: outcome(names.is_empty()),
            found: format!(
                "{} were last reviewed longer ago than the {most} days that are allowed{aside}",
                names.len()
            ),
            names,
        }
    }

    fn crossing(&self, crossing: &Crossing) -> Check {
        let Crossing { from, to, most, .. } = crossing;
        let mut names = Vec::new();
        let mut undecided = 0_u64;
        for credential in &self.report.credentials {
            let home = credential.principal.as_ref();
            let home = home.and_then(|principal| principal.environment.as_deref());
            if home != Some(from) || self.accepts_credential(&credential.id) {
                continue;
            }
            let Some(breakdown) = &credential.breakdown else {
                undecided += u64::from(credential.possible.resources > 0);
                continue;
            };
            let there = breakdown
                .environments
                .iter()
                .find(|share| share.name == *to);
            let count = there.map_or(0, |share| match crossing.counts_possible {
                true => share.possible,
                false => share.certain,
            });
            if count > 0 {
                names.push(format!("{} ({count} resources)", credential.id));
            }
        }
        let aside = match undecided {
            0 => String::new(),
            count => format!("; {count} are not shown in full (`--shown` shows more)"),
        };
        let sure = if crossing.counts_possible {
            "possibly"
        } else {
            "for certain"
        };
        Check {
            limit: format!("crossing {from} to {to}"),
            outcome: match (names.len() as u64 <= *most, undecided) {
                (false, _) => Outcome::Fails,
                (true, 0) => Outcome::Holds,
                (true, _) => Outcome::NotChecked,
            },
            found: format!(
                "{} credentials of {from} reach into {to} {sure}, and {most} are allowed{aside}",
                names.len()
            ),
            names,
        }
    }

    fn new_findings(&self, severity: &str, most: u64) -> Check {
        let limit = format!("findings.{severity}");
        let (Some(changes), true) = (self.changes, self.report.findings.is_some()) else {
            return Self::without_baseline(&limit);
        };
        let names: Vec<String> = changes
            .findings
            .iter()
            .filter(|one| one.state == State::New && one.severity == severity)
            .filter(|one| {
                !self
                    .valid
                    .contains(&Subject::Finding(one.fingerprint.clone()))
            })
            .map(|one| format!("{} {} ({})", one.rule, one.text, one.fingerprint))
            .collect();
        Check {
            outcome: outcome(names.len() as u64 <= most),
            found: format!(
                "{} new {severity} findings, and {most} are allowed",
                names.len()
            ),
            names,
            limit,
        }
    }

    fn known(&self, least: Amount) -> Check {
        let all = self.report.credentials.len();
        let known = self
            .report
            .credentials
            .iter()
            .filter(|one| one.unknown.is_none())
            .count();
        let ratio = |part: usize| i128::try_from(part).unwrap_or(i128::MAX);
        let holds = ratio(known) * Amount::ONE.0 >= least.0 * ratio(all);
        let percent = Amount(least.0 * 100);
        let unknown = self
            .report
            .credentials
            .iter()
            .filter(|one| one.unknown.is_some());
        Check {
            limit: "coverage.least_known".to_owned(),
            outcome: outcome(holds),
            found: format!(
                "the reach of {known} of {all} credentials is known, and {percent} % must be"
            ),
            names: match holds {
                true => Vec::new(),
                false => unknown.map(|one| one.id.clone()).collect(),
            },
        }
    }

    fn gaps(&self, most: u64) -> Check {
        let gaps = &self.report.coverage;
        let holds = gaps.len() as u64 <= most;
        Check {
            limit: "coverage.most_gaps".to_owned(),
            outcome: outcome(holds),
            found: format!(
                "{} gaps in what exports cover, and {most} are allowed",
                gaps.len()
            ),
            names: match holds {
                true => Vec::new(),
                false => gaps.iter().map(|gap| gap.subject.clone()).collect(),
            },
        }
    }

    fn not_observed(&self, most: u64) -> Check {
        let limit = "coverage.most_not_observed";
        let Some(changes) = self.changes else {
            return Self::without_baseline(limit);
        };
        let names: Vec<String> = changes
            .credentials
            .iter()
            .filter(|one| one.state == State::NotObserved)
            .map(|one| format!("{} ({})", one.id, one.why))
            .collect();
        Check {
            limit: limit.to_owned(),
            outcome: outcome(names.len() as u64 <= most),
            found: format!(
                "{} credentials are not observed any more, and {most} are allowed",
                names.len()
            ),
            names,
        }
    }
}

/// With its sign.
fn signed(amount: Amount) -> String {
    match amount > Amount(0) {
        true => format!("+{amount}"),
        false => amount.to_string(),
    }
}

/// How many days lie between, begun ones counted whole.
fn days(from: Timestamp, to: Timestamp) -> u64 {
    let seconds = to.as_second().saturating_sub(from.as_second());
    u64::try_from(seconds).unwrap_or(0).div_ceil(24 * 60 * 60)
}

/// How many days a credential lives, begun ones counted whole, and of what that is told; `None` where nothing tells.
fn life(credential: &Credential, now: Timestamp) -> Option<(u64, &'static str)> {
    match (credential.created, credential.expires) {
        (Some(created), Some(expires)) => Some((days(created, expires), "lives")),
        (Some(created), None) => Some((days(created, now), "is as old as")),
        (None, Some(expires)) => Some((days(now, expires), "lives on for")),
        (None, None) => None,
    }
}
