//! Findings: what somebody should look at, each told by one check, all in [`CHECKS`].
//!
//! A check reads the inventory, the steps and what is known of reach ([`Ground`]); it computes no reach of its own. Each
//! stands in a file of its own with its page beside it: what it means, when it is raised, how to fix it, and where that is
//! from. The page is the text of every report, so that no two of them say it differently.
//!
//! A finding is told by parts ([`Part`]), not by a sentence: each report writes names in its own way.

mod br_agt_02;
mod br_agt_04;
mod br_cov_01;
mod br_crd_01;
mod br_exp_01;
mod br_exp_02;
mod br_exp_03;
mod br_exp_04;
mod br_exp_05;
mod br_exp_06;
mod br_exp_07;
mod br_exp_08;
mod br_exp_09;
mod br_pth_01;
mod br_pth_02;
mod br_pth_03;
mod br_pth_04;
mod br_pth_05;
mod br_scp_07;
mod lies;

pub use lies::{Lie, lies};

use crate::inventory::{
    CoverageGap, CredentialId, CredentialKind, EvidenceId, ExposureId, Inventory, PrincipalId,
    ResourceId, Table,
};
use crate::risk::Points;
use crate::steps::{ControlId, StepId, Steps};
use indexmap::IndexMap;
use indexmap::map::Entry;
use std::borrow::Cow;
use std::cmp::Reverse;

/// How grave a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Something is not known.
    Info,
    /// Worth mending.
    Low,
    /// Mend it soon.
    Medium,
    /// Mend it first.
    High,
    /// Somebody may be at work already, or needs one step to what matters most.
    Critical,
}

impl Severity {
    /// All, gravest first.
    pub const ALL: [Self; 5] = [
        Self::Critical,
        Self::High,
        Self::Medium,
        Self::Low,
        Self::Info,
    ];

    /// The stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Critical => "critical",
            Self::High => "high",
            Self::Medium => "medium",
            Self::Low => "low",
            Self::Info => "info",
        }
    }
}

/// One rule.
#[derive(Debug)]
pub struct Check {
    /// Stable id: `BR-PTH-01`.
    pub id: &'static str,
    /// What it finds, in a few words.
    pub title: &'static str,
    /// The gravest that its findings are.
    pub severity: Severity,
    /// What it means, when it is raised and how to fix it: Markdown, the first line `# ID: TITLE`.
    pub page: &'static str,
    /// What it belongs to in the catalogues of others: at most nine.
    pub tags: &'static [&'static str],
    find: fn(&Ground<'_>) -> Vec<Found>,
}

impl Check {
    /// The first paragraph of the page: what it means.
    pub fn about(&self) -> String {
        let mut paragraphs = self.page.split("\n\n").skip(1);
        paragraphs.next().unwrap_or_default().replace('\n', " ")
    }
}

/// Every check, in order of id within its family, the families as they are read.
pub static CHECKS: &[Check] = &[
    br_pth_01::CHECK,
    br_pth_02::CHECK,
    br_pth_03::CHECK,
    br_pth_04::CHECK,
    br_pth_05::CHECK,
    br_exp_01::CHECK,
    br_exp_02::CHECK,
    br_exp_03::CHECK,
    br_exp_04::CHECK,
    br_exp_05::CHECK,
    br_exp_06::CHECK,
    br_exp_07::CHECK,
    br_exp_08::CHECK,
    br_exp_09::CHECK,
    br_scp_07::CHECK,
    br_crd_01::CHECK,
    br_agt_02::CHECK,
    br_agt_04::CHECK,
    br_cov_01::CHECK,
];

/// What a finding is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Thing {
    /// A credential.
    Credential(CredentialId),
    /// A place where credentials lie.
    Exposure(ExposureId),
    /// A principal.
    Principal(PrincipalId),
    /// A resource.
    Resource(ResourceId),
    /// What a fix can remove.
    Control(ControlId),
    /// Something that no export covers, as its gap calls it.
    Unknown(String),
}

impl Thing {
    /// The stable name of its kind.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Credential(_) => "credential",
            Self::Exposure(_) => "exposure",
            Self::Principal(_) => "principal",
            Self::Resource(_) => "resource",
            Self::Control(_) => "control",
            Self::Unknown(_) => "unknown",
        }
    }

    /// Its stable key; that of a control is its fix's.
    pub fn key(&self, inventory: &Inventory, steps: &Steps) -> String {
        match self {
            Self::Credential(id) => inventory.credentials[*id].key.to_string(),
            Self::Exposure(id) => inventory.exposures[*id].key.to_string(),
            Self::Principal(id) => inventory.principals[*id].key.to_string(),
            Self::Resource(id) => inventory.resources[*id].key.to_string(),
            Self::Control(id) => steps.controls[*id].key(inventory),
            Self::Unknown(subject) => subject.clone(),
        }
    }

    /// Where it was read.
    fn evidence<'i>(&self, inventory: &'i Inventory, steps: &Steps) -> &'i [EvidenceId] {
        let credential = |id: CredentialId| inventory.credentials[id].evidence.as_slice();
        let exposure = |id: ExposureId| inventory.exposures[id].evidence.as_slice();
        match self {
            Self::Credential(id) => credential(*id),
            Self::Exposure(id) => exposure(*id),
            Self::Principal(id) => &inventory.principals[*id].evidence,
            Self::Resource(id) => &inventory.resources[*id].evidence,
            Self::Control(id) => steps.controls[*id].evidence(inventory),
            Self::Unknown(_) => &[],
        }
    }
}

/// A part of what is told: words of this program, or what comes from an export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// Words.
    Words(Cow<'static, str>),
    /// The name of something.
    Name(Thing),
    /// Text with names in it.
    Told(String),
}

impl From<&'static str> for Part {
    fn from(words: &'static str) -> Self {
        Self::Words(words.into())
    }
}

impl From<String> for Part {
    fn from(words: String) -> Self {
        Self::Words(words.into())
    }
}

impl From<Thing> for Part {
    fn from(thing: Thing) -> Self {
        Self::Name(thing)
    }
}

/// `says!["it lies in ", Thing::Exposure(id)]`
macro_rules! says {
    ($($part:expr),* $(,)?) => {
        vec![$($crate::findings::Part::from($part)),*]
    };
}
use says;

/// What a check found.
#[derive(Debug, Clone)]
struct Found {
    severity: Severity,
    subject: Thing,
    object: Option<Thing>,
    text: Vec<Part>,
    evidence: Vec<EvidenceId>,
    proof: Vec<StepId>,
    points: Option<Points>,
}

/// A finding.
#[derive(Debug, Clone)]
pub struct Finding {
    /// What told it.
    pub check: &'static Check,
    /// The same in every run that finds it: made of the check and of stable keys alone, never of the path of an export,
    /// a line or a figure.
    pub fingerprint: String,
    /// How grave it is.
    pub severity: Severity,
    /// What it is about.
    pub subject: Thing,
    /// And what else.
    pub object: Option<Thing>,
    /// What it is: no full stop.
    pub text: Vec<Part>,
    /// Where it was read: first the place to look at. Empty only where nothing tells of it.
    pub evidence: Vec<EvidenceId>,
    /// The steps from what leaked to what is reached, where that is what it is about and they are shown.
    pub proof: Vec<StepId>,
    /// What weighs on it, where that is a figure: the one between certain and possible points.
    pub points: Option<Points>,
}

/// A crown jewel that a credential reaches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crown {
    /// Which.
    pub resource: ResourceId,
    /// Reached without any conditional step.
    pub is_certain: bool,
    /// The shortest proof; empty where paths of that credential are not shown.
    pub proof: Vec<StepId>,
}

/// What checks know of the reach of a credential. Two figures each: for certain, and possibly.
#[derive(Debug, Clone, Default)]
pub struct Reach {
    /// Weighted reach.
    pub points: (Points, Points),
    /// The one figure of both, by which findings are ranked.
    pub figure: Points,
    /// How many crown jewels it reads or more.
    pub crowns: (u64, u64),
    /// Which ones: only of those that [`asked`] names.
    pub named_crowns: Vec<Crown>,
    /// Resources that it administers: only of those that [`asked`] names.
    pub administered: (u32, u32),
    /// Resources that are not meant for everybody and that it reads or more: only of those that [`asked`] names.
    pub guarded: (u32, u32),
}

/// What one change alone takes off the reach of all credentials.
#[derive(Debug, Clone, Copy)]
pub struct Gain {
    /// What is removed.
    pub control: ControlId,
    /// Certain reach that goes.
    pub certain: Points,
    /// Possible reach that goes.
    pub possible: Points,
    /// Credentials whose reach shrinks.
    pub credentials: u64,
}

/// What checks read.
#[derive(Debug)]
pub struct Ground<'a> {
    /// All that exports say.
    pub inventory: &'a Inventory,
    /// All that an attacker can do.
    pub steps: &'a Steps,
    /// What no export covers.
    pub gaps: &'a [CoverageGap],
    /// The reach of each credential.
    pub reach: &'a Table<CredentialId, Reach>,
    /// What the removal of single controls gains, the best first.
    pub gains: &'a [Gain],
    /// Certain and possible reach, summed over all credentials.
    pub total: (Points, Points),
}

/// The credentials of which checks want to know which crown jewels they reach: those that have leaked, and those that are
/// meant to be published.
pub fn asked(inventory: &Inventory) -> Vec<CredentialId> {
    let mut is_asked = Table::filled(false, inventory.credentials.len());
    for (id, credential) in inventory.credentials.entries() {
        is_asked[id] = credential.kind == CredentialKind::PublishableKey;
    }
    for exposure in inventory.exposures.iter() {
        for lying in exposure.lying.iter().filter(|one| exposure.has_leaked(one)) {
            is_asked[lying.credential] = true;
        }
    }
    let asked = is_asked.entries().filter(|&(_, &is_asked)| is_asked);
    asked.map(|(id, _)| id).collect()
}

/// Everything that all checks find: the gravest first, then what weighs most.
pub fn find(ground: &Ground<'_>) -> Vec<Finding> {
    let mut all: IndexMap<String, Finding> = IndexMap::new();
    for check in CHECKS {
        for found in (check.find)(ground) {
            let fingerprint = fingerprint(ground, check, &found);
            let mut found = Finding {
                check,
                severity: found.severity,
                subject: found.subject,
                object: found.object,
                text: found.text,
                evidence: found.evidence,
                proof: found.proof,
                points: found.points,
                fingerprint: fingerprint.clone(),
            };
            distinct(&mut found.evidence);
            match all.entry(fingerprint) {
                Entry::Vacant(place) => {
                    place.insert(found);
                }
                // The same in two places of an export, or in two exports: one finding with both places.
                Entry::Occupied(mut known) => known.get_mut().join(found),
            }
        }
    }
    let mut all: Vec<Finding> = all.into_values().collect();
    all.sort_by(|a, b| {
        let weight = |one: &Finding| Reverse((one.severity, one.points.unwrap_or_default()));
        let key = |one: &Finding| weight(one);
        key(a)
            .cmp(&key(b))
            .then_with(|| a.fingerprint.cmp(&b.fingerprint))
    });
    all
}

/// Each once, in order of first occurrence.
fn distinct(evidence: &mut Vec<EvidenceId>) {
    let mut seen = rustc_hash::FxHashSet::default();
    evidence.retain(|place| seen.insert(*place));
}

impl Finding {
    fn join(&mut self, other: Self) {
        let places = other.evidence;
        if other.severity > self.severity {
            (self.severity, self.text) = (other.severity, other.text);
        }
        self.points = self.points.max(other.points);
        if self.proof.is_empty() {
            self.proof = other.proof;
        }
        self.evidence.extend(places);
        distinct(&mut self.evidence);
    }
}

/// 128 bits of a hash of the check and the keys, in hexadecimal digits.
fn fingerprint(ground: &Ground<'_>, check: &Check, found: &Found) -> String {
    let mut hasher = blake3::Hasher::new();
    let mut add = |text: &str| {
        hasher.update(&(text.len() as u64).to_le_bytes());
        hasher.update(text.as_bytes());
    };
    add("leakreach finding 1");
    add(check.id);
    for thing in [Some(&found.subject), found.object.as_ref()] {
        let kind = thing.map_or("", Thing::kind);
        add(kind);
        add(&thing.map_or_else(String::new, |thing| stable(ground, thing)));
    }
    let hash = hasher.finalize().to_hex();
    hash.chars().take(32).collect()
}

/// The key of something, without what may change while it stays the same thing.
fn stable(ground: &Ground<'_>, thing: &Thing) -> String {
    let key = thing.key(ground.inventory, ground.steps);
    if let Thing::Unknown(subject) = thing {
        return uncounted(subject);
    }
    // What has no id of its own is called after the file that it was read from, as the run was told to find it.
    let mut key = key;
    for &place in thing.evidence(ground.inventory, ground.steps) {
        let file = ground.inventory.evidence[place].file;
        let path = ground.inventory.files[file].path.as_str();
        if path.contains('/') && key.contains(path) {
            key = key.replace(path, on_device(path));
        }
    }
    key
}

/// The part of a path that is the same wherever a collection lies: below the last folder `devices`, else the file's name.
fn on_device(path: &str) -> &str {
    match (path.rsplit_once("devices/"), path.rsplit_once('/')) {
        (Some((_, below)), _) => below,
        (None, Some((_, name))) => name,
        (None, None) => path,
    }
}

/// The subject of a gap without how many things it is about: `owners of 2 credentials of Slack`.
fn uncounted(subject: &str) -> String {
    let Some(rest) = subject.strip_prefix("owners of ") else {
        return subject.to_owned();
    };
    let counted = |c: char| c.is_ascii_digit();
    let rest = rest.trim_start_matches(counted).trim_start();
    let rest = rest.strip_prefix("credential").unwrap_or(rest);
    format!("owners of credentials{}", rest.trim_start_matches('s'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_check_has_a_page_with_all_its_sections_and_says_where_they_are_from() {
        let mut ids = BTreeSet::new();
        for check in CHECKS {
            let page = check.page;
            assert!(ids.insert(check.id), "{} is there twice", check.id);
            let head = format!("# {}: {}\n\n", check.id, check.title);
            assert!(page.starts_with(&head), "{}: {page}", check.id);
            let at: Vec<usize> = ["When it is raised", "Severity", "How to fix it", "Sources"]
                .iter()
                .map(|section| {
                    let section = format!("\n## {section}\n\n");
                    page.find(&section)
                        .unwrap_or_else(|| panic!("{}: {section}", check.id))
                })
                .collect();
            assert!(at.is_sorted(), "{}: sections in another order", check.id);
            let sources = page.rsplit("## Sources\n\n").next().unwrap();
            for line in sources.lines() {
                assert!(line.starts_with("- "), "{}: {line}", check.id);
                assert!(line.contains("https://"), "{}: {line}", check.id);
            }
            assert!(
                page.contains(check.severity.name()),
                "{} does not say when it is {}",
                check.id,
                check.severity.name()
            );
            // What GitHub code scanning shows of a rule: short and full description, tags with `security` among them.
            assert!(check.title.len() <= 255 && check.about().len() <= 1024);
            assert!(check.tags.len() <= 9, "{}", check.id);
        }
    }

    #[test]
    fn every_tag_is_explained_on_its_page() {
        for check in CHECKS {
            for tag in check.tags {
                let short = tag.split(':').next().unwrap();
                assert!(check.page.contains(short), "{}: {tag}", check.id);
            }
        }
    }

    #[test]
    fn a_gap_is_the_same_when_it_is_about_more_credentials() {
        let one = uncounted("owners of 1 credential of Slack");
        assert_eq!(one, uncounted("owners of 12 credentials of Slack"));
        assert_ne!(one, uncounted("owners of 1 credential of GitHub"));
        assert_ne!(one, uncounted("owners of 1 credential"));
        assert_eq!(uncounted("prod (111122223333)"), "prod (111122223333)");
    }

    #[test]
    fn a_file_of_a_device_is_the_same_wherever_the_collection_lies() {
        let there = on_device("exports/devices/mbp-1/ada/.env");
        assert_eq!(there, on_device("/tmp/x/devices/mbp-1/ada/.env"));
        assert_ne!(there, on_device("exports/devices/mbp-2/ada/.env"));
        assert_eq!(on_device("a/b.json"), "b.json");
    }
}
