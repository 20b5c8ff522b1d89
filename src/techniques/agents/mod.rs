//! What others can make an assistant and its servers do: whoever controls a package that is not pinned, and whoever
//! writes what an agent reads.
//!
//! A server that starts as whatever was published last runs its publisher's code: the publisher acts as the server and,
//! unless it runs apart, in the session of the user who starts it. Of a pinned version nothing follows.
//!
//! An agent that reads what others write, holds a secret and can act outward may be told to by what it reads. What reads
//! and what acts is data: `software.json`. That it follows is never certain; whether a person must approve is a
//! condition of its own.
//!
//! Source: <https://attack.mitre.org/techniques/T1195/001/>, <https://atlas.mitre.org/techniques/AML.T0051.001>,
//! <https://simonwillison.net/2025/Jun/16/the-lethal-trifecta/> (read 2026-11).

use super::listed::Listed;
use super::{Derivation, Rule};
use crate::inventory::{
    EvidenceId, Exposure, ExposureId, ExposureKind, Inventory, PrincipalId, PrincipalKind, ScopeId,
    Terms,
};
use crate::steps::{Control, Fact, NewStep};
use rustc_hash::{FxHashMap, FxHashSet};
use serde::Deserialize;
use std::sync::LazyLock;

pub(super) const RULE: Rule = Rule {
    id: "agents",
    about: "whoever controls a package that is not pinned; whoever writes what an agent reads",
    derive,
};

/// What some software does for an agent.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Known {
    /// `npm:NAME`, `pypi:NAME`, `oci:NAME`, `url:HOST`, `command:NAME`, `tool:NAME`.
    software: Vec<String>,
    /// What it reads that people outside may write.
    #[serde(default)]
    reads: Option<String>,
    /// How it can carry something out.
    #[serde(default)]
    acts: Option<String>,
    /// Where that is documented (read 2026-11); of a package its own README or code counts.
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "for people; a test holds that it is there")
    )]
    source: String,
}

/// The list. A test holds that it can be read; were it not, no agent would be known to read anything.
static KNOWN: LazyLock<Vec<Known>> =
    LazyLock::new(|| serde_json::from_str(include_str!("software.json")).unwrap_or_default());

fn known(software: &str) -> Option<&'static Known> {
    KNOWN
        .iter()
        .find(|known| known.software.iter().any(|name| name == software))
}

const APPROVED: &str = "it does what it reads, and a person approves";
const UNASKED: &str = "it does what it reads";

/// Something by which an agent reads or acts.
#[derive(Debug, Clone)]
struct Way {
    what: &'static str,
    /// What takes it away: that the agent drives the server, or may use the tool.
    by: ScopeId,
    /// Which server; the agent itself for a tool.
    through: PrincipalId,
    evidence: Vec<EvidenceId>,
}

/// An agent that reads what others write, holds a secret and can act outward.
#[derive(Debug)]
struct Open {
    agent: PrincipalId,
    reads: Vec<Way>,
    acts: Vec<Way>,
    /// What lets it act unasked.
    approvals: Vec<(ScopeId, PrincipalId)>,
}

fn input_key(inventory: &Inventory, agent: PrincipalId) -> String {
    format!("agent-input:{}", inventory.principals[agent].key)
}

/// Agents that are open to what they read, in order of id.
fn open(inventory: &Inventory) -> Vec<Open> {
    let mut driven: FxHashMap<PrincipalId, Vec<(ScopeId, PrincipalId)>> = FxHashMap::default();
    let mut software: FxHashMap<PrincipalId, Vec<(ScopeId, &str)>> = FxHashMap::default();
    let mut approvals: FxHashMap<PrincipalId, Vec<ScopeId>> = FxHashMap::default();
    for (id, scope) in inventory.scopes.entries() {
        match &scope.terms {
            Terms::Drives {
                driver,
                driven: server,
            } => driven.entry(*driver).or_default().push((id, *server)),
            Terms::Software {
                principal,
                software: name,
                ..
            } => software.entry(*principal).or_default().push((id, name)),
            Terms::Approval { agent } => approvals.entry(*agent).or_default().push(id),
            _ => {}
        }
    }
    let holders: FxHashSet<PrincipalId> = inventory
        .exposures
        .iter()
        .filter(|exposure| !exposure.lying.is_empty())
        .flat_map(|exposure| exposure.holders.iter().copied())
        .collect();
    let mut all = Vec::new();
    for (agent, principal) in inventory.principals.entries() {
        let is_agent = matches!(
            principal.kind,
            PrincipalKind::Agent | PrincipalKind::CodingAssistant
        );
        if !is_agent {
            continue;
        }
        let servers = driven.get(&agent).map_or(&[][..], Vec::as_slice);
        let (mut reads, mut acts) = (Vec::new(), Vec::new());
        let own = software.get(&agent).map_or(&[][..], Vec::as_slice);
        let own = own.iter().map(|&(by, name)| (by, agent, name));
        let of_servers = servers.iter().flat_map(|&(by, server)| {
            let names = software.get(&server).map_or(&[][..], Vec::as_slice);
            names.iter().map(move |&(_, name)| (by, server, name))
        });
        for (by, through, name) in own.chain(of_servers) {
            let Some(known) = known(name) else { continue };
            let way = |what: &'static str| Way {
                what,
                by,
                through,
                evidence: inventory.scopes[by].evidence.clone(),
            };
            reads.extend(known.reads.as_deref().map(way));
            acts.extend(known.acts.as_deref().map(way));
        }
        let holds =
            holders.contains(&agent) || servers.iter().any(|(_, server)| holders.contains(server));
        if reads.is_empty() || acts.is_empty() || !holds {
            continue;
        }
        let all_of_it = std::iter::once(agent).chain(servers.iter().map(|&(_, server)| server));
        let approvals = all_of_it
            .flat_map(|of| {
                let scopes = approvals.get(&of).map_or(&[][..], Vec::as_slice);
                scopes.iter().map(move |&scope| (scope, of))
            })
            .collect();
        all.push(Open {
            agent,
            reads,
            acts,
            approvals,
        });
    }
    all
}

/// Adds what others write into, for every agent that is open to it: a place of its own.
pub(super) fn add_inputs(inventory: &mut Inventory) {
    for open in open(inventory) {
        let mut what: Vec<&str> = open.reads.iter().map(|way| way.what).collect();
        what.sort_unstable();
        what.dedup();
        let agent = &inventory.principals[open.agent].name;
        let mut evidence: Vec<EvidenceId> = open
            .reads
            .iter()
            .flat_map(|way| way.evidence.clone())
            .collect();
        evidence.sort_unstable();
        evidence.dedup();
        let exposure = Exposure {
            key: input_key(inventory, open.agent).into(),
            name: format!("what {agent} reads: {}", what.join(", ")),
            kind: ExposureKind::AgentInput,
            resource: None,
            holders: Vec::new(),
            lying: Vec::new(),
            ended: Vec::new(),
            evidence,
        };
        inventory.exposures.push(exposure);
    }
}

static PACKAGE: Listed = Listed {
    id: "mcp/unpinned-package",
    platform: "agents",
    name: "publish a version that runs as the server",
    needs: "the right to publish a package that a server starts as, unpinned",
    gains: "acting as the server",
    attack: &["T1195.001", "T1195.002"],
    fix: "pin the package to an exact version",
    source: "https://attack.mitre.org/techniques/T1195/001/",
};

static PACKAGE_IN_SESSION: Listed = Listed {
    id: "mcp/unpinned-package-in-session",
    platform: "agents",
    name: "publish a version that runs in the session of the user",
    needs: "the right to publish a package that a server starts as, unpinned and not kept apart",
    gains: "reading the files of the device, and acting as who starts the server",
    attack: &["T1195.001", "T1195.002"],
    fix: "pin the package to an exact version; start it in a container",
    source: "https://attack.mitre.org/techniques/T1195/001/",
};

static INPUT: Listed = Listed {
    id: "agent/untrusted-input",
    platform: "agents",
    name: "tell the agent what to do in what it reads",
    needs: "writing where the agent reads",
    gains: "acting as the agent, as far as it acts unasked",
    attack: &[],
    fix: "ask a person to approve what the agent does; take the input or the tool away",
    source: "https://atlas.mitre.org/techniques/AML.T0051.001",
};

pub(super) static TECHNIQUES: &[&Listed] = &[&PACKAGE, &PACKAGE_IN_SESSION, &INPUT];

fn derive(derivation: &mut Derivation<'_>) {
    packages(derivation);
    inputs(derivation);
}

fn packages(derivation: &mut Derivation<'_>) {
    let as_server = derivation.listed(&PACKAGE);
    let in_session = derivation.listed(&PACKAGE_IN_SESSION);
    let inventory = derivation.inventory;
    let mut drivers: FxHashMap<PrincipalId, Vec<PrincipalId>> = FxHashMap::default();
    for scope in inventory.scopes.iter() {
        if let Terms::Drives { driver, driven } = scope.terms {
            drivers.entry(driven).or_default().push(driver);
        }
    }
    let drivers_of = |of: PrincipalId| drivers.get(&of).map_or(&[][..], Vec::as_slice);
    for (id, scope) in inventory.scopes.entries() {
        let Terms::Software {
            principal,
            publisher: Some(publisher),
            condition,
            is_apart,
            software,
        } = &scope.terms
        else {
            continue;
        };
        // What jobs run is told by the rules of their platform.
        if software.starts_with("action:") {
            continue;
        }
        let gain = derivation.acting(*principal, None);
        let step = |gain, technique| NewStep {
            needs: &[],
            gain,
            technique,
            controls: &[],
            evidence: &scope.evidence,
            condition: condition.as_deref(),
        };
        let needs = [Fact::Principal(*publisher)];
        let controls = [Control::Scope(id)];
        derivation.steps.add(NewStep {
            needs: &needs,
            controls: &controls,
            ..step(gain, as_server)
        });
        if *is_apart {
            continue;
        }
        let assistants = drivers_of(*principal).iter();
        let people = assistants.flat_map(|&assistant| drivers_of(assistant));
        for &person in people {
            if inventory.principals[person].kind == PrincipalKind::Human {
                derivation.steps.add(NewStep {
                    needs: &needs,
                    controls: &controls,
                    ..step(Fact::Principal(person), in_session)
                });
            }
        }
    }
}

fn inputs(derivation: &mut Derivation<'_>) {
    let technique = derivation.listed(&INPUT);
    let inventory = derivation.inventory;
    let places: FxHashMap<&str, ExposureId> = inventory
        .exposures
        .entries()
        .filter(|(_, exposure)| exposure.kind == ExposureKind::AgentInput)
        .map(|(id, exposure)| (&*exposure.key, id))
        .collect();
    for open in open(inventory) {
        let Some(&place) = places.get(input_key(inventory, open.agent).as_str()) else {
            continue;
        };
        let gain = derivation.acting(open.agent, None);
        // What is done once by several ways falls with none of them.
        let only_act = match open.acts.as_slice() {
            [act] => Some(Control::Scope(act.by)),
            _ => None,
        };
        // An approval for the agent is one for all it does; one for a server only for what that does.
        let unasked: Vec<ScopeId> = open
            .approvals
            .iter()
            .filter(|(_, of)| *of == open.agent || open.acts.iter().any(|act| act.through == *of))
            .map(|&(scope, _)| scope)
            .collect();
        for read in &open.reads {
            let mut controls = vec![Control::Scope(read.by)];
            controls.extend(only_act);
            let step = |controls: &[Control], condition: &str, derivation: &mut Derivation<'_>| {
                derivation.steps.add(NewStep {
                    needs: &[Fact::Exposure(place)],
                    gain,
                    technique,
                    controls,
                    evidence: &read.evidence,
                    condition: Some(condition),
                });
            };
            step(&controls, APPROVED, derivation);
            for &approval in &unasked {
                let controls: Vec<Control> = controls
                    .iter()
                    .copied()
                    .chain([Control::Scope(approval)])
                    .collect();
                step(&controls, UNASKED, derivation);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_of_software_can_be_read_and_every_entry_says_something() {
        let all: Vec<Known> = serde_json::from_str(include_str!("software.json")).unwrap();
        let mut seen = FxHashSet::default();
        for known in &all {
            assert!(known.reads.is_some() || known.acts.is_some(), "{known:?}");
            assert!(known.source.starts_with("https://"), "{known:?}");
            for name in &known.software {
                assert!(name.contains(':') && seen.insert(name), "{name}");
            }
        }
        assert!(all.len() >= 20);
    }
}
