//! The registers of what an analysis knows: credentials, principals, resources and fixes.

use super::register::{Cell, Column, Register, hidden, number, text, word};
use super::words::grants::Grants;
use super::words::holders::Holders;
use super::words::{self, Words};
use crate::analysis::{Analysis, Leak};
use crate::inventory::{CredentialId, PrincipalId, Table};
use jiff::Timestamp;

fn day(at: Option<Timestamp>) -> Cell {
    at.map(words::day).into()
}

/// Every credential: whose it is, what it opens, where it is used and lies, its dates, and how far it travels.
pub(crate) fn credentials(analysis: &Analysis) -> Register {
    let inventory = &analysis.inventory;
    let words = Words::of(analysis);
    let holders = Holders::of(inventory);
    let grants = Grants::of(inventory);
    let places = words.lying_places();
    let rows = analysis.credentials.iter().filter_map(|scenario| {
        let Leak::Credential(id) = scenario.leak else {
            return None;
        };
        let row = &inventory.credentials[id];
        let principal = row.principal.map(|id| (id, &inventory.principals[id]));
        let system = principal.map(|(_, of)| match of.tenant {
            Some(tenant) => format!("{} {}", of.platform, words.tenant(tenant)),
            None => of.platform.to_owned(),
        });
        Some(vec![
            scenario.rank.into(),
            row.key.to_string().into(),
            words.credential(id).into(),
            row.kind.name().into(),
            row.status.name().into(),
            words.owner(id).into(),
            principal.map(|(id, _)| words.principal(id)).into(),
            principal.map(|(_, of)| of.key.to_string()).into(),
            system.into(),
            holders.summed(&words, id).into(),
            principal
                .map(|(id, _)| grants.told(&words, id))
                .unwrap_or_default()
                .into(),
            day(row.created),
            match row.lifetime {
                crate::inventory::Lifetime::Static => "never".into(),
                _ => day(row.expires),
            },
            day(row.last_used),
            day(inventory.last_review(id)),
            lies_in(&words, &places, id),
            scenario.certain.points.into(),
            scenario.possible.points.into(),
            scenario.points(analysis.model.measure).into(),
            scenario.band.name().into(),
            scenario.unknown.clone().into(),
        ])
    });
    Register {
        rows: rows.collect(),
        columns: vec![
            number("rank", "#", 0),
            hidden("id"),
            text("name", "credential", 0),
            hidden("kind"),
            word("status", "status", 150),
            text("owner", "owner", 90),
            text("principal", "acts as", 60),
            hidden("principal_id"),
            text("system", "system", 130),
            text("used_by", "used by", 170),
            text("scopes", "scopes", 140),
            word("created", "created", 110),
            word("expires", "expires", 100),
            word("last_used", "last used", 100),
            word("last_review", "last review", 110),
            text("lies_in", "lies in", 120),
            number("certain", "certain", 70),
            number("possible", "possible", 0),
            hidden("points"),
            word("band", "band", 80),
            hidden("unknown"),
        ],
    }
}

fn lies_in(
    words: &Words<'_>,
    places: &Table<CredentialId, Vec<crate::inventory::ExposureId>>,
    id: CredentialId,
) -> Cell {
    let names: Vec<String> = places[id].iter().map(|&id| words.exposure(id)).collect();
    names.into()
}

/// Every principal: whose it is, what it holds, and by what it is entered.
pub(crate) fn principals(analysis: &Analysis) -> Register {
    let inventory = &analysis.inventory;
    let words = Words::of(analysis);
    let grants = Grants::of(inventory);
    let mut of: Table<PrincipalId, Vec<String>> =
        Table::filled(Vec::new(), inventory.principals.len());
    for (id, row) in inventory.credentials.entries() {
        if let Some(principal) = row.principal {
            of[principal].push(words.credential(id));
        }
    }
    let rows = inventory.principals.entries().map(|(id, row)| {
        vec![
            row.key.to_string().into(),
            words.principal(id).into(),
            row.kind.name().into(),
            row.platform.into(),
            row.tenant.map(|id| words.tenant(id)).into(),
            row.owner.clone().into(),
            day(row.created),
            day(row.last_used),
            day(row.last_review),
            of[id].clone().into(),
            grants.told(&words, id).into(),
            (!row.is_stub).into(),
        ]
    });
    Register {
        rows: rows.collect(),
        columns: vec![
            hidden("id"),
            text("name", "principal", 0),
            hidden("kind"),
            word("platform", "platform", 110),
            text("tenant", "tenant", 70),
            text("owner", "owner", 80),
            word("created", "created", 130),
            word("last_used", "last used", 90),
            hidden("last_review"),
            text("credentials", "credentials", 0),
            text("scopes", "scopes", 120),
            hidden("is_described"),
        ],
    }
}

/// Every resource: what it is, how much it matters, and who says so.
pub(crate) fn resources(analysis: &Analysis) -> Register {
    let inventory = &analysis.inventory;
    let words = Words::of(analysis);
    let rows = inventory.resources.entries().map(|(id, row)| {
        vec![
            row.key.to_string().into(),
            words.resource(id).into(),
            row.kind.clone().into(),
            row.platform.into(),
            row.tenant.map(|id| words.tenant(id)).into(),
            row.environment.value.clone().into(),
            row.sensitivity.name().into(),
            row.sensitivity_assumed.clone().into(),
            row.owner.clone().into(),
            (!row.is_stub).into(),
            row.is_class.into(),
        ]
    });
    Register {
        rows: rows.collect(),
        columns: vec![
            hidden("id"),
            text("name", "resource", 0),
            hidden("kind"),
            word("platform", "platform", 110),
            text("tenant", "tenant", 70),
            word("environment", "environment", 90),
            word("sensitivity", "sensitivity", 0),
            text("sensitivity_assumed", "assumed, because", 100),
            text("owner", "owner", 120),
            hidden("is_listed"),
            hidden("is_class"),
        ],
    }
}

/// The fixes, by rank.
pub(crate) fn fixes(analysis: &Analysis) -> Register {
    let words = Words::of(analysis);
    let rows = analysis.fixes.iter().map(|fix| {
        vec![
            fix.rank.into(),
            analysis.fix_key(fix).into(),
            words.control_kind(fix.control).into(),
            words.order(fix).into(),
            fix.certain.into(),
            fix.possible.into(),
            fix.credentials.into(),
            words.fixed_by(fix.control).into(),
            words.breaks(fix).into(),
            words.last_used(fix).into(),
            words
                .control_evidence(fix.control)
                .map(|place| words.place(place))
                .into(),
        ]
    });
    Register {
        rows: rows.collect(),
        columns: FIX_COLUMNS.to_vec(),
    }
}

const FIX_COLUMNS: [Column; 11] = [
    number("rank", "#", 0),
    text("id", "id", 120),
    hidden("kind"),
    text("text", "fix", 0),
    number("certain", "certain", 60),
    number("possible", "possible", 0),
    number("credentials", "credentials", 80),
    text("by", "by", 140),
    text("may_break", "may break", 160),
    hidden("last_used"),
    hidden("evidence"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reports::sample;

    fn cell<'r>(register: &'r Register, row: usize, column: &str) -> &'r Cell {
        let at = register.columns.iter().position(|one| one.name == column);
        &register.rows[row][at.unwrap()]
    }

    #[test]
    fn every_register_has_a_cell_for_every_column() {
        let analysis = sample::analysis();
        for register in [
            credentials(&analysis),
            principals(&analysis),
            resources(&analysis),
            fixes(&analysis),
        ] {
            assert!(!register.rows.is_empty());
            for row in &register.rows {
                assert_eq!(row.len(), register.columns.len());
            }
        }
    }

    #[test]
    fn credentials_stand_in_order_of_rank_with_what_is_known_of_each() {
        let analysis = sample::analysis();
        let register = credentials(&analysis);
        assert_eq!(register.rows.len(), analysis.inventory.credentials.len());
        let first = &analysis.credentials[0];
        assert_eq!(*cell(&register, 0, "rank"), Cell::from(1));
        assert_eq!(*cell(&register, 0, "certain"), first.certain.points.into());
        let Leak::Credential(id) = first.leak else {
            panic!("credentials are ranked")
        };
        let lying = analysis.inventory.exposures.iter();
        let lying = lying.filter(|place| place.lying.iter().any(|one| one.credential == id));
        let Cell::Texts(places) = cell(&register, 0, "lies_in") else {
            panic!("places are a list")
        };
        assert_eq!(places.len(), lying.count());
        assert!(!places.is_empty());
        assert_eq!(*cell(&register, 0, "last_review"), "2025-11-03".into());
        assert_eq!(*cell(&register, 1, "last_review"), Cell::Nothing, "unknown");
    }

    #[test]
    fn scopes_are_told_in_plain_words() {
        let analysis = sample::analysis();
        let register = principals(&analysis);
        let all: String = register
            .rows
            .iter()
            .flatten()
            .map(|cell| cell.shown() + "\n")
            .collect();
        insta::assert_snapshot!(all);
    }
}
