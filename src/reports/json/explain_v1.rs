//! Version 1 of `leakreach explain --format json`. Fields are only added; what changes meaning makes version 2.

use super::v1::{Gap, Place, Problem, Reached, Step, Tool, Writer};
use crate::analysis::{self, Analysis, Answer, Found, Leak, Proof, Question, Thing};
use crate::inventory::PrincipalId;
use crate::reports::words::Words;
use crate::reports::words::explain as phrases;
use crate::reports::words::holders::Holders;
use crate::steps::FactId;
use schemars::JsonSchema;
use serde::Serialize;

/// Where the schema of this version is told apart from others.
pub(super) const SCHEMA: &str = "https://leakreach.dev/schema/explain-1.json";

/// The answer to one question: why can this reach that, where could it go, who reaches it, what breaks without it.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(title = "leakreach explain, version 1")]
pub(super) struct Explained {
    /// The address of this schema. It names the schema; nothing is fetched from it.
    schema: &'static str,
    /// The version of this shape: 1.
    version: u32,
    /// What made the answer.
    tool: Tool,
    /// The moment that counts as now (RFC 3339).
    as_of: String,
    /// What is wrong with the input, in order of file and line.
    problems: Vec<Problem>,
    /// What no export covers: unknown, never zero.
    coverage: Vec<Gap>,
    /// What was asked.
    question: Asked,
    /// `certain`, `possible`, `no` (not even possibly, as far as exports tell) or `unknown`.
    answer: &'static str,
    /// The answer in a sentence.
    text: String,
    /// What leaks and leads nowhere, because no step begins with it.
    idle: Vec<Named>,
    /// What leaks and whose reach is unknown rather than small.
    unknown: Vec<Unknown>,
    /// How the target is reached: the surest way, then one to a graver access that is only possible.
    #[serde(skip_serializing_if = "Option::is_none")]
    ways: Option<Ways>,
    /// What is reached.
    #[serde(skip_serializing_if = "Option::is_none")]
    reach: Option<Reach>,
    /// Who reaches the target.
    #[serde(skip_serializing_if = "Option::is_none")]
    reachers: Option<Reachers>,
    /// What uses the credential.
    #[serde(skip_serializing_if = "Option::is_none")]
    uses: Option<Uses>,
}

/// What was asked.
#[derive(Debug, Serialize, JsonSchema)]
struct Asked {
    /// `ways`, `reach`, `reachers` or `uses`: the member that answers.
    kind: &'static str,
    /// In words.
    text: String,
    /// What leaks, all at once.
    from: Vec<Named>,
    /// What is reached; of `uses`, the credential.
    to: Option<Named>,
}

/// A thing.
#[derive(Debug, Serialize, JsonSchema)]
struct Named {
    /// `credential`, `exposure`, `principal`, `resource` or `tenant`.
    sort: &'static str,
    /// Stable key.
    id: String,
    /// In words.
    text: String,
}

/// Something whose reach is unknown.
#[derive(Debug, Serialize, JsonSchema)]
struct Unknown {
    /// The thing.
    thing: Named,
    /// Why.
    reason: String,
}

/// How a target is reached.
#[derive(Debug, Serialize, JsonSchema)]
struct Ways {
    /// The ways; none: it is not reached.
    ways: Vec<Way>,
    /// Whether anybody has all of that without any leak.
    anyone: bool,
}

/// A way.
#[derive(Debug, Serialize, JsonSchema)]
struct Way {
    /// What is gained in the end.
    goal: String,
    /// The access, where a resource is gained.
    access: Option<&'static str>,
    /// Whether it hangs on nothing that cannot be decided offline.
    certain: bool,
    /// Length in moves.
    hops: u32,
    /// On what it hangs, all of it.
    conditions: Vec<String>,
    /// What alone ends it, and every other way as sure.
    cuts: Vec<Cut>,
    /// The proof: each step's needs leaked, or are gained by a step before it.
    proof: Vec<Step>,
}

/// What ends a way.
#[derive(Debug, Serialize, JsonSchema)]
struct Cut {
    /// Id of the control, as in `fixes` of a report.
    id: String,
    /// What to do.
    text: String,
    /// What is left of the target then; null: nothing.
    left: Option<LeftOver>,
}

/// What is left of a target.
#[derive(Debug, Serialize, JsonSchema)]
struct LeftOver {
    /// In words.
    text: String,
    /// The access, where it is one.
    access: Option<&'static str>,
    /// Whether it is certain.
    certain: bool,
}

/// What a leak reaches.
#[derive(Debug, Serialize, JsonSchema)]
struct Reach {
    /// How many resources, possibly.
    resources: usize,
    /// The weightiest of them.
    top: Vec<Reached>,
    /// The credentials gained.
    credentials: Vec<Gained>,
    /// The principals that the attacker can act as.
    principals: Vec<Gained>,
}

/// Something gained.
#[derive(Debug, Serialize, JsonSchema)]
struct Gained {
    /// Stable key.
    id: String,
    /// In words.
    text: String,
    /// Whether it is certain.
    certain: bool,
}

/// Who reaches a target.
#[derive(Debug, Serialize, JsonSchema)]
struct Reachers {
    /// What anybody has without any leak; null: nothing.
    anyone: Option<LeftOver>,
    /// How many credentials and exposures reach more than that.
    count: usize,
    /// They, or the first of them: certain before possible, graver before lesser access, near before far.
    reaching: Vec<Reaching>,
}

/// One that reaches.
#[derive(Debug, Serialize, JsonSchema)]
struct Reaching {
    /// What leaks.
    leak: Named,
    /// The gravest access, where a resource is gained.
    access: Option<&'static str>,
    /// Whether it is certain.
    certain: bool,
    /// Length of the shortest way in moves.
    hops: u32,
    /// The proof.
    proof: Vec<Step>,
}

/// What uses a credential.
#[derive(Debug, Serialize, JsonSchema)]
struct Uses {
    /// Whom it acts as.
    principal: Option<Named>,
    /// Who is responsible, where an export says so.
    owner: Option<String>,
    /// When it was last used (RFC 3339); null: no export says.
    last_used: Option<String>,
    /// Id of the fix that revokes it; null where no step of an attacker needs it.
    fix: Option<String>,
    /// What a revocation may break.
    may_break: Option<String>,
    /// Where it lies, as far as exports tell.
    places: Vec<Lies>,
    /// Other credentials of the same principal, which go on.
    others: Vec<Named>,
}

/// A place where a credential lies.
#[derive(Debug, Serialize, JsonSchema)]
struct Lies {
    /// The place.
    place: Named,
    /// The names that it has there.
    names: Vec<String>,
    /// Why it may not lie there at all.
    doubt: Option<String>,
    /// Who runs with what lies there.
    holders: Vec<User>,
    /// As whom software on the place's resource acts.
    workloads: Vec<User>,
    /// Where that was read.
    evidence: Vec<Place>,
}

/// Who uses a credential.
#[derive(Debug, Serialize, JsonSchema)]
struct User {
    /// Stable key of the principal.
    id: String,
    /// In words.
    text: String,
    /// What it is: `person`, `agent`, `MCP server`, `CI workflow`, `workload` or `principal`.
    sort: &'static str,
    /// Keys of those who drive it, the nearest first.
    driven_by: Vec<String>,
}

struct Answering<'a> {
    analysis: &'a Analysis,
    words: Words<'a>,
    writer: Writer<'a>,
    holders: Holders<'a>,
}

impl Explained {
    /// `answer` of `analysis`; at most `most` of those that reach.
    pub(super) fn of(analysis: &Analysis, answer: &Answer, most: usize) -> Self {
        let of = Answering {
            analysis,
            words: Words::of(analysis),
            writer: Writer::of(analysis),
            holders: Holders::of(&analysis.inventory),
        };
        let things = |things: &[Thing]| things.iter().map(|&thing| of.named(thing)).collect();
        let (kind, from, to): (_, &[Thing], _) = match &answer.question {
            Question::Ways { from, to } => ("ways", from, Some(*to)),
            Question::Reach { from } => ("reach", from, None),
            Question::Reachers { to } => ("reachers", &[], Some(*to)),
            Question::Uses { credential } => ("uses", &[], Some(Thing::Credential(*credential))),
        };
        let mut explained = Self {
            schema: SCHEMA,
            version: 1,
            tool: Tool::THIS,
            as_of: analysis.inventory.as_of.to_string(),
            problems: analysis.problems.iter().map(Problem::of).collect(),
            coverage: analysis.gaps.iter().map(Gap::of).collect(),
            question: Asked {
                kind,
                text: of.words.question(&answer.question),
                from: things(from),
                to: to.map(|to| of.named(to)),
            },
            answer: phrases::verdict(answer).name(),
            text: of.words.in_short(answer),
            idle: things(&answer.idle),
            unknown: answer
                .unknown
                .iter()
                .map(|(thing, reason)| Unknown {
                    thing: of.named(*thing),
                    reason: reason.clone(),
                })
                .collect(),
            ways: None,
            reach: None,
            reachers: None,
            uses: None,
        };
        match &answer.found {
            Found::Ways(found) => explained.ways = Some(of.ways(found)),
            Found::Reach(found) => explained.reach = Some(of.reach(found)),
            Found::Reachers(found) => explained.reachers = Some(of.reachers(found, most)),
            Found::Uses(found) => explained.uses = Some(of.uses(found)),
        }
        explained
    }
}

impl Answering<'_> {
    fn named(&self, thing: Thing) -> Named {
        Named {
            sort: thing.sort().name(),
            id: thing.key(&self.analysis.inventory).to_owned(),
            text: self.words.named_thing(thing),
        }
    }

    fn proof(&self, proof: &Proof) -> Vec<Step> {
        let steps = proof.steps.iter();
        steps.map(|&step| self.writer.step(step)).collect()
    }

    fn left_over(&self, (fact, certain): (FactId, bool)) -> LeftOver {
        LeftOver {
            text: self.words.fact(fact),
            access: self.words.access_of(fact).map(|access| access.name()),
            certain,
        }
    }

    fn ways(&self, found: &analysis::Ways) -> Ways {
        let conditions = &self.analysis.steps.conditions;
        let way = |way: &analysis::Way| Way {
            goal: self.words.fact(way.goal),
            access: way.access.map(|access| access.name()),
            certain: way.is_certain,
            hops: way.hops,
            conditions: way
                .conditions
                .iter()
                .map(|&id| conditions[id].clone())
                .collect(),
            cuts: way
                .cuts
                .iter()
                .map(|cut| Cut {
                    id: self.analysis.control_key(cut.control),
                    text: self.words.fix(cut.control),
                    left: cut.left.map(|left| self.left_over(left)),
                })
                .collect(),
            proof: self.proof(&way.proof),
        };
        Ways {
            ways: found.ways.iter().map(way).collect(),
            anyone: found.is_anyones,
        }
    }

    fn reach(&self, found: &analysis::Reach) -> Reach {
        let gained = |(thing, certain): (Thing, bool)| Gained {
            id: thing.key(&self.analysis.inventory).to_owned(),
            text: self.words.named_thing(thing),
            certain,
        };
        let credentials = found.credentials.iter();
        let principals = found.principals.iter();
        Reach {
            resources: found.all,
            top: found
                .resources
                .iter()
                .map(|one| self.writer.reached(one))
                .collect(),
            credentials: credentials
                .map(|&(id, certain)| gained((Thing::Credential(id), certain)))
                .collect(),
            principals: principals
                .map(|&(id, certain)| gained((Thing::Principal(id), certain)))
                .collect(),
        }
    }

    fn reachers(&self, found: &analysis::Reachers, most: usize) -> Reachers {
        let reaching = found.reaching.iter().take(most).map(|one| Reaching {
            leak: self.named(match one.leak {
                Leak::Credential(id) => Thing::Credential(id),
                Leak::Exposure(id) => Thing::Exposure(id),
            }),
            access: one.access.map(|access| access.name()),
            certain: one.is_certain,
            hops: one.hops,
            proof: self.proof(&one.proof),
        });
        Reachers {
            anyone: found.anyone.map(|one| self.left_over(one)),
            count: found.reaching.len(),
            reaching: reaching.collect(),
        }
    }

    fn uses(&self, found: &analysis::Uses) -> Uses {
        let inventory = &self.analysis.inventory;
        let row = &inventory.credentials[found.credential];
        let users = |ids: &[PrincipalId]| ids.iter().map(|&id| self.user(id)).collect();
        let places = found.places.iter().map(|place| Lies {
            place: self.named(Thing::Exposure(place.exposure)),
            names: place.names.clone(),
            doubt: place.doubt.clone(),
            holders: users(&place.holders),
            workloads: users(&place.workloads),
            evidence: self
                .writer
                .places(&inventory.exposures[place.exposure].evidence),
        });
        Uses {
            principal: row.principal.map(|id| self.named(Thing::Principal(id))),
            owner: self.words.owner(found.credential),
            last_used: row.last_used.map(|at| at.to_string()),
            fix: found.control.map(|id| self.analysis.control_key(id)),
            may_break: found.control.and_then(|id| self.words.may_break(id, None)),
            places: places.collect(),
            others: found
                .others
                .iter()
                .map(|&id| self.named(Thing::Credential(id)))
                .collect(),
        }
    }

    fn user(&self, id: PrincipalId) -> User {
        let inventory = &self.analysis.inventory;
        let drivers = self.holders.drivers(id).into_iter();
        User {
            id: inventory.principals[id].key.to_string(),
            text: self.words.principal(id),
            sort: self.words.user_sort(id),
            driven_by: drivers
                .map(|id| inventory.principals[id].key.to_string())
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::schema;
    use super::*;
    use crate::reports::sample;
    use serde_json::Value;

    #[test]
    fn the_committed_schema_is_current() {
        schema::assert_committed::<Explained>(SCHEMA);
    }

    fn answered(question: Question) -> Value {
        let analysis = sample::analysis();
        let memory = analysis::Memory::ALL;
        let silent = crate::progress::Silent;
        let answer = analysis::answer(&analysis, question, 12, &memory, &silent).unwrap();
        serde_json::from_slice(&super::super::render_answer(&analysis, &answer, 12).unwrap())
            .unwrap()
    }

    #[test]
    fn every_answer_is_valid_and_a_wrong_one_is_not() {
        let validator = schema::validator::<Explained>(SCHEMA);
        let analysis = sample::analysis();
        let Leak::Credential(credential) = analysis.credentials[0].leak else {
            panic!("credentials are ranked")
        };
        let resource = analysis.credentials[0].top[0].resource;
        let from = vec![Thing::Credential(credential)];
        let to = Thing::Resource(resource);
        for (question, member) in [
            (
                Question::Ways {
                    from: from.clone(),
                    to,
                },
                "ways",
            ),
            (Question::Reach { from }, "reach"),
            (Question::Reachers { to }, "reachers"),
            (Question::Uses { credential }, "uses"),
        ] {
            let mut answer = answered(question);
            if let Err(error) = validator.validate(&answer) {
                panic!("{error} at {}", error.instance_path());
            }
            assert_eq!(answer["question"]["kind"], member);
            assert!(answer[member].is_object(), "{answer}");
            answer["answer"] = 1.into();
            assert!(!validator.is_valid(&answer));
        }
    }
}
