//! Version 1 of `report.json`. Fields are only added; what changes meaning makes version 2.
//!
//! Names, keys and paths are as the exports have them, control characters included (JSON escapes them); texts are made
//! for people.

use crate::analysis::{self, Analysis, Element};
use crate::changes::Changes;
use crate::inventory::{BandLimit, CredentialId, EvidenceId, PrincipalId};
use crate::problem;
use crate::reports::words::Words;
use crate::reports::words::holders::Holders;
use crate::risk;
use crate::steps::StepId;
use schemars::JsonSchema;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

/// Where the schema of this version is told apart from others.
pub(super) const SCHEMA: &str = "https://leakreach.dev/schema/report-1.json";

/// Points with all their decimals; admin on one internal resource, reached for sure and over no border, is one point.
#[derive(Debug, Clone, Copy)]
pub(super) struct Points(pub(super) risk::Points);

impl Serialize for Points {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // Written from the integer: a float would bring errors of its own into the last digit.
        RawValue::from_string(self.0.exact())
            .map_err(serde::ser::Error::custom)?
            .serialize(serializer)
    }
}

impl JsonSchema for Points {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Points".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "number", "minimum": 0 })
    }
}

/// A number from 0 to 1 with a fixed number of decimals.
#[derive(Debug, Clone)]
struct Decimal(String);

impl Decimal {
    /// A share, to six decimals.
    fn share(share: f64) -> Self {
        Self::trimmed(&format!("{share:.6}"))
    }

    /// A chance in parts of 20,000: of the mean of two chances in ten-thousandths nothing is lost.
    fn chance(parts: u64) -> Self {
        let part = parts * 5;
        Self::trimmed(&format!("{}.{:05}", part / 100_000, part % 100_000))
    }

    fn trimmed(number: &str) -> Self {
        let number = match number.contains('.') {
            true => number.trim_end_matches('0').trim_end_matches('.'),
            false => number,
        };
        Self(number.to_owned())
    }
}

impl Serialize for Decimal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        RawValue::from_string(self.0.clone())
            .map_err(serde::ser::Error::custom)?
            .serialize(serializer)
    }
}

impl JsonSchema for Decimal {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Decimal".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "number", "minimum": 0, "maximum": 1 })
    }
}

/// What leakreach found: how far each leaked credential travels, and which fix shrinks that most.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(title = "leakreach report, version 1")]
pub(super) struct Report {
    /// The address of this schema. It names the schema; nothing is fetched from it.
    schema: &'static str,
    /// The version of this shape: 1.
    version: u32,
    /// What made the report.
    tool: Tool,
    /// The moment that counts as now (RFC 3339).
    as_of: String,
    /// What was read.
    inputs: Inputs,
    /// What is wrong with the input, in order of file and line.
    problems: Vec<Problem>,
    /// What no export covers: unknown, never zero.
    coverage: Vec<Gap>,
    /// Sums over the estate.
    totals: Totals,
    /// How bad it is for the whole, and what that rests on.
    risk: EstateRisk,
    /// All credentials, by rank.
    credentials: Vec<Credential>,
    /// All places where credentials lie, by rank.
    exposures: Vec<Exposure>,
    /// The fixes, by rank.
    fixes: Vec<Fix>,
    /// What somebody should look at, the gravest first.
    findings: Vec<Finding>,
    /// What changed since the baseline; only where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    changes: Option<Changes>,
}

/// What a check found.
#[derive(Debug, Serialize, JsonSchema)]
struct Finding {
    /// The check's stable id: `BR-PTH-01`; `leakreach list findings` has its page.
    rule: &'static str,
    /// What the check finds, in a few words.
    title: &'static str,
    /// The same in every run that finds it: made of the rule and of stable ids alone.
    fingerprint: String,
    /// `critical`, `high`, `medium`, `low` or `info`.
    severity: &'static str,
    /// The id of what it is about.
    subject: String,
    /// What that is: `credential`, `exposure`, `principal`, `resource`, `control` (its id is that of its fix), `unknown`.
    subject_kind: &'static str,
    /// The id of what else it is about; null where there is nothing else.
    object: Option<String>,
    /// What that is.
    object_kind: Option<&'static str>,
    /// What was found, in one line.
    text: String,
    /// Where it was read: first the place to look at.
    evidence: Vec<Place>,
    /// What weighs on it, the one number between certain and possible points; null where there is no such figure.
    points: Option<Points>,
}

/// The program.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Tool {
    /// Its name.
    name: &'static str,
    /// Its version.
    version: &'static str,
}

/// What was read.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Inputs {
    /// The files that were read.
    files: Vec<File>,
    /// Paths of files that are no exports by their kind.
    ignored: Vec<String>,
    /// Records in all files.
    records: u64,
    /// Objects of which a source lists nothing, though it lists something of others of their sort.
    unlisted: Vec<Unlisted>,
}

/// Objects whose list is missing: what lies with them is not observed.
#[derive(Debug, Serialize, JsonSchema)]
struct Unlisted {
    /// The source.
    source: &'static str,
    /// The tenant's key.
    of: String,
    /// What is not listed of them; empty where the source has no word for it.
    list: String,
    /// Keys of the objects: users whose access keys no file lists.
    objects: Vec<String>,
}

/// A file.
#[derive(Debug, Serialize, JsonSchema)]
struct File {
    /// Its path.
    path: String,
    /// Its size.
    bytes: u64,
    /// The sources that recognised something in it.
    sources: Vec<&'static str>,
    /// Records read from it.
    records: u64,
    /// What it tells of; the name of a file does not matter to that, nor how many there are.
    covers: Vec<Covers>,
}

/// That a file tells of something.
#[derive(Debug, Serialize, JsonSchema)]
struct Covers {
    /// The source; null of a file that could not be read.
    source: Option<&'static str>,
    /// Key of the tenant, or `device:HOST/USER`, `repository:OWNER/NAME`; null where neither content nor layout says.
    of: Option<String>,
    /// What is listed, where it is a list: `access-key`, `principal`, a resource type.
    list: Option<String>,
    /// The one object of it that is listed, or the one region (`region:eu-west-1`).
    object: Option<String>,
    /// The kind of that object, where an export describes it.
    kind: Option<String>,
}

/// Something that is wrong with an input.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Problem {
    /// The file; empty where it belongs to no single one.
    path: String,
    /// Line, from 1; null when it concerns the whole file.
    line: Option<u32>,
    /// JSON pointer inside the file; empty when there is none.
    pointer: String,
    /// `skipped`, `doubt` or `note`.
    severity: &'static str,
    /// The stable code.
    code: &'static str,
    /// What is wrong.
    message: String,
    /// What to do about it; may be empty.
    help: String,
}

/// Something that no export covers.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Gap {
    /// What it is about.
    subject: String,
    /// What is not known, and what that does to the answer.
    text: String,
    /// Which export would settle it; empty when none can.
    remedy: String,
}

/// Sums over the estate.
#[derive(Debug, Serialize, JsonSchema)]
struct Totals {
    /// Certain reach, summed over all credentials.
    certain: Points,
    /// Possible reach, summed over all credentials.
    possible: Points,
    /// Tenants in the inventory.
    tenants: usize,
    /// Principals in the inventory.
    principals: usize,
    /// Credentials in the inventory.
    credentials: usize,
    /// Exposures in the inventory.
    exposures: usize,
    /// Resources in the inventory.
    resources: usize,
    /// Scopes in the inventory.
    scopes: usize,
    /// Steps that an attacker could take.
    steps: usize,
    /// Candidate fixes.
    fix_candidates: u64,
    /// Candidates that were not priced because none of them can gain more than the last fix of the list.
    fix_candidates_bounded: u64,
}

/// How bad it is for the whole.
#[derive(Debug, Serialize, JsonSchema)]
struct EstateRisk {
    /// The version of the model.
    model: &'static str,
    /// What was asked of credentials: `blast-radius`, what if it leaks now; `risk`, how likely is that.
    mode: &'static str,
    /// Which one number between certain and possible points decides ranks, scores, shares and bands: `mean`, `certain` or
    /// `possible`.
    bound: &'static str,
    /// What is lost on average.
    organisation: Organisation,
    /// How many credentials are of each band.
    bands: Bands,
    /// From which share of all value on a credential is of a band: the estate file's, or those of the gate's policy.
    thresholds: Thresholds,
    /// The same without the credentials that the policy of a gate accepts; only where it accepts any.
    #[serde(skip_serializing_if = "Option::is_none")]
    unaccepted: Option<Unaccepted>,
    /// What to classify next: resources whose sensitivity is assumed, that first on which most points hang.
    labels: Vec<Label>,
    /// What points would be in all under other assumptions.
    sensitivities: Vec<Assumption>,
}

/// What is lost on average of the value of all resources; no resource counts twice.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Organisation {
    /// By certain reach.
    certain: Points,
    /// By possible reach.
    possible: Points,
    /// The one number between both: their mean, unless `bound` says otherwise.
    score: Points,
    /// What all resources are worth.
    value: Points,
    /// The score as a share of that.
    share: Decimal,
    /// The share of all points that the first tenth of credentials have.
    concentration: Decimal,
    /// The share of credentials whose reach is known.
    coverage: Decimal,
}

impl Organisation {
    pub(super) fn of(analysis: &Analysis) -> Self {
        let whole = &analysis.organisation;
        Self {
            certain: Points(whole.certain),
            possible: Points(whole.possible),
            score: Points(whole.score()),
            value: Points(whole.value),
            share: Decimal::share(whole.score().share_of(whole.value)),
            concentration: Decimal::share(whole.concentration),
            coverage: Decimal::share(whole.covered()),
        }
    }
}

/// Credentials by band.
#[derive(Debug, Serialize, JsonSchema)]
struct Bands {
    /// A crown jewel for certain, or a tenth of all value.
    critical: usize,
    /// A crown jewel possibly, or a hundredth.
    high: usize,
    /// A thousandth.
    medium: usize,
    /// Anything.
    low: usize,
    /// Nothing.
    none: usize,
    /// No export says what it opens.
    unknown: usize,
}

impl Bands {
    fn of(organisation: &analysis::Organisation) -> Self {
        let of = |band: risk::Band| {
            let mut bands = organisation.bands.iter();
            bands.find(|one| one.0 == band).map_or(0, |one| one.1)
        };
        Self {
            critical: of(risk::Band::Critical),
            high: of(risk::Band::High),
            medium: of(risk::Band::Medium),
            low: of(risk::Band::Low),
            none: of(risk::Band::None),
            unknown: of(risk::Band::Unknown),
        }
    }
}

/// Shares of all value, from 0 to 1.
#[derive(Debug, Serialize, JsonSchema)]
struct Thresholds {
    /// Of the highest band.
    critical: Decimal,
    /// Of the next.
    high: Decimal,
    /// Of the next.
    medium: Decimal,
}

impl Thresholds {
    fn of(settings: &risk::Settings) -> Self {
        let of = |limit| Decimal::chance(2 * settings.band(limit));
        Self {
            critical: of(BandLimit::Critical),
            high: of(BandLimit::High),
            medium: of(BandLimit::Medium),
        }
    }
}

/// How bad it is without the credentials that are accepted.
#[derive(Debug, Serialize, JsonSchema)]
struct Unaccepted {
    /// How many credentials are accepted.
    accepted: usize,
    /// What points are in all without them.
    points: Layers,
    /// What the others take from the organisation by certain reach.
    certain: Points,
    /// By possible reach.
    possible: Points,
    /// The mean of both.
    score: Points,
}

impl Unaccepted {
    fn of(one: &analysis::Unaccepted) -> Self {
        Self {
            accepted: one.accepted,
            points: Layers {
                certain: Points(one.total.0),
                possible: Points(one.total.1),
            },
            certain: Points(one.lost.0),
            possible: Points(one.lost.1),
            score: Points(one.score()),
        }
    }
}

/// Resources of one type in one tenant whose sensitivity is assumed.
#[derive(Debug, Serialize, JsonSchema)]
struct Label {
    /// The type.
    kind: String,
    /// The key of the tenant; null where no export says.
    tenant: Option<String>,
    /// The sensitivity that is assumed.
    assumed: &'static str,
    /// How many of them are reached.
    count: usize,
    /// Keys of the first of them.
    resources: Vec<String>,
    /// By how much all points would change at most, if they were known to be of another level.
    swing: Points,
    /// What the points of these would be at each level.
    at: Levels,
}

/// Points at each level of sensitivity: the one number between certain and possible.
#[derive(Debug, Serialize, JsonSchema)]
struct Levels {
    /// Meant for everybody.
    public: Points,
    /// Meant for the company.
    internal: Points,
    /// Meant for few.
    confidential: Points,
    /// Regulated, or keys to other things.
    restricted: Points,
    /// A crown jewel.
    crown: Points,
}

/// So many keys are told of a group.
const MAX_LABELLED: usize = 10;

impl Label {
    fn of(analysis: &Analysis, group: &analysis::Unlabelled) -> Self {
        let inventory = &analysis.inventory;
        let [public, internal, confidential, restricted, crown] = group.at.map(Points);
        let keys = group.resources.iter().take(MAX_LABELLED);
        Self {
            kind: group.kind.clone(),
            tenant: group.tenant.map(|id| inventory.tenants[id].key.to_string()),
            assumed: group.assumed.name(),
            count: group.resources.len(),
            resources: keys
                .map(|&id| inventory.resources[id].key.to_string())
                .collect(),
            swing: Points(group.swing()),
            at: Levels {
                public,
                internal,
                confidential,
                restricted,
                crown,
            },
        }
    }
}

/// What points would be in all under another assumption.
#[derive(Debug, Serialize, JsonSchema)]
struct Assumption {
    /// The sort of place, and how long it takes there from theft to use.
    assumed: String,
    /// Certain points over all credentials.
    certain: Points,
    /// Possible points over all credentials.
    possible: Points,
}

impl EstateRisk {
    fn of(analysis: &Analysis) -> Self {
        let whole = &analysis.organisation;
        let groups = analysis.unlabelled.iter();
        let others = whole.sensitivities.iter();
        Self {
            model: risk::MODEL,
            mode: analysis.model.mode.name(),
            bound: analysis.model.measure.name(),
            organisation: Organisation::of(analysis),
            bands: Bands::of(whole),
            thresholds: Thresholds::of(&analysis.model.settings),
            unaccepted: whole.unaccepted.as_ref().map(Unaccepted::of),
            labels: groups.map(|group| Label::of(analysis, group)).collect(),
            sensitivities: others
                .map(|one| Assumption {
                    assumed: format!("{} {}", one.haunt.name(), one.delay),
                    certain: Points(one.total.0),
                    possible: Points(one.total.1),
                })
                .collect(),
        }
    }
}

/// How bad a scenario is, with every term.
#[derive(Debug, Serialize, JsonSchema)]
struct Risk {
    /// P, from 0 to 1: the mean of both bounds.
    chance: Decimal,
    /// P in both bounds; they differ where no export tells how long it lives, or when it was made.
    chances: Bounds,
    /// P · Σ X · V · A of certain reach.
    certain: Points,
    /// The same of possible reach.
    possible: Points,
    /// The one number between both: their mean, rounded down to 1/4,000,000, unless the `bound` of all risk says otherwise.
    points: Points,
    /// Σ X · V · A.
    weight: Layers,
    /// What is lost on average of the value of all resources: P · Σ V · A, the one number between certain and possible.
    share: Decimal,
    /// `critical`, `high`, `medium`, `low`, `none` or `unknown`.
    band: &'static str,
    /// All terms, from which the points are recomputed by hand.
    vector: String,
}

/// A chance in both bounds.
#[derive(Debug, Serialize, JsonSchema)]
struct Bounds {
    /// The one that goes with certain reach.
    certain: Decimal,
    /// The one that goes with possible reach.
    possible: Decimal,
}

/// Points of certain and of possible reach.
#[derive(Debug, Serialize, JsonSchema)]
struct Layers {
    /// Of certain reach.
    certain: Points,
    /// Of possible reach.
    possible: Points,
}

impl Risk {
    fn of(analysis: &Analysis, scenario: &analysis::ScenarioReach) -> Self {
        let vector = &scenario.vector;
        let risk::Chance { certain, possible } = vector.chance;
        // Quarters of hundredths of a point.
        let weight =
            |terms: &risk::Terms| Points(risk::Points(terms.weight().saturating_mul(risk::WHOLE)));
        Self {
            chance: Decimal::chance(certain + possible),
            chances: Bounds {
                certain: Decimal::chance(2 * certain),
                possible: Decimal::chance(2 * possible),
            },
            certain: Points(scenario.certain.points),
            possible: Points(scenario.possible.points),
            points: Points(scenario.points(analysis.model.measure)),
            weight: Layers {
                certain: weight(&vector.certain),
                possible: weight(&vector.possible),
            },
            share: Decimal::share(
                scenario.share(analysis.model.measure, analysis.organisation.value),
            ),
            band: scenario.band.name(),
            vector: vector.to_string(),
        }
    }
}

/// How far something travels.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Reach {
    /// Weighted reach, times the chance that it leaks and is used.
    points: Points,
    /// Credentials gained.
    credentials: u64,
    /// Principals the attacker can act as.
    principals: u64,
    /// Resources with any access.
    resources: u64,
    /// Crown jewels among them, with read access or graver.
    crown_jewels: u64,
    /// Whole tenants among them that are administered and no crown jewels: accounts, organisations, clusters.
    tenants: u64,
}

/// What every scenario has.
#[derive(Debug, Serialize, JsonSchema)]
struct Scenario {
    /// Place in the ranking, from 1; equal reach has equal rank.
    rank: u64,
    /// Reach without conditional steps: a lower bound.
    certain: Reach,
    /// Reach with them: an upper bound.
    possible: Reach,
    /// How bad that is.
    risk: Risk,
    /// Why the reach is unknown rather than small; null when it is known.
    unknown: Option<String>,
    /// The weightiest resources reached; only for scenarios that are shown in full.
    top: Vec<Reached>,
    /// Where the reach lies; null for scenarios that are not shown in full, and where nothing is reached.
    breakdown: Option<Breakdown>,
}

/// Where reach lies. Each list adds up to all points.
#[derive(Debug, Serialize, JsonSchema)]
struct Breakdown {
    /// By type of resource.
    kinds: Vec<Part>,
    /// By access: resources with that one or a graver one; each weighs what it adds to the one below it.
    accesses: Vec<Part>,
    /// By environment; an empty name: not known.
    environments: Vec<Part>,
    /// By tenant; an empty name: not known.
    tenants: Vec<Part>,
}

/// What is reached of one sort.
#[derive(Debug, Serialize, JsonSchema)]
struct Part {
    /// The sort.
    name: String,
    /// Resources, for certain.
    certain: u64,
    /// Resources, possibly.
    possible: u64,
    /// What certain reach of them weighs.
    certain_points: Points,
    /// What possible reach of them weighs.
    possible_points: Points,
}

impl Part {
    fn new(name: String, share: &analysis::BreakdownShare) -> Self {
        Self {
            name,
            certain: share.certain,
            possible: share.possible,
            certain_points: Points(share.certain_points),
            possible_points: Points(share.possible_points),
        }
    }
}

/// A credential, and how far it travels when it leaks.
#[derive(Debug, Serialize, JsonSchema)]
struct Credential {
    /// Stable key; never derived from the secret value.
    id: String,
    /// The name for people.
    name: String,
    /// The kind.
    kind: &'static str,
    /// The issuer's id for it.
    identifier: Option<String>,
    /// The principal that it authenticates; null: unknown, so its reach is unknown.
    principal: Option<Principal>,
    /// `active`, `inactive` or `unknown`.
    status: &'static str,
    /// `static`, `expiring` or `unknown`.
    lifetime: &'static str,
    /// When it was made or last rotated (RFC 3339).
    created: Option<String>,
    /// When it ends.
    expires: Option<String>,
    /// When it was last used.
    last_used: Option<String>,
    /// When somebody looked last at it, or at the principal that it authenticates; null where nothing tells.
    last_review: Option<String>,
    /// A second factor that its use needs.
    second_factor: Option<String>,
    /// Ids of the exposures where it lies.
    exposures: Vec<String>,
    /// Where it was read.
    evidence: Vec<Place>,
    /// How far it travels.
    #[serde(flatten)]
    scenario: Scenario,
}

/// Who acts.
#[derive(Debug, Serialize, JsonSchema)]
struct Principal {
    /// Stable key.
    id: String,
    /// The name for people.
    name: String,
    /// The kind.
    kind: &'static str,
    /// The platform.
    platform: &'static str,
    /// The tenant's key.
    tenant: Option<String>,
    /// Who is responsible for it.
    owner: Option<String>,
    /// The environment of its tenant; null where it is not known.
    environment: Option<String>,
}

/// Who holds what lies in a place.
#[derive(Debug, Serialize, JsonSchema)]
struct Holder {
    /// The principal's key.
    id: String,
    /// The name for people.
    name: String,
    /// The kind.
    kind: &'static str,
    /// Ids of those who drive it, the nearest first: the assistant of a server, then its user.
    driven_by: Vec<String>,
}

/// A place where credentials lie, and how far all of them travel together.
#[derive(Debug, Serialize, JsonSchema)]
struct Exposure {
    /// Stable key.
    id: String,
    /// The name for people.
    name: String,
    /// The kind.
    kind: &'static str,
    /// The id of the resource whose readers read this place.
    resource: Option<String>,
    /// Who holds what lies here because it runs with it: a server, an assistant, the user of a machine.
    holders: Vec<Holder>,
    /// Ids of the credentials that lie here.
    credentials: Vec<String>,
    /// What is told of each.
    lying: Vec<Lies>,
    /// Credentials that lay here with a value that was replaced since.
    ended: Vec<EndedLeak>,
    /// Where it was read.
    evidence: Vec<Place>,
    /// How far they travel.
    #[serde(flatten)]
    scenario: Scenario,
}

/// What is told of a credential that lies in a place.
#[derive(Debug, Serialize, JsonSchema)]
struct Lies {
    /// Id of the credential.
    credential: String,
    /// The name it has there: the variable, the scanner's rule.
    name: String,
    /// Since when, as far as is known (RFC 3339).
    since: Option<String>,
    /// Whether it worked when who found it tried it; null where nobody tried, or nothing came of it.
    worked: Option<bool>,
    /// Whether anybody can read the place, as far as who found it says so.
    is_public: bool,
    /// Whether it has leaked for good: clearing the place takes it from nobody.
    has_leaked: bool,
    /// Why holding the place may not mean holding the credential.
    doubt: Option<String>,
}

/// A leak that a rotation has ended.
#[derive(Debug, Serialize, JsonSchema)]
struct EndedLeak {
    /// Id of the credential.
    credential: String,
    /// When its old value was seen there (RFC 3339).
    since: String,
    /// When it got another.
    rotated: String,
}

/// A resource that is reached.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Reached {
    /// The resource's stable key.
    resource: String,
    /// Its name for people.
    name: String,
    /// Its type in the platform's own words.
    kind: String,
    /// The tenant's key.
    tenant: Option<String>,
    /// Its environment; null where it is not known.
    environment: Option<String>,
    /// How much harm access to it does.
    sensitivity: &'static str,
    /// From what the sensitivity is assumed; null when it is stated.
    sensitivity_assumed: Option<String>,
    /// The gravest access gained.
    access: &'static str,
    /// What reaching it weighs.
    points: Points,
    /// Whether it is reached without any conditional step.
    certain: bool,
    /// Length of the shortest chain of moves.
    hops: u32,
    /// The proof: each step's needs leaked, or are gained by a step before it.
    proof: Vec<Step>,
}

/// A step of a proof.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Step {
    /// The technique's stable id.
    technique: String,
    /// What the attacker does.
    name: String,
    /// MITRE ATT&CK technique ids.
    attack: Vec<String>,
    /// What must be held, all of it.
    needs: Vec<String>,
    /// What is gained.
    gain: String,
    /// Ids of what stops it, any one of them; the same ids as in `fixes`.
    controls: Vec<String>,
    /// Where what it rests on was read.
    evidence: Vec<Place>,
    /// On what it hangs that cannot be decided offline; null for a certain step.
    condition: Option<String>,
}

/// A place in a file.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Place {
    /// The file.
    path: String,
    /// Line, from 1.
    line: u32,
    /// JSON pointer inside the file (RFC 6901); for CSV `/ROW/COLUMN`.
    pointer: String,
}

/// A fix with its exact gain: total reach before, minus after it alone is applied.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Fix {
    /// Stable id of what it removes: `scope:…`, `credential:…`, `exposure:…`; where it narrows that, `?drop=…` follows, and
    /// `&add=…`; before them `?in=…` where that is not of `Action`.
    id: String,
    /// What sort of control it is.
    kind: &'static str,
    /// What to do.
    text: String,
    /// To what it narrows a statement; null where it removes it.
    narrowing: Option<Narrowing>,
    /// The edits of policy documents by which it is done; none where it is done otherwise, or where no edit does exactly
    /// that. Each is for the documents as they were exported: after one, indices may differ.
    edits: Vec<Edit>,
    /// Who can do it, where the inventory tells.
    by: Option<String>,
    /// What it may break, where the inventory tells.
    may_break: Option<String>,
    /// When what it takes away was last used; null where that is no question.
    last_used: Option<LastUsed>,
    /// Place in the ranking, from 1; equal gains have equal rank.
    rank: u64,
    /// Loss of certain reach.
    certain: Points,
    /// Loss of possible reach.
    possible: Points,
    /// Credentials whose possible reach shrinks.
    credentials: u64,
    /// Where what it removes was read.
    evidence: Vec<Place>,
    /// One path that it cuts.
    example: Option<Example>,
}

/// What becomes of an element of a statement.
#[derive(Debug, Serialize, JsonSchema)]
struct Narrowing {
    /// Which: `Action`, `Resource` or `Condition`.
    element: &'static str,
    /// The entries of it that go; of conditions none.
    dropped: Vec<String>,
    /// The entries that come in their place.
    added: Vec<String>,
    /// The entries that the statement has then.
    kept: Vec<String>,
    /// Whether exports tell that none of what goes was used for 90 days.
    is_unused: bool,
}

/// What becomes of one policy document.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Edit {
    /// The statement as it was read.
    place: Place,
    /// JSON pointer of the document in its file.
    document: String,
    /// Whether the document is a string there, percent-encoded or not: the patch is of what it decodes to.
    is_in_text: bool,
    /// A JSON Patch (RFC 6902); its paths begin at the document.
    patch: Vec<Operation>,
}

/// An operation of a JSON Patch.
#[derive(Debug, Serialize, JsonSchema)]
struct Operation {
    /// `test`, `remove`, `replace` or `add`.
    op: &'static str,
    /// Where, as a JSON pointer.
    path: String,
    /// What must be there, or what comes there.
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<Patched>,
}

/// A value of a JSON Patch.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(untagged)]
enum Patched {
    Text(String),
    List(Vec<String>),
    Any(serde_json::Value),
}

/// When what a fix takes away was last used.
#[derive(Debug, Serialize, JsonSchema)]
struct LastUsed {
    /// `used`: then; `not_after`: surely not later; `not_used`: not as far back as exports look; `unknown`.
    state: &'static str,
    /// In words.
    text: String,
    /// The moment of `used` and `not_after` (RFC 3339).
    at: Option<String>,
    /// Key of the principal that used it, where known.
    by: Option<String>,
    /// The service or action of which that is told; null: anything.
    of: Option<String>,
    /// How many days back an export of `not_used` looks, where it says.
    days: Option<u16>,
    /// When that export was made.
    observed: Option<String>,
    /// Where that was read.
    evidence: Vec<Place>,
}

/// A path that a fix cuts.
#[derive(Debug, Serialize, JsonSchema)]
struct Example {
    /// The id of the credential that it shortens most.
    credential: String,
    /// A resource that this one no longer reaches.
    reached: Reached,
}

/// Makes the report's parts from the analysis.
pub(super) struct Writer<'a> {
    analysis: &'a Analysis,
    words: Words<'a>,
    holders: Holders<'a>,
}

impl Report {
    /// The report of `analysis`.
    ///
    /// Linear in the inventory and the proofs.
    pub(super) fn of(analysis: &Analysis) -> Self {
        let inventory = &analysis.inventory;
        let writer = Writer::of(analysis);
        let mut lies_at = vec![Vec::new(); inventory.credentials.len()];
        for exposure in inventory.exposures.iter() {
            for lying in &exposure.lying {
                use crate::inventory::Id as _;
                if let Some(places) = lies_at.get_mut(lying.credential.index()) {
                    let id = exposure.key.to_string();
                    if places.last() != Some(&id) {
                        places.push(id);
                    }
                }
            }
        }
        Self {
            schema: SCHEMA,
            version: 1,
            tool: Tool::THIS,
            as_of: inventory.as_of.to_string(),
            inputs: Inputs::of(analysis),
            problems: analysis.problems.iter().map(Problem::of).collect(),
            coverage: analysis.gaps.iter().map(Gap::of).collect(),
            totals: Totals {
                certain: Points(analysis.total.0),
                possible: Points(analysis.total.1),
                tenants: inventory.tenants.len(),
                principals: inventory.principals.len(),
                credentials: inventory.credentials.len(),
                exposures: inventory.exposures.len(),
                resources: inventory.resources.len(),
                scopes: inventory.scopes.len(),
                steps: (analysis.steps.ids())
                    .filter(|&id| !analysis.steps.is_leftover(id))
                    .count(),
                fix_candidates: analysis.candidates,
                fix_candidates_bounded: analysis.bounded,
            },
            risk: EstateRisk::of(analysis),
            credentials: analysis
                .credentials
                .iter()
                .filter_map(|scenario| writer.credential(scenario, &lies_at))
                .collect(),
            exposures: analysis
                .exposures
                .iter()
                .filter_map(|scenario| writer.exposure(scenario))
                .collect(),
            fixes: analysis.fixes.iter().map(|fix| writer.fix(fix)).collect(),
            findings: analysis
                .findings
                .iter()
                .map(|finding| writer.finding(finding))
                .collect(),
            changes: analysis.over_time.changes.clone(),
        }
    }
}

impl Tool {
    /// This program.
    pub(super) const THIS: Self = Self {
        name: env!("CARGO_PKG_NAME"),
        version: env!("CARGO_PKG_VERSION"),
    };
}

impl Inputs {
    /// What was read for `analysis`.
    pub(super) fn of(analysis: &Analysis) -> Self {
        let inventory = &analysis.inventory;
        Self {
            files: inventory
                .files
                .iter()
                .map(|file| File {
                    path: file.path.to_string(),
                    bytes: file.bytes,
                    sources: file.sources.clone(),
                    records: file.records,
                    covers: file
                        .covers
                        .iter()
                        .map(|covers| Covers {
                            source: covers.source,
                            of: covers.of.as_ref().map(ToString::to_string),
                            list: covers.list.clone(),
                            kind: covers
                                .object
                                .as_ref()
                                .and_then(|object| inventory.kind_of(object))
                                .map(str::to_owned),
                            object: covers
                                .object
                                .as_ref()
                                .map(|object| inventory.main_key(object).to_string()),
                        })
                        .collect(),
                })
                .collect(),
            ignored: analysis.ignored.iter().map(ToString::to_string).collect(),
            records: inventory.files.iter().map(|file| file.records).sum(),
            unlisted: inventory
                .unlisted()
                .into_iter()
                .map(|unlisted| Unlisted {
                    source: unlisted.source,
                    of: unlisted.of.to_string(),
                    list: unlisted.list,
                    objects: unlisted.objects.iter().map(ToString::to_string).collect(),
                })
                .collect(),
        }
    }
}

impl<'a> Writer<'a> {
    /// Writes of `analysis`.
    pub(super) fn of(analysis: &'a Analysis) -> Self {
        Self {
            analysis,
            words: Words::of(analysis),
            holders: Holders::of(&analysis.inventory),
        }
    }
}

impl Problem {
    pub(super) fn of(problem: &problem::Problem) -> Self {
        Self {
            path: problem.path.to_string(),
            line: problem.line,
            pointer: problem.pointer.clone(),
            severity: problem.severity.name(),
            code: problem.code.name(),
            message: problem.message.clone(),
            help: problem.help.clone(),
        }
    }
}

impl Gap {
    pub(super) fn of(gap: &analysis::CoverageGap) -> Self {
        Self {
            subject: gap.subject.clone(),
            text: gap.text.clone(),
            remedy: gap.remedy.clone(),
        }
    }
}

impl From<&analysis::ReachSummary> for Reach {
    fn from(summary: &analysis::ReachSummary) -> Self {
        Self {
            points: Points(summary.points),
            credentials: summary.credentials,
            principals: summary.principals,
            resources: summary.resources,
            crown_jewels: summary.crowns,
            tenants: summary.tenants,
        }
    }
}

impl Writer<'_> {
    fn finding(&self, finding: &crate::findings::Finding) -> Finding {
        let object = finding.object.as_ref();
        Finding {
            rule: finding.check.id,
            title: finding.check.title,
            fingerprint: finding.fingerprint.clone(),
            severity: finding.severity.name(),
            subject: self.words.thing_key(&finding.subject),
            subject_kind: finding.subject.kind(),
            object: object.map(|thing| self.words.thing_key(thing)),
            object_kind: object.map(|thing| thing.kind()),
            text: self.words.finding(finding),
            evidence: self.places(&finding.evidence),
            points: finding.points.map(Points),
        }
    }

    fn credential(
        &self,
        scenario: &analysis::ScenarioReach,
        lies_at: &[Vec<String>],
    ) -> Option<Credential> {
        use crate::inventory::Id as _;
        let analysis::Leak::Credential(id) = scenario.leak else {
            return None;
        };
        let credential = &self.analysis.inventory.credentials[id];
        let moment = |at: Option<jiff::Timestamp>| at.map(|at| at.to_string());
        Some(Credential {
            id: credential.key.to_string(),
            name: credential.name.clone(),
            kind: credential.kind.name(),
            identifier: credential.identifier.clone(),
            principal: credential.principal.map(|id| self.principal(id)),
            status: credential.status.name(),
            lifetime: credential.lifetime.name(),
            created: moment(credential.created),
            expires: moment(credential.expires),
            last_used: moment(credential.last_used),
            last_review: moment(self.analysis.inventory.last_review(id)),
            second_factor: credential.second_factor.clone(),
            exposures: lies_at.get(id.index()).cloned().unwrap_or_default(),
            evidence: self.places(&credential.evidence),
            scenario: self.scenario(scenario),
        })
    }

    fn principal(&self, id: PrincipalId) -> Principal {
        let inventory = &self.analysis.inventory;
        let principal = &inventory.principals[id];
        Principal {
            id: principal.key.to_string(),
            name: principal.name.clone(),
            kind: principal.kind.name(),
            platform: principal.platform,
            tenant: principal
                .tenant
                .map(|id| inventory.tenants[id].key.to_string()),
            owner: principal.owner.clone(),
            environment: principal.tenant.and_then(|id| {
                let label = &inventory.tenants[id].environment;
                (!label.value.is_empty()).then(|| label.value.clone())
            }),
        }
    }

    fn exposure(&self, scenario: &analysis::ScenarioReach) -> Option<Exposure> {
        let analysis::Leak::Exposure(id) = scenario.leak else {
            return None;
        };
        let inventory = &self.analysis.inventory;
        let exposure = &inventory.exposures[id];
        let mut credentials: Vec<String> = exposure
            .lying
            .iter()
            .map(|lying| inventory.credentials[lying.credential].key.to_string())
            .collect();
        credentials.sort_unstable();
        credentials.dedup();
        let holder = |&id: &PrincipalId| {
            let drivers = self.holders.drivers(id).into_iter();
            let drivers = drivers.map(|id| inventory.principals[id].key.to_string());
            let principal = &inventory.principals[id];
            Holder {
                id: principal.key.to_string(),
                name: principal.name.clone(),
                kind: principal.kind.name(),
                driven_by: drivers.collect(),
            }
        };
        let key = |id: CredentialId| inventory.credentials[id].key.to_string();
        let mut lying: Vec<Lies> = exposure
            .lying
            .iter()
            .map(|one| Lies {
                credential: key(one.credential),
                name: one.name.clone(),
                since: one.sight.since.map(|at| at.to_string()),
                worked: one.sight.worked,
                is_public: one.sight.is_public,
                has_leaked: exposure.has_leaked(one),
                doubt: one.doubt.clone(),
            })
            .collect();
        lying.sort_by(|one, other| one.credential.cmp(&other.credential));
        let ended = exposure.ended.iter().map(|one| EndedLeak {
            credential: key(one.credential),
            since: one.since.to_string(),
            rotated: one.rotated.to_string(),
        });
        Some(Exposure {
            holders: exposure.holders.iter().map(holder).collect(),
            id: exposure.key.to_string(),
            name: exposure.name.clone(),
            kind: exposure.kind.name(),
            resource: exposure
                .resource
                .map(|id| inventory.resources[id].key.to_string()),
            credentials,
            lying,
            ended: ended.collect(),
            evidence: self.places(&exposure.evidence),
            scenario: self.scenario(scenario),
        })
    }

    fn scenario(&self, scenario: &analysis::ScenarioReach) -> Scenario {
        Scenario {
            rank: scenario.rank,
            risk: Risk::of(self.analysis, scenario),
            certain: (&scenario.certain).into(),
            possible: (&scenario.possible).into(),
            unknown: scenario.unknown.clone(),
            top: scenario
                .top
                .iter()
                .map(|reached| self.reached(reached))
                .collect(),
            breakdown: self.breakdown(&scenario.breakdown),
        }
    }

    fn breakdown(&self, breakdown: &analysis::Breakdown) -> Option<Breakdown> {
        if breakdown.accesses.is_empty() {
            return None;
        }
        let tenants = &self.analysis.inventory.tenants;
        let named = |(name, share): (&String, _)| Part::new(name.clone(), share);
        Some(Breakdown {
            kinds: breakdown.kinds.iter().map(named).collect(),
            accesses: breakdown
                .accesses
                .iter()
                .map(|(access, share)| Part::new(access.name().to_owned(), share))
                .collect(),
            environments: breakdown.environments.iter().map(named).collect(),
            tenants: breakdown
                .tenants
                .iter()
                .map(|(tenant, share)| {
                    let key = tenant.map(|id| tenants[id].key.to_string());
                    Part::new(key.unwrap_or_default(), share)
                })
                .collect(),
        })
    }

    pub(super) fn reached(&self, reached: &analysis::ReachedResource) -> Reached {
        let inventory = &self.analysis.inventory;
        let resource = &inventory.resources[reached.resource];
        Reached {
            resource: resource.key.to_string(),
            name: resource.name.clone(),
            kind: resource.kind.clone(),
            tenant: resource
                .tenant
                .map(|id| inventory.tenants[id].key.to_string()),
            environment: (!resource.environment.value.is_empty())
                .then(|| resource.environment.value.clone()),
            sensitivity: resource.sensitivity.name(),
            sensitivity_assumed: resource.sensitivity_assumed.clone(),
            access: reached.access.name(),
            points: Points(reached.points),
            certain: reached.is_certain,
            hops: reached.hops,
            proof: reached
                .proof
                .steps
                .iter()
                .map(|&step| self.step(step))
                .collect(),
        }
    }

    pub(super) fn step(&self, id: StepId) -> Step {
        let steps = &self.analysis.steps;
        let step = steps.step(id);
        let technique = &steps.techniques[step.technique];
        Step {
            technique: technique.id.clone(),
            name: technique.name.clone(),
            attack: technique.attack.clone(),
            needs: step
                .needs
                .iter()
                .map(|&fact| self.words.fact(fact))
                .collect(),
            gain: self.words.fact(step.gain),
            controls: step
                .controls
                .iter()
                .map(|&control| self.words.control_key(control))
                .collect(),
            evidence: self.places(step.evidence),
            condition: step.condition.map(|id| steps.conditions[id].clone()),
        }
    }

    pub(super) fn places(&self, evidence: &[EvidenceId]) -> Vec<Place> {
        evidence.iter().map(|&id| self.place(id)).collect()
    }

    fn place(&self, id: EvidenceId) -> Place {
        let inventory = &self.analysis.inventory;
        let place = &inventory.evidence[id];
        Place {
            path: inventory.files[place.file].path.to_string(),
            line: place.line,
            pointer: place.pointer.to_string(),
        }
    }

    pub(super) fn edit(&self, edit: &analysis::Edit) -> Edit {
        use analysis::Operation as Done;
        let operation = |done: &Done| match done {
            Done::Test { path, value } => Operation {
                op: "test",
                path: path.clone(),
                value: Some(Patched::Text(value.clone())),
            },
            Done::Remove { path } => Operation {
                op: "remove",
                path: path.clone(),
                value: None,
            },
            Done::Replace { path, value } => Operation {
                op: "replace",
                path: path.clone(),
                value: Some(Patched::List(value.clone())),
            },
            Done::Add { path, value } => Operation {
                op: "add",
                path: path.clone(),
                value: Some(Patched::Any(value.clone())),
            },
        };
        Edit {
            place: self.place(edit.evidence),
            document: edit.document.clone(),
            is_in_text: edit.is_in_text,
            patch: edit.operations.iter().map(operation).collect(),
        }
    }

    fn last_used(&self, fix: &analysis::PricedFix) -> Option<LastUsed> {
        use analysis::LastUsed as Told;
        let place: Vec<EvidenceId> = self.words.last_used_place(fix).into_iter().collect();
        let mut last = LastUsed {
            state: "unknown",
            text: self.words.last_used(fix)?,
            at: None,
            by: None,
            of: None,
            days: None,
            observed: None,
            evidence: self.places(&place),
        };
        match fix.last_used.as_ref()? {
            Told::On { at, of, by, .. } => {
                last.state = "used";
                last.at = Some(at.to_string());
                last.of.clone_from(of);
                last.by = by.as_ref().map(ToString::to_string);
            }
            Told::NotAfter { at, of, by, .. } => {
                last.state = "not_after";
                last.at = Some(at.to_string());
                last.of.clone_from(of);
                last.by = by.as_ref().map(ToString::to_string);
            }
            Told::Never { days, observed, .. } => {
                last.state = "not_used";
                last.days = *days;
                last.observed = observed.map(|at| at.to_string());
            }
            Told::Unknown => {}
        }
        Some(last)
    }

    pub(super) fn fix(&self, fix: &analysis::PricedFix) -> Fix {
        let evidence: Vec<EvidenceId> = self
            .words
            .control_evidence(fix.control)
            .into_iter()
            .collect();
        Fix {
            id: self.analysis.fix_key(fix),
            kind: self.words.control_kind(fix.control),
            text: self.words.order(fix),
            narrowing: fix.narrowing.as_ref().map(|narrowing| Narrowing {
                element: match narrowing.element {
                    Element::Action => "Action",
                    Element::Resource => "Resource",
                    Element::Condition => "Condition",
                },
                dropped: narrowing.dropped.clone(),
                added: narrowing.added.clone(),
                kept: narrowing.kept.clone(),
                is_unused: narrowing.is_unused,
            }),
            edits: fix.edits.iter().map(|edit| self.edit(edit)).collect(),
            by: self.words.fixed_by(fix.control),
            may_break: self.words.breaks(fix),
            last_used: self.last_used(fix),
            rank: fix.rank,
            certain: Points(fix.certain),
            possible: Points(fix.possible),
            credentials: fix.credentials,
            evidence: self.places(&evidence),
            example: fix.example.as_ref().map(|(credential, reached)| Example {
                credential: self.analysis.inventory.credentials[*credential]
                    .key
                    .to_string(),
                reached: self.reached(reached),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::schema;
    use super::*;
    use crate::reports::sample;
    use serde_json::Value;

    fn sample() -> Value {
        serde_json::from_slice(&super::super::render(&sample::analysis()).unwrap()).unwrap()
    }

    #[test]
    fn the_committed_schema_is_current() {
        schema::assert_committed::<Report>(SCHEMA);
    }

    #[test]
    fn the_sample_is_valid_and_a_wrong_one_is_not() {
        let validator = schema::validator::<Report>(SCHEMA);
        let mut report = sample();
        if let Err(error) = validator.validate(&report) {
            panic!("{error} at {}", error.instance_path());
        }
        report["credentials"][0]["rank"] = "first".into();
        assert!(!validator.is_valid(&report));
    }

    #[test]
    fn points_have_two_decimals_and_no_binary_error() {
        let mut analysis = sample::analysis();
        analysis.total.0 = risk::Points::hundredths(29);
        let text = String::from_utf8(super::super::render(&analysis).unwrap()).unwrap();
        assert!(text.contains("\"certain\": 0.29,"), "{text}");
    }

    #[test]
    fn hostile_names_come_back_as_they_went_in() {
        let report = sample();
        assert_eq!(
            report["exposures"][0]["top"][0]["resource"],
            sample::long_arn()
        );
        assert_eq!(report["credentials"][2]["name"], sample::LINE_BREAKER);
    }
}
