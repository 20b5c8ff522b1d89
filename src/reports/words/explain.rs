//! The wording of answers and of simulations.

use super::{Words, counted, some_of};
use crate::analysis::{Answer, Cut, Found, Held, Question, Thing, Uses, Way};
use crate::inventory::{Access, PrincipalKind};
use crate::steps::{Fact, FactId};

/// How sure an answer is, in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It is so, whatever exports do not tell.
    Certain,
    /// It hangs on something that no export can decide.
    Possible,
    /// Not even possibly, as far as exports tell.
    No,
    /// Exports do not tell.
    Unknown,
}

impl Verdict {
    /// The stable name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Certain => "certain",
            Self::Possible => "possible",
            Self::No => "no",
            Self::Unknown => "unknown",
        }
    }
}

/// `certain` or `possible`.
pub(crate) fn sure(is_certain: bool) -> &'static str {
    match is_certain {
        true => "certain",
        false => "possible",
    }
}

/// How sure an answer is: the surest way there is.
pub(crate) fn verdict(answer: &Answer) -> Verdict {
    let (certain, possible) = match &answer.found {
        Found::Ways(found) => (
            found.ways.iter().any(|way| way.is_certain),
            !found.ways.is_empty(),
        ),
        Found::Reach(reach) => (
            reach.resources.iter().any(|one| one.is_certain)
                || reach.credentials.iter().any(|one| one.1)
                || reach.principals.iter().any(|one| one.1),
            reach.all > 0 || !reach.credentials.is_empty() || !reach.principals.is_empty(),
        ),
        Found::Reachers(found) => (
            found.reaching.iter().any(|one| one.is_certain)
                || found.anyone.is_some_and(|(_, is_certain)| is_certain),
            !found.reaching.is_empty() || found.anyone.is_some(),
        ),
        Found::Uses(uses) => {
            let is_sure = uses.places.iter().any(|place| place.doubt.is_none());
            (is_sure, !uses.places.is_empty())
        }
    };
    match (certain, possible) {
        (true, _) => Verdict::Certain,
        (_, true) => Verdict::Possible,
        // Where it lies that nobody knows is no answer, and neither is a reach that nobody knows.
        _ if matches!(answer.found, Found::Uses(_)) || !answer.unknown.is_empty() => {
            Verdict::Unknown
        }
        _ => Verdict::No,
    }
}

/// `1 move`, `4 moves`.
pub(crate) fn moves(hops: u32) -> String {
    counted(usize::try_from(hops).unwrap_or(usize::MAX), "move")
}

/// `read`, `read, possibly admin`, `possibly read`.
pub(crate) fn held(held: Held) -> String {
    let sure = held.access.name();
    match (held.is_certain, held.possible == held.access) {
        (true, true) => sure.to_owned(),
        (true, false) => format!("{sure}, possibly {}", held.possible.name()),
        (false, _) => format!("possibly {}", held.possible.name()),
    }
}

impl Words<'_> {
    /// A thing in a sentence: `role prod-deployer`.
    pub(crate) fn named_thing(&self, thing: Thing) -> String {
        match thing {
            Thing::Credential(id) => self.credential(id),
            Thing::Exposure(id) => self.exposure(id),
            Thing::Principal(id) => self.principal(id),
            Thing::Resource(id) => self.resource(id),
            Thing::Tenant(id) => format!(
                "all credentials of {} {}",
                self.inventory.tenants[id].platform,
                self.tenant(id)
            ),
        }
    }

    fn things(&self, things: &[Thing]) -> String {
        let names: Vec<String> = things
            .iter()
            .map(|&thing| self.named_thing(thing))
            .collect();
        names.join(" and ")
    }

    /// What was asked, as a heading.
    pub(crate) fn question(&self, question: &Question) -> String {
        match question {
            Question::Ways { from, to } => {
                format!("Can {} reach {}?", self.things(from), self.named_thing(*to))
            }
            Question::Reach { from } => format!("Where could {} go?", self.things(from)),
            Question::Reachers { to } => format!("Who reaches {}?", self.named_thing(*to)),
            Question::Uses { credential } => {
                format!(
                    "Who uses {}, and what breaks without it?",
                    self.credential(*credential)
                )
            }
        }
    }

    /// The answer in one sentence.
    pub(crate) fn in_short(&self, answer: &Answer) -> String {
        match &answer.found {
            Found::Ways(found) => match found.ways.as_slice() {
                [] if !answer.unknown.is_empty() => "Unknown.".to_owned(),
                [] => "No, not even possibly, as far as these exports tell.".to_owned(),
                ways => {
                    let told: Vec<String> = ways.iter().map(|way| self.way(way)).collect();
                    let open = match found.is_anyones {
                        true => " Anybody can, without any leak.",
                        false => "",
                    };
                    format!("Yes: {}.{open}", told.join("; "))
                }
            },
            Found::Reach(reach) => {
                let of = |length: usize, certain: usize, one: &str| {
                    format!("{} ({} certain)", counted(length, one), certain)
                };
                let certain =
                    |all: &[(_, bool)]| all.iter().filter(|one: &&(_, bool)| one.1).count();
                let principals: Vec<((), bool)> =
                    reach.principals.iter().map(|one| ((), one.1)).collect();
                let credentials: Vec<((), bool)> =
                    reach.credentials.iter().map(|one| ((), one.1)).collect();
                format!(
                    "It gains access to {}, acts as {} and takes {}.",
                    counted(reach.all, "resource"),
                    of(principals.len(), certain(&principals), "principal"),
                    of(credentials.len(), certain(&credentials), "credential"),
                )
            }
            Found::Reachers(found) => {
                let certain = found.reaching.iter().filter(|one| one.is_certain).count();
                let anyone = match found.anyone {
                    Some((fact, true)) => format!("Anybody {} without any leak. ", self.fact(fact)),
                    Some((fact, false)) => {
                        format!("Anybody possibly {} without any leak. ", self.fact(fact))
                    }
                    None => String::new(),
                };
                let more = match found.anyone {
                    Some(_) => " more than that",
                    None => "",
                };
                match found.reaching.len() {
                    0 => format!(
                        "{anyone}No credential and no place where some lie reaches{} it, as far as these exports tell.",
                        if more.is_empty() { "" } else { " more of" }
                    ),
                    all => format!(
                        "{anyone}{} reach{}{more}, {certain} for certain: credentials, and places where some lie.",
                        super::count_of(all),
                        if all == 1 { "es" } else { "" },
                    ),
                }
            }
            Found::Uses(uses) => self.uses(uses),
        }
    }

    /// `certainly reads bucket ledger, in 4 moves`.
    fn way(&self, way: &Way) -> String {
        let sure = match way.is_certain {
            true => "certainly",
            false => "possibly",
        };
        format!("it {sure} {}, in {}", self.fact(way.goal), moves(way.hops))
    }

    fn uses(&self, uses: &Uses) -> String {
        let holders: usize = uses.places.iter().map(|place| place.holders.len()).sum();
        let workloads: usize = uses.places.iter().map(|place| place.workloads.len()).sum();
        if uses.places.is_empty() {
            return "No export tells where it lies or who uses it; whoever does stops when it is revoked."
                .to_owned();
        }
        let mut parts = vec![format!(
            "it lies in {}",
            counted(uses.places.len(), "place")
        )];
        if holders > 0 {
            let run = if holders == 1 { "runs" } else { "run" };
            parts.push(format!("{} {run} with it", counted(holders, "holder")));
        }
        if workloads > 0 {
            parts.push(format!(
                "what runs there acts as {}",
                counted(workloads, "principal")
            ));
        }
        format!(
            "As far as these exports tell, {}: what takes it from there stops when it is revoked.",
            parts.join(", ")
        )
    }

    /// What a principal that uses a credential is: `agent`, `workload`, `person`, `software`.
    pub(crate) fn user_sort(&self, id: crate::inventory::PrincipalId) -> &'static str {
        match self.inventory.principals[id].kind {
            PrincipalKind::Human => "person",
            PrincipalKind::Agent | PrincipalKind::CodingAssistant => "agent",
            PrincipalKind::McpServer => "MCP server",
            PrincipalKind::CiWorkflow => "CI workflow",
            PrincipalKind::Workload => "workload",
            _ => "principal",
        }
    }

    /// What a cut leaves, in a few words: `then nothing is left`, `then it possibly lists bucket ledger`.
    pub(crate) fn left(&self, cut: &Cut) -> String {
        match cut.left {
            None => "then nothing of it is left".to_owned(),
            Some((fact, true)) => format!("then it still {}", self.fact(fact)),
            Some((fact, false)) => format!("then it possibly {}", self.fact(fact)),
        }
    }

    /// The access that a fact is, if it is one.
    pub(crate) fn access_of(&self, fact: FactId) -> Option<Access> {
        match self.steps.facts[fact] {
            Fact::Access(_, access) | Fact::AtLeast(_, access) => Some(access),
            _ => None,
        }
    }

    /// Why a name names nothing, or not one thing, with what may be meant: `candidates` are told with their keys.
    pub(crate) fn misnamed(
        &self,
        name: &str,
        why: &crate::analysis::Unnamed,
        sorts: &[crate::analysis::Sort],
    ) -> String {
        use crate::analysis::Unnamed;
        let sorts: Vec<String> = sorts.iter().map(|sort| sort.name().to_owned()).collect();
        let lines = |things: &[Thing]| -> String {
            let shown = things.iter().take(SHOWN_NAMES);
            let mut lines: String = shown
                .map(|&thing| {
                    let key = super::visible(thing.key(self.inventory));
                    format!(
                        "\n  {}:{key}  {}",
                        thing.sort().name(),
                        self.named_thing(thing)
                    )
                })
                .collect();
            if let Some(rest) = things
                .len()
                .checked_sub(SHOWN_NAMES)
                .filter(|&rest| rest > 0)
            {
                lines.push_str(&format!("\n  and {rest} more"));
            }
            lines
        };
        let name = super::quoted(name);
        match why {
            Unnamed::Ambiguous(things) => format!(
                "{name} may be any of {}; name one by its key:{}",
                counted(things.len(), "thing"),
                lines(things)
            ),
            Unnamed::Unknown(near) if near.is_empty() => format!(
                "no {} is called {name}, or has that in its name\n  help: `leakreach list credentials` and so on name all",
                sorts.join(", ")
            ),
            Unnamed::Unknown(near) => format!(
                "no {} is called {name}\n  help: did you mean one of these?{}",
                sorts.join(", "),
                lines(near)
            ),
        }
    }

    /// An id that no fix has, with those near it.
    pub(crate) fn no_such_fix(id: &str, near: &[String]) -> String {
        let id = super::quoted(id);
        match near.is_empty() {
            true => format!("no fix has the id {id}\n  help: `leakreach list fixes` names them"),
            false => format!(
                "no fix has the id {id}\n  help: did you mean {}?",
                some_of(near, 3)
            ),
        }
    }
}

/// More things that fit a name are only counted.
const SHOWN_NAMES: usize = 12;
