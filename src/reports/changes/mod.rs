//! What changed since another run, and what a gate says, for people.
//!
//! Names come from reports, which took them from exports: every control and format character in them is spelled out.

mod markdown;
mod verdict;

pub(super) use markdown::markdown;
pub(super) use verdict::verdict;

use super::words::{counted, signed, visible};
use crate::changes::{Both, Changes, CredentialChange, Part, PathChange, State, Way};
use crate::risk::Band;
use std::collections::BTreeMap;

/// More of one state than these are only counted.
const SHOWN: usize = 20;

/// Something that changed, in words.
struct Change {
    state: State,
    /// What it is.
    name: String,
    /// What became of it; may be empty.
    about: String,
}

/// Things of one sort.
struct Group {
    title: &'static str,
    /// One of them.
    one: &'static str,
    changes: Vec<Change>,
}

/// `12.00 certain, 13.00 possible`.
fn both(points: Both) -> String {
    format!("{} certain, {} possible", points.certain, points.possible)
}

fn signed_both(points: Both) -> String {
    format!(
        "{} certain, {} possible",
        signed(points.certain),
        signed(points.possible)
    )
}

/// `1.00 certain, 2.00 possible; before: …`.
fn from_to(old: Option<Both>, new: Option<Both>) -> String {
    match (old, new) {
        (Some(old), Some(new)) if old == new => both(new),
        (Some(old), Some(new)) => format!("{}, was {}", both(new), both(old)),
        (None, Some(new)) => both(new),
        (Some(old), None) => format!("was {}", both(old)),
        (None, None) => String::new(),
    }
}

fn joined(parts: impl IntoIterator<Item = String>) -> String {
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join("; ")
}

fn causes(parts: &[Part]) -> String {
    let words = parts.iter().map(|part| {
        let points = part.points;
        let amount = match points.certain.is_zero() {
            false => format!("{} certain", signed(points.certain)),
            true => format!("{} possible", signed(points.possible)),
        };
        format!("{} {amount}", part.cause.words())
    });
    words.collect::<Vec<_>>().join(", ")
}

fn credential(change: &CredentialChange) -> Change {
    let places = |what: &str, ids: &[String]| match ids {
        [] => String::new(),
        [id] => format!("{what} {}", visible(id)),
        [id, rest @ ..] => format!("{what} {} and {} more", visible(id), rest.len()),
    };
    Change {
        state: change.state,
        name: visible(&change.id),
        about: joined([
            if change.is_exposed {
                "exposed".to_owned()
            } else {
                String::new()
            },
            from_to(change.old, change.new),
            causes(&change.causes),
            places("lies now in", &change.new_places),
            places("has left", &change.left_places),
            visible(&change.why),
        ]),
    }
}

fn path(change: &PathChange) -> Change {
    let way = |way: &Way| {
        let sure = if way.is_certain {
            "for certain"
        } else {
            "possibly"
        };
        format!(
            "{} {sure}, {}",
            visible(&way.access),
            counted(way.hops as usize, "hop")
        )
    };
    let ways = match (&change.old, &change.new) {
        (Some(old), Some(new)) if old == new => way(new),
        (Some(old), Some(new)) => format!("{}, was {}", way(new), way(old)),
        (None, Some(new)) => way(new),
        (Some(old), None) => format!("was {}", way(old)),
        (None, None) => String::new(),
    };
    Change {
        state: change.state,
        name: visible(&change.id),
        about: joined([
            if change.is_critical {
                "critical".to_owned()
            } else {
                String::new()
            },
            ways,
            visible(&change.why),
        ]),
    }
}

/// All that changed.
fn groups(changes: &Changes) -> [Group; 5] {
    let exposures = changes.exposures.iter().map(|one| Change {
        state: one.state,
        name: visible(&one.id),
        about: visible(&one.why),
    });
    let fixes = changes.fixes.iter().map(|one| Change {
        state: one.state,
        name: visible(&one.text),
        about: joined([from_to(one.old, one.new), visible(&one.why)]),
    });
    let findings = changes.findings.iter().map(|one| Change {
        state: one.state,
        name: format!("{} {}", visible(&one.rule), visible(&one.text)),
        about: joined([visible(&one.severity), visible(&one.why)]),
    });
    [
        Group {
            title: "Credentials",
            one: "credential",
            changes: changes.credentials.iter().map(credential).collect(),
        },
        Group {
            title: "Exposures",
            one: "exposure",
            changes: exposures.collect(),
        },
        Group {
            title: "Paths",
            one: "path",
            changes: changes.paths.iter().map(path).collect(),
        },
        Group {
            title: "Fixes",
            one: "fix",
            changes: fixes.collect(),
        },
        Group {
            title: "Findings",
            one: "finding",
            changes: findings.collect(),
        },
    ]
}

impl Group {
    /// `2 new, 1 gone`; `nothing`.
    fn counts(&self) -> String {
        let counts: Vec<String> = State::ALL
            .into_iter()
            .filter_map(|state| {
                let count = self.of(state).count();
                (count > 0).then(|| format!("{count} {}", state.words()))
            })
            .collect();
        match counts.is_empty() {
            true => "nothing changed".to_owned(),
            false => counts.join(", "),
        }
    }

    fn of(&self, state: State) -> impl Iterator<Item = &Change> {
        self.changes
            .iter()
            .filter(move |change| change.state == state)
    }
}

/// `2 critical, 1 low`, worst first; what no credential is of is left out.
fn band_counts(counts: &BTreeMap<String, u64>) -> String {
    let known = Band::ALL.map(Band::name);
    let place = |name: &str| known.iter().position(|one| *one == name);
    let mut counts: Vec<_> = counts.iter().filter(|(_, count)| **count > 0).collect();
    counts.sort_by_key(|(name, _)| (place(name).unwrap_or(known.len()), *name));
    let counts = counts
        .iter()
        .map(|(name, count)| format!("{count} {}", visible(name)));
    let counts: Vec<String> = counts.collect();
    match counts.is_empty() {
        true => "no credential".to_owned(),
        false => counts.join(", "),
    }
}

/// The sums: what they are and were, and why.
pub(super) fn totals(changes: &Changes) -> Vec<String> {
    let totals = &changes.totals;
    let mut lines = vec![match totals.change.is_zero() {
        true => format!("{}, as before", both(totals.new)),
        false => format!(
            "{}, was {}: {}",
            both(totals.new),
            both(totals.old),
            signed_both(totals.change)
        ),
    }];
    if let Some(measures) = &totals.measures {
        lines.push(format!(
            "measured by {}, was by {}: the difference says nothing",
            visible(&measures.new),
            visible(&measures.old)
        ));
    }
    if let Some(bounds) = &totals.bounds {
        lines.push(format!(
            "scored by {} points, was by {}: scores, bands and ranks are not compared",
            visible(&bounds.new),
            visible(&bounds.old)
        ));
    }
    if let Some(score) = totals.score {
        lines.push(format!(
            "score of the organisation {}, was {}: {}",
            score.new,
            score.old,
            signed(score.new - score.old)
        ));
    }
    if let Some(bands) = totals.bands.as_ref().filter(|bands| bands.old != bands.new) {
        lines.push(format!(
            "bands: {}, was {}",
            band_counts(&bands.new),
            band_counts(&bands.old)
        ));
    }
    if let Some(thresholds) = &totals.thresholds {
        lines.push(format!(
            "bands begin at other shares of all value ({}; was {}): they are not compared",
            visible(&thresholds.new),
            visible(&thresholds.old)
        ));
    }
    for part in totals.causes.iter().filter(|part| !part.points.is_zero()) {
        lines.push(format!(
            "{}: {}",
            part.cause.words(),
            signed_both(part.points)
        ));
    }
    for one in &changes.renamed {
        lines.push(format!(
            "{} is taken for {} of the older run: all that is told of what lies in them is the same",
            visible(&one.new),
            visible(&one.old)
        ));
    }
    for (points, what) in [
        (totals.not_observed, "not observed any more"),
        (totals.newly_observed, "newly observed"),
    ] {
        if !points.is_zero() {
            lines.push(format!("of data changed, {what}: {}", signed_both(points)));
        }
    }
    lines
}

/// `2 credentials new, 1 gone` for each sort of which anything changed.
pub(super) fn counts(changes: &Changes) -> Vec<String> {
    groups(changes)
        .iter()
        .filter(|group| !group.changes.is_empty())
        .map(|group| format!("{}: {}", group.title.to_lowercase(), group.counts()))
        .collect()
}

/// The new critical paths, in words.
pub(super) fn critical(changes: &Changes) -> Vec<String> {
    let new = changes
        .paths
        .iter()
        .filter(|one| one.is_critical && matches!(one.state, State::New | State::NewlyObserved));
    new.map(|one| {
        let change = path(one);
        format!(
            "{} ({}; {})",
            change.name,
            change.state.words(),
            change.about
        )
    })
    .collect()
}

/// The changes as plain text.
pub(super) fn text(changes: &Changes) -> String {
    let mut text = format!(
        "{} since {}\n",
        visible(&changes.new),
        visible(&changes.old)
    );
    text.push_str("\nReach\n");
    for line in totals(changes) {
        text.push_str(&format!("  {line}\n"));
    }
    for group in groups(changes) {
        if group.changes.is_empty() {
            continue;
        }
        text.push_str(&format!("\n{}: {}\n", group.title, group.counts()));
        for state in State::ALL {
            for change in group.of(state).take(SHOWN) {
                text.push_str(&format!("  {:<15}{}\n", state.words(), change.name));
                if !change.about.is_empty() {
                    text.push_str(&format!("  {:<15}  {}\n", "", change.about));
                }
            }
            let rest = group.of(state).count().saturating_sub(SHOWN);
            if rest > 0 {
                let more = counted(rest, group.one);
                text.push_str(&format!(
                    "  {:<15}and {more} more (`--format json` has all)\n",
                    state.words()
                ));
            }
        }
    }
    text
}

/// The changes as JSON, version 1.
pub(super) fn json(changes: &Changes) -> Result<Vec<u8>, super::Error> {
    let mut bytes = serde_json::to_vec_pretty(changes)?;
    bytes.push(b'\n');
    Ok(bytes)
}
