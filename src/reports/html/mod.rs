//! `report.html`: one page for people, in one file that fetches nothing and asks nobody.
//!
//! The page works without its script, which only searches and sorts. Its content security policy names its style and
//! its script by hash and forbids everything else, so that a name that slipped through escaping still could not act.

mod head;
mod picture;
mod plan;
mod problems;
mod short;
mod spans;
mod trend;

use super::Error;
use super::path::{Move, moves};
use super::words::holders::Holders;
use super::words::{self, Words};
use crate::analysis::{Analysis, Leak, Measure, PricedFix, ReachedResource, ScenarioReach};
use crate::findings;
use crate::inventory::{Access, EvidenceId, ExposureId, ResourceId, Sensitivity, Table};
use crate::risk::{self, Mode, Points};
use crate::steps::StepId;
use askama::Template;
use head::Head;
use indexmap::{IndexMap, IndexSet};
pub(super) use plan::render as render_plan;
use problems::Problems;
use short::Short;
use spans::{Span, spans};

const SCRIPT: &str = include_str!("script.js");

/// More rows than this make a page slow; the rest is in report.json.
const MAX_ROWS: usize = 1_000;
const MAX_FIXES: usize = 200;
const MAX_FINDINGS: usize = 200;
/// Places named for one finding.
const MAX_PLACES: usize = 5;
const MAX_GAPS: usize = 500;
/// Credentials and places named in one row.
const MAX_NAMED: usize = 5;

/// The whole page.
pub(super) fn render(analysis: &Analysis) -> Result<Vec<u8>, Error> {
    let mut page = Page::of(analysis).render()?;
    page.push('\n');
    Ok(page.into_bytes())
}

#[derive(Template)]
#[template(path = "report.html")]
struct Page {
    head: Head,
    script: &'static str,
    short: Short,
    trend: Option<trend::Trend>,
    credentials: Ranking,
    fixes: Vec<Fix>,
    more_fixes: Option<String>,
    fix_note: String,
    resources: Vec<Resource>,
    exposures: Ranking,
    findings: Vec<Finding>,
    more_findings: Option<String>,
    sources: Vec<Source>,
    read: String,
    ignored: Option<String>,
    problems: Option<Problems>,
    gaps: Vec<Gap>,
    more_gaps: Option<String>,
    ranked_by: Option<&'static str>,
    one_number: &'static str,
    labels: Vec<String>,
    is_blast_radius: bool,
    sensitivities: Vec<Scale>,
    accesses: Vec<Scale>,
}

struct Ranking {
    /// `c` or `e`: before the number in the anchors.
    prefix: &'static str,
    /// What a row is.
    one: &'static str,
    rows: Vec<Row>,
    more: Option<String>,
}

struct Row {
    number: usize,
    rank: String,
    name: String,
    about: String,
    certain: String,
    possible: String,
    /// Hundredths of a point, to sort by.
    certain_key: u64,
    possible_key: u64,
    bar: Bar,
    principals: String,
    resources: String,
    crowns: String,
    is_crown: bool,
    unknown: Option<String>,
    facts: Vec<Named>,
    /// The terms of its points.
    vector: String,
    top: Vec<Reached>,
}

/// Widths in thousandths of the widest bar.
struct Bar {
    certain: u64,
    possible: u64,
}

impl Bar {
    fn of(certain: Points, possible: Points, widest: Points) -> Self {
        let part = |points: Points| {
            let thousandths = u128::from(points.0) * 1_000 / u128::from(widest.0.max(1));
            u64::try_from(thousandths).unwrap_or(1_000).min(1_000)
        };
        Self {
            certain: part(certain),
            possible: part(possible),
        }
    }
}

struct Named {
    name: &'static str,
    text: String,
}

struct Reached {
    name: String,
    access: &'static str,
    points: String,
    hops: String,
    is_certain: bool,
    is_crown: bool,
    path: Path,
}

struct Path {
    picture: Option<String>,
    hops: Vec<Hop>,
}

struct Hop {
    gain: String,
    sources: String,
    techniques: Vec<TechniqueUse>,
    conditions: Vec<String>,
    because: Vec<Because>,
    evidence: Vec<Evidence>,
}

#[derive(PartialEq, Eq, Hash)]
struct TechniqueUse {
    name: String,
    attack: String,
    /// Where the rule is documented, if that is an address.
    link: Option<String>,
}

/// Why a step is possible, and where that was read.
struct Because {
    text: Vec<Span>,
    place: Option<String>,
}

struct Evidence {
    place: String,
    pointer: String,
}

/// An edit of a document.
struct Edit {
    place: String,
    document: String,
    patch: String,
}

impl Edit {
    fn of(words: &Words<'_>, edit: &crate::analysis::Edit) -> Self {
        Self {
            place: words.place(edit.evidence),
            document: words.document(edit),
            patch: words.patch(edit),
        }
    }
}

struct Fix {
    number: usize,
    rank: String,
    text: String,
    certain: String,
    possible: String,
    certain_key: u64,
    possible_key: u64,
    bar: Bar,
    share: String,
    credentials: String,
    who: Option<String>,
    breaks: Option<String>,
    last_used: Option<String>,
    last_used_in: Option<String>,
    edits: Vec<Edit>,
    read_in: Option<String>,
    example: Option<Example>,
}

struct Example {
    credential: String,
    resource: String,
    path: Path,
}

struct Resource {
    name: String,
    access: &'static str,
    sensitivity: &'static str,
    is_crown: bool,
    certainty: &'static str,
    by: Vec<Link>,
    more: Option<String>,
}

struct Link {
    number: usize,
    name: String,
}

struct Source {
    name: String,
    files: String,
    records: String,
}

struct Finding {
    severity: &'static str,
    rule: &'static str,
    title: &'static str,
    text: String,
    places: Vec<String>,
    more: Option<String>,
    page: &'static str,
}

struct Gap {
    subject: String,
    text: Vec<Span>,
    remedy: Vec<Span>,
}

struct Scale {
    name: &'static str,
    value: String,
}

/// How many more there are than are shown.
fn more(all: usize, shown: usize, one: &str) -> Option<String> {
    let rest = all.checked_sub(shown).filter(|&rest| rest > 0)?;
    Some(words::counted(rest, one))
}

impl Page {
    fn of(analysis: &Analysis) -> Self {
        let views = Views {
            analysis,
            words: Words::of(analysis),
            lying_places: Words::of(analysis).lying_places(),
            holders: Holders::of(&analysis.inventory),
        };
        let inventory = &analysis.inventory;
        let records = inventory.files.iter().map(|file| file.records).sum();
        Self {
            head: Head::of(analysis, "leakreach report", Some(SCRIPT)),
            script: SCRIPT,
            short: Short::of(analysis, &views.words),
            trend: trend::Trend::of(&analysis.over_time.history),
            credentials: views.ranking("c", "credential", &analysis.credentials),
            fixes: views.fixes(),
            more_fixes: more(analysis.fixes.len(), MAX_FIXES, "fix"),
            fix_note: fix_note(analysis),
            resources: views.resources(),
            exposures: views.ranking("e", "exposure", &analysis.exposures),
            findings: views.findings(),
            more_findings: more(analysis.findings.len(), MAX_FINDINGS, "finding"),
            sources: sources(analysis),
            read: format!(
                "{}, {} records, {}",
                words::counted(inventory.files.len(), "file"),
                words::count(records),
                words::counted(inventory.tenants.len(), "tenant"),
            ),
            ignored: (!analysis.ignored.is_empty())
                .then(|| words::counted(analysis.ignored.len(), "file")),
            problems: Problems::of(&analysis.problems),
            gaps: analysis
                .gaps
                .iter()
                .take(MAX_GAPS)
                .map(|gap| Gap {
                    subject: words::visible(&gap.subject),
                    text: spans(&words::visible(&gap.text)),
                    remedy: spans(&words::visible(&gap.remedy)),
                })
                .collect(),
            more_gaps: more(analysis.gaps.len(), MAX_GAPS, "gap"),
            ranked_by: words::short::ranked_by(analysis.model.measure),
            one_number: match analysis.model.measure {
                Measure::Mean => "their mean",
                Measure::Certain => "the certain one",
                Measure::Possible => "the possible one",
            },
            labels: analysis
                .unlabelled
                .iter()
                .map(|group| views.words.unlabelled(group))
                .collect(),
            is_blast_radius: analysis.model.mode == Mode::BlastRadius,
            sensitivities: Sensitivity::ALL
                .into_iter()
                .rev()
                .map(|level| Scale {
                    name: level.name(),
                    value: words::worth(risk::value(level)),
                })
                .collect(),
            accesses: accesses(),
        }
    }
}

/// How many candidates there were, and which of them have no exact gain.
fn fix_note(analysis: &Analysis) -> String {
    let counted =
        |number| words::counted(usize::try_from(number).unwrap_or(usize::MAX), "candidate");
    match analysis.bounded {
        0 => format!("{}, all priced exactly", counted(analysis.candidates)),
        bounded => format!(
            "{}, all priced exactly but {}, none of which can gain more than the last one here",
            counted(analysis.candidates),
            words::count(bounded)
        ),
    }
}

/// What each access counts of a resource's weight: the rungs of the ladder, added up.
fn accesses() -> Vec<Scale> {
    let mut tenths = 0;
    Access::LADDER
        .into_iter()
        .map(|access| {
            tenths += risk::rung_tenths(access);
            Scale {
                name: access.name(),
                value: format!("{} %", 10 * tenths),
            }
        })
        .collect()
}

fn sources(analysis: &Analysis) -> Vec<Source> {
    let mut by_source: IndexMap<String, (usize, u64)> = IndexMap::new();
    for file in analysis.inventory.files.iter() {
        let (files, records) = by_source.entry(file.sources.join(" + ")).or_default();
        *files += 1;
        *records += file.records;
    }
    by_source.sort_by(|a, (_, a_records), b, (_, b_records)| {
        b_records.cmp(a_records).then_with(|| a.cmp(b))
    });
    by_source
        .into_iter()
        .map(|(name, (files, records))| Source {
            name: if name.is_empty() {
                "nothing recognised".to_owned()
            } else {
                name
            },
            files: words::count_of(files),
            records: words::count(records),
        })
        .collect()
}

struct Views<'a> {
    analysis: &'a Analysis,
    words: Words<'a>,
    lying_places: Table<crate::inventory::CredentialId, Vec<ExposureId>>,
    holders: Holders<'a>,
}

impl Views<'_> {
    fn findings(&self) -> Vec<Finding> {
        let all = self.analysis.findings.iter().take(MAX_FINDINGS);
        let finding = |one: &findings::Finding| {
            let places = one.evidence.iter().take(MAX_PLACES);
            Finding {
                severity: one.severity.name(),
                rule: one.check.id,
                title: one.check.title,
                text: self.words.finding(one),
                places: places.map(|&place| self.words.place(place)).collect(),
                more: more(one.evidence.len(), MAX_PLACES, "place"),
                page: one.check.page,
            }
        };
        all.map(finding).collect()
    }

    fn ranking(
        &self,
        prefix: &'static str,
        one: &'static str,
        scenarios: &[ScenarioReach],
    ) -> Ranking {
        let widest = scenarios
            .iter()
            .map(|scenario| scenario.possible.points)
            .max()
            .unwrap_or_default();
        let labels = words::rank_labels(scenarios.iter().map(|scenario| scenario.rank));
        Ranking {
            prefix,
            one,
            rows: scenarios
                .iter()
                .zip(labels)
                .take(MAX_ROWS)
                .enumerate()
                .map(|(number, (scenario, rank))| self.row(number + 1, rank, scenario, widest))
                .collect(),
            more: more(scenarios.len(), MAX_ROWS, one),
        }
    }

    fn row(&self, number: usize, rank: String, scenario: &ScenarioReach, widest: Points) -> Row {
        let words = &self.words;
        let (about, mut facts) = match scenario.leak {
            Leak::Credential(id) => {
                let who = words.authenticates(id);
                let mut facts = vec![Named {
                    name: "Authenticates",
                    text: who.clone(),
                }];
                let mut about = who;
                if let Some(owner) = words.owner(id) {
                    about = format!("{about}, {owner}");
                    facts.push(Named {
                        name: "Owner",
                        text: owner,
                    });
                }
                facts.push(Named {
                    name: "Life",
                    text: words.dates(id),
                });
                let places = self.lying_places[id]
                    .iter()
                    .map(|&place| words.exposure(place));
                facts.push(Named {
                    name: "Lies in",
                    text: named(places, "exposure", "no place that an export shows"),
                });
                let holders = self.holders.summed(words, id);
                if !holders.is_empty() {
                    facts.push(Named {
                        name: "Held by",
                        text: named(holders.into_iter(), "holder", ""),
                    });
                }
                (about, facts)
            }
            Leak::Exposure(id) => {
                let lying: IndexSet<_> = self.analysis.inventory.exposures[id]
                    .lying
                    .iter()
                    .map(|lying| lying.credential)
                    .collect();
                let about = words::counted(lying.len(), "credential");
                let names = lying.iter().map(|&credential| words.credential(credential));
                let mut facts = vec![Named {
                    name: "Holds",
                    text: named(names, "credential", "no credential"),
                }];
                let leaked = words.leaked(id);
                if !leaked.is_empty() {
                    facts.push(Named {
                        name: "Leaked for good",
                        text: named(leaked.into_iter(), "credential", ""),
                    });
                }
                let ended = words.ended(id);
                if !ended.is_empty() {
                    facts.push(Named {
                        name: "Ended",
                        text: named(ended.into_iter(), "credential", ""),
                    });
                }
                (about, facts)
            }
        };
        facts.push(Named {
            name: "Risk",
            text: format!(
                "{}: {} points, {} of all value",
                scenario.band.name(),
                words::points(scenario.points(self.analysis.model.measure)),
                words::percent(scenario.share(
                    self.analysis.model.measure,
                    self.analysis.organisation.value
                )),
            ),
        });
        let (certain, possible) = (scenario.certain.points, scenario.possible.points);
        Row {
            number,
            rank,
            name: words.leak(scenario.leak),
            about,
            certain: words::certain(scenario),
            possible: words::possible(scenario),
            certain_key: certain.0,
            possible_key: possible.0,
            bar: Bar::of(certain, possible, widest),
            principals: words::reach_count(scenario, scenario.possible.principals),
            resources: words::reach_count(scenario, scenario.possible.resources),
            crowns: words::reach_count(scenario, scenario.possible.crowns),
            is_crown: scenario.possible.crowns > 0,
            unknown: scenario.unknown.as_deref().map(words::visible),
            facts,
            vector: scenario.vector.to_string(),
            top: scenario
                .top
                .iter()
                .map(|reached| self.reached(reached))
                .collect(),
        }
    }

    fn reached(&self, reached: &ReachedResource) -> Reached {
        Reached {
            name: self.words.resource(reached.resource),
            access: reached.access.name(),
            points: format!("{} points", words::points(reached.points)),
            hops: words::counted(usize::try_from(reached.hops).unwrap_or(usize::MAX), "hop"),
            is_certain: reached.is_certain,
            is_crown: self.words.is_crown(reached.resource),
            path: self.path(reached, None),
        }
    }

    fn path(&self, reached: &ReachedResource, cut: Option<&[crate::steps::StepId]>) -> Path {
        let steps = &self.analysis.steps;
        Path {
            picture: picture::picture(steps, &self.words, &reached.proof, cut),
            hops: moves(steps, &reached.proof)
                .iter()
                .map(|step| self.hop(step))
                .collect(),
        }
    }

    fn hop(&self, step: &Move) -> Hop {
        let steps = &self.analysis.steps;
        let words = &self.words;
        let techniques: IndexSet<TechniqueUse> =
            step.steps.iter().map(|&id| self.technique(id)).collect();
        let controls: IndexSet<_> = step
            .steps
            .iter()
            .flat_map(|&id| steps.step(id).controls)
            .copied()
            .collect();
        let evidence: IndexSet<EvidenceId> = step
            .steps
            .iter()
            .flat_map(|&id| steps.step(id).evidence)
            .copied()
            .collect();
        let conditions: IndexSet<String> = step
            .steps
            .iter()
            .filter_map(|&id| words.condition(id))
            .collect();
        let sources: Vec<String> = step.sources.iter().map(|&fact| words.fact(fact)).collect();
        Hop {
            gain: words.fact(step.gain),
            sources: sources.join(" AND "),
            techniques: techniques.into_iter().collect(),
            conditions: conditions.into_iter().collect(),
            because: controls
                .into_iter()
                .map(|control| {
                    let words::Because { text, place } = words.because(control);
                    let text = spans(&text);
                    Because { text, place }
                })
                .collect(),
            evidence: evidence
                .into_iter()
                .map(|id| Evidence {
                    place: words.place(id),
                    pointer: words.pointer(id),
                })
                .collect(),
        }
    }

    fn technique(&self, id: StepId) -> TechniqueUse {
        let steps = &self.analysis.steps;
        let technique = &steps.techniques[steps.step(id).technique];
        TechniqueUse {
            name: words::visible(&technique.name),
            attack: words::visible(&technique.attack.join(", ")),
            link: technique
                .source
                .starts_with("https://")
                .then(|| words::visible(&technique.source)),
        }
    }

    fn fixes(&self) -> Vec<Fix> {
        let fixes = &self.analysis.fixes;
        let widest = fixes
            .iter()
            .map(|fix| fix.possible)
            .max()
            .unwrap_or_default();
        let labels = words::rank_labels(fixes.iter().map(|fix| fix.rank));
        fixes
            .iter()
            .zip(labels)
            .take(MAX_FIXES)
            .enumerate()
            .map(|(number, (fix, rank))| self.fix(number + 1, rank, fix, widest))
            .collect()
    }

    fn fix(&self, number: usize, rank: String, fix: &PricedFix, widest: Points) -> Fix {
        let words = &self.words;
        Fix {
            number,
            rank,
            text: quoted(&words.order(fix)),
            certain: words::points(fix.certain),
            possible: words::points(fix.possible),
            certain_key: fix.certain.0,
            possible_key: fix.possible.0,
            bar: Bar::of(fix.certain, fix.possible, widest),
            share: words::percent(words.share(fix, self.analysis)),
            credentials: words::count(fix.credentials),
            who: words.fixed_by(fix.control),
            breaks: words.breaks(fix),
            last_used: words.last_used(fix),
            last_used_in: words.last_used_place(fix).map(|id| words.place(id)),
            edits: fix.edits.iter().map(|edit| Edit::of(words, edit)).collect(),
            read_in: words.because(fix.control).place,
            example: fix.example.as_ref().map(|(credential, reached)| Example {
                credential: words.credential(*credential),
                resource: words.resource(reached.resource),
                path: self.path(reached, Some(fix.removed(&self.analysis.steps))),
            }),
        }
    }

    /// The resources that the paths of the credentials end in, heaviest first: the same paths from the other end.
    fn resources(&self) -> Vec<Resource> {
        let mut by_resource: IndexMap<ResourceId, Vec<(usize, &ScenarioReach, &ReachedResource)>> =
            IndexMap::new();
        for (number, scenario) in self.analysis.credentials.iter().enumerate().take(MAX_ROWS) {
            for reached in &scenario.top {
                by_resource.entry(reached.resource).or_default().push((
                    number + 1,
                    scenario,
                    reached,
                ));
            }
        }
        let inventory = &self.analysis.inventory;
        by_resource.sort_by(|a, of_a, b, of_b| {
            let sensitivity = |id: ResourceId| inventory.resources[id].sensitivity;
            sensitivity(*b)
                .cmp(&sensitivity(*a))
                .then(of_b.len().cmp(&of_a.len()))
                .then(a.cmp(b))
        });
        by_resource
            .into_iter()
            .take(MAX_ROWS)
            .map(|(id, of)| Resource {
                name: self.words.resource(id),
                access: gravest(&of).0.name(),
                sensitivity: inventory.resources[id].sensitivity.name(),
                is_crown: self.words.is_crown(id),
                certainty: if gravest(&of).1 {
                    "certain"
                } else {
                    "conditional"
                },
                by: of
                    .iter()
                    .take(MAX_NAMED)
                    .map(|(number, scenario, _)| Link {
                        number: *number,
                        name: self.words.leak(scenario.leak),
                    })
                    .collect(),
                more: more(of.len(), MAX_NAMED, "credential"),
            })
            .collect()
    }
}

/// The gravest access that any of them gains, and whether one of them surely gains that.
fn gravest(of: &[(usize, &ScenarioReach, &ReachedResource)]) -> (Access, bool) {
    of.iter()
        .map(|(_, _, reached)| (reached.access, reached.is_certain))
        .max()
        .unwrap_or((Access::List, false))
}

/// The first few names, and how many more there are.
fn named(names: impl ExactSizeIterator<Item = String>, one: &str, none: &str) -> String {
    let rest = more(names.len(), MAX_NAMED, one);
    let mut shown: Vec<String> = names.take(MAX_NAMED).collect();
    shown.extend(rest.map(|rest| format!("{rest} more")));
    if shown.is_empty() {
        none.to_owned()
    } else {
        shown.join("; ")
    }
}

/// A text in which names stand between backticks, with the quotes of running text.
fn quoted(text: &str) -> String {
    let parts = text.split('`').enumerate();
    parts
        .map(|(at, part)| match at {
            0 => part.to_owned(),
            _ if at % 2 == 1 => format!("\u{201c}{part}"),
            _ => format!("\u{201d}{part}"),
        })
        .collect()
}

#[cfg(test)]
mod tests;
