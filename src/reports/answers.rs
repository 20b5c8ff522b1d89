//! Answers and simulations as registers: for tables on a terminal, and as CSV.

use super::register::{Cell, Register, hidden, number, text, word};
use super::words::Words;
use super::words::explain as phrases;
use super::words::holders::Holders;
use crate::analysis::{Analysis, Answer, Found, Leak, Reach, Reachers, Simulation, Uses, Ways};
use crate::inventory::EvidenceId;

/// An answer in rows: of a way every step, of a reach every resource, of reachers every one, of uses every user.
pub(crate) fn rows(analysis: &Analysis, answer: &Answer, most: usize) -> Register {
    match &answer.found {
        Found::Ways(found) => ways(analysis, found),
        Found::Reach(found) => reach(analysis, found),
        Found::Reachers(found) => reachers(analysis, found, most),
        Found::Uses(found) => uses(analysis, found),
    }
}

fn places(words: &Words<'_>, evidence: &[EvidenceId]) -> Cell {
    let places: Vec<String> = evidence.iter().map(|&id| words.place(id)).collect();
    places.into()
}

fn ways(analysis: &Analysis, found: &Ways) -> Register {
    let words = Words::of(analysis);
    let steps = &analysis.steps;
    let mut rows = Vec::new();
    for (number, way) in (1u64..).zip(&found.ways) {
        let cuts: Vec<_> = way.cuts.iter().map(|cut| cut.control).collect();
        for (at, &id) in (1u64..).zip(&way.proof.steps) {
            let step = steps.step(id);
            let needs: Vec<String> = step.needs.iter().map(|&fact| words.fact(fact)).collect();
            let controls = step.controls.iter();
            let keys: Vec<String> = controls.map(|&id| analysis.control_key(id)).collect();
            let cutting = step.controls.iter().filter(|id| cuts.contains(id));
            let cutting: Vec<String> = cutting.map(|&id| analysis.control_key(id)).collect();
            rows.push(vec![
                number.into(),
                phrases::sure(way.is_certain).into(),
                u64::from(way.hops).into(),
                at.into(),
                needs.into(),
                words.fact(step.gain).into(),
                steps.techniques[step.technique].id.clone().into(),
                words.technique(id).into(),
                words.condition(id).into(),
                keys.into(),
                cutting.into(),
                places(&words, step.evidence),
            ]);
        }
    }
    Register {
        columns: [
            "way",
            "certainty",
            "hops",
            "step",
            "needs",
            "gain",
            "technique",
            "name",
            "condition",
            "controls",
            "cut_by",
            "evidence",
        ]
        .map(hidden)
        .to_vec(),
        rows,
    }
}

/// The resources that a leak reaches.
pub(crate) fn reach(analysis: &Analysis, found: &Reach) -> Register {
    let words = Words::of(analysis);
    let inventory = &analysis.inventory;
    let rows = found.resources.iter().map(|one| {
        let resource = &inventory.resources[one.resource];
        let chain = words.chain(&super::path::moves(&analysis.steps, &one.proof));
        vec![
            resource.key.to_string().into(),
            words.resource(one.resource).into(),
            resource.tenant.map(|id| words.tenant(id)).into(),
            resource.sensitivity.name().into(),
            one.access.name().into(),
            phrases::sure(one.is_certain).into(),
            u64::from(one.hops).into(),
            one.points.into(),
            chain.join(" \u{2192} ").into(),
        ]
    });
    Register {
        rows: rows.collect(),
        columns: vec![
            hidden("id"),
            text("name", "resource", 0),
            text("tenant", "tenant", 140),
            word("sensitivity", "sensitivity", 90),
            word("access", "access", 0),
            word("certainty", "certainty", 60),
            number("hops", "moves", 70),
            number("points", "points", 0),
            text("path", "path", 110),
        ],
    }
}

/// Who reaches a target: the first so many.
pub(crate) fn reachers(analysis: &Analysis, found: &Reachers, most: usize) -> Register {
    let words = Words::of(analysis);
    let inventory = &analysis.inventory;
    let rows = found.reaching.iter().take(most).map(|one| {
        let (kind, key, owner, acts_as) = match one.leak {
            Leak::Credential(id) => (
                "credential",
                inventory.credentials[id].key.to_string(),
                words.owner(id),
                Some(words.authenticates(id)),
            ),
            Leak::Exposure(id) => (
                "exposure",
                inventory.exposures[id].key.to_string(),
                None,
                None,
            ),
        };
        let chain = words.chain(&super::path::moves(&analysis.steps, &one.proof));
        vec![
            kind.into(),
            key.into(),
            words.leak(one.leak).into(),
            owner.into(),
            acts_as.into(),
            one.access.map(|access| access.name()).into(),
            phrases::sure(one.is_certain).into(),
            u64::from(one.hops).into(),
            chain.join(" \u{2192} ").into(),
        ]
    });
    Register {
        rows: rows.collect(),
        columns: vec![
            hidden("kind"),
            hidden("id"),
            text("name", "what leaks", 0),
            text("owner", "owner", 120),
            text("principal", "acts as", 90),
            word("access", "access", 60),
            word("certainty", "certainty", 0),
            number("hops", "moves", 0),
            text("path", "path", 110),
        ],
    }
}

fn uses(analysis: &Analysis, found: &Uses) -> Register {
    let words = Words::of(analysis);
    let inventory = &analysis.inventory;
    let holders = Holders::of(inventory);
    let key = |id| inventory.principals[id].key.to_string();
    let mut rows = Vec::new();
    for place in &found.places {
        let of_place = |user: Option<crate::inventory::PrincipalId>, how: &str| {
            let drivers = user.map(|id| holders.drivers(id)).unwrap_or_default();
            let drivers: Vec<String> = drivers.into_iter().map(key).collect();
            let evidence = &inventory.exposures[place.exposure].evidence;
            vec![
                inventory.exposures[place.exposure].key.to_string().into(),
                words.exposure(place.exposure).into(),
                place.names.clone().into(),
                phrases::sure(place.doubt.is_none()).into(),
                place.doubt.clone().into(),
                how.into(),
                user.map(key).into(),
                user.map(|id| words.principal(id)).into(),
                user.map(|id| words.user_sort(id)).into(),
                drivers.into(),
                places(&words, evidence),
            ]
        };
        if place.holders.is_empty() && place.workloads.is_empty() {
            rows.push(of_place(None, "lies there"));
        }
        for &holder in &place.holders {
            rows.push(of_place(Some(holder), "runs with it"));
        }
        for &workload in &place.workloads {
            rows.push(of_place(Some(workload), "what runs there acts as"));
        }
    }
    Register {
        columns: [
            "place_id",
            "place",
            "names",
            "certainty",
            "doubt",
            "use",
            "user_id",
            "user",
            "sort",
            "driven_by",
            "evidence",
        ]
        .map(hidden)
        .to_vec(),
        rows,
    }
}

/// The credentials whose reach a simulation changes.
pub(crate) fn changed(analysis: &Analysis, simulation: &Simulation) -> Register {
    let words = Words::of(analysis);
    let inventory = &analysis.inventory;
    let rows = simulation.credentials.iter().map(|one| {
        let key = match one.leak {
            Leak::Credential(id) => inventory.credentials[id].key.to_string(),
            Leak::Exposure(id) => inventory.exposures[id].key.to_string(),
        };
        vec![
            key.into(),
            words.leak(one.leak).into(),
            one.before.0.points.into(),
            one.after.0.points.into(),
            one.before.1.points.into(),
            one.after.1.points.into(),
            one.before.1.resources.into(),
            one.after.1.resources.into(),
            one.before.1.crowns.into(),
            one.after.1.crowns.into(),
        ]
    });
    Register {
        rows: rows.collect(),
        columns: vec![
            hidden("id"),
            text("name", "credential", 0),
            number("certain_before", "certain", 60),
            number("certain_after", "after", 60),
            number("possible_before", "possible", 0),
            number("possible_after", "after", 0),
            number("resources_before", "resources", 90),
            number("resources_after", "after", 90),
            number("crown_jewels_before", "crowns", 110),
            number("crown_jewels_after", "after", 110),
        ],
    }
}
