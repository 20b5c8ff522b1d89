//! What a user names: a thing of the inventory, by its key, its name, or a part of one that nothing else has.

use crate::inventory::{CredentialId, ExposureId, Inventory, PrincipalId, ResourceId, TenantId};

/// Something that can be named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Thing {
    /// What a thief can hold.
    Credential(CredentialId),
    /// A place where credentials lie.
    Exposure(ExposureId),
    /// Who acts.
    Principal(PrincipalId),
    /// What is reached.
    Resource(ResourceId),
    /// An account, organisation or workspace.
    Tenant(TenantId),
}

/// What sort of thing is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sort {
    /// [`Thing::Credential`].
    Credential,
    /// [`Thing::Exposure`].
    Exposure,
    /// [`Thing::Principal`].
    Principal,
    /// [`Thing::Resource`].
    Resource,
    /// [`Thing::Tenant`].
    Tenant,
}

impl Sort {
    /// Every sort.
    pub const ALL: [Self; 5] = [
        Self::Credential,
        Self::Exposure,
        Self::Principal,
        Self::Resource,
        Self::Tenant,
    ];

    /// The stable name; before a key and a colon it says which sort is meant: `principal:arn:aws:iam::…`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Credential => "credential",
            Self::Exposure => "exposure",
            Self::Principal => "principal",
            Self::Resource => "resource",
            Self::Tenant => "tenant",
        }
    }
}

impl Thing {
    /// What sort of thing it is.
    pub fn sort(self) -> Sort {
        match self {
            Self::Credential(_) => Sort::Credential,
            Self::Exposure(_) => Sort::Exposure,
            Self::Principal(_) => Sort::Principal,
            Self::Resource(_) => Sort::Resource,
            Self::Tenant(_) => Sort::Tenant,
        }
    }

    /// Its key, as exported.
    pub fn key(self, inventory: &Inventory) -> &str {
        match self {
            Self::Credential(id) => &inventory.credentials[id].key,
            Self::Exposure(id) => &inventory.exposures[id].key,
            Self::Principal(id) => &inventory.principals[id].key,
            Self::Resource(id) => &inventory.resources[id].key,
            Self::Tenant(id) => &inventory.tenants[id].key,
        }
    }
}

/// Why a name names nothing, or not one thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unnamed {
    /// Several things fit.
    Ambiguous(Vec<Thing>),
    /// Nothing fits; these are near, the nearest first.
    Unknown(Vec<Thing>),
}

/// A thing with the names that it has.
struct Row<'i> {
    thing: Thing,
    /// Names that no other thing of its sort has: key, aliases, the issuer's id.
    keys: Vec<&'i str>,
    /// The name for people.
    name: &'i str,
}

/// The one thing among `sorts` that `name` means.
///
/// What fits best decides: a key (also an alias or the issuer's id, and with `SORT:` before it), then the whole name,
/// then a part of either; the latter two in any case of letters. Linear in the inventory.
///
/// # Errors
/// When nothing fits, or several things fit equally well.
pub fn named(inventory: &Inventory, name: &str, sorts: &[Sort]) -> Result<Thing, Unnamed> {
    let rows = rows(inventory, sorts);
    let lower = name.to_lowercase();
    let sorted = |row: &Row<'_>| {
        let sort = row.thing.sort().name();
        let key = name.strip_prefix(sort).and_then(|of| of.strip_prefix(':'));
        key.is_some_and(|key| row.keys.contains(&key))
    };
    let tiers: [&dyn Fn(&Row<'_>) -> bool; 4] = [
        &sorted,
        &|row| row.keys.contains(&name),
        &|row| row.name.to_lowercase() == lower,
        &|row| {
            let is_part = |of: &str| !lower.is_empty() && of.to_lowercase().contains(&lower);
            is_part(row.name) || row.keys.iter().any(|key| is_part(key))
        },
    ];
    for fits in tiers {
        let fitting: Vec<Thing> = rows
            .iter()
            .filter(|row| fits(row))
            .map(|row| row.thing)
            .collect();
        match fitting.as_slice() {
            [] => {}
            [one] => return Ok(*one),
            _ => return Err(Unnamed::Ambiguous(fitting)),
        }
    }
    Err(Unnamed::Unknown(near(&lower, &rows)))
}

/// All things of some sorts, by sort, then in order of key.
fn rows<'i>(inventory: &'i Inventory, sorts: &[Sort]) -> Vec<Row<'i>> {
    let mut rows = Vec::new();
    for sort in sorts {
        match sort {
            Sort::Credential => rows.extend(inventory.credentials.entries().map(|(id, row)| {
                Row {
                    thing: Thing::Credential(id),
                    keys: [Some(&*row.key), row.identifier.as_deref()]
                        .into_iter()
                        .flatten()
                        .collect(),
                    name: &row.name,
                }
            })),
            Sort::Exposure => rows.extend(inventory.exposures.entries().map(|(id, row)| Row {
                thing: Thing::Exposure(id),
                keys: vec![&row.key],
                name: &row.name,
            })),
            Sort::Principal => rows.extend(inventory.principals.entries().map(|(id, row)| Row {
                thing: Thing::Principal(id),
                keys: with_aliases(&row.key, &row.aliases),
                name: &row.name,
            })),
            Sort::Resource => rows.extend(inventory.resources.entries().map(|(id, row)| Row {
                thing: Thing::Resource(id),
                keys: with_aliases(&row.key, &row.aliases),
                name: &row.name,
            })),
            Sort::Tenant => rows.extend(inventory.tenants.entries().map(|(id, row)| Row {
                thing: Thing::Tenant(id),
                keys: vec![&row.key, &row.identifier],
                name: row.name.as_deref().unwrap_or(&row.identifier),
            })),
        }
    }
    rows
}

fn with_aliases<'i>(
    key: &'i crate::inventory::Key,
    aliases: &'i [crate::inventory::Key],
) -> Vec<&'i str> {
    std::iter::once(key)
        .chain(aliases)
        .map(|key| &**key)
        .collect()
}

/// So many near names are told.
const NEAR: usize = 5;

/// What a name in small letters may have been meant to be, the nearest first: a slip of the hand away from a name, a key,
/// or the last part of a key.
fn near(lower: &str, rows: &[Row<'_>]) -> Vec<Thing> {
    let distance = |of: &str| {
        let of = of.to_lowercase();
        let slips = strsim::damerau_levenshtein(lower, &of);
        (slips <= 1 + of.chars().count() / 5).then_some(slips)
    };
    let mut near: Vec<(usize, Thing)> = rows
        .iter()
        .filter_map(|row| {
            let tails = row
                .keys
                .iter()
                .filter_map(|key| key.rsplit([':', '/']).next());
            let names = row.keys.iter().copied().chain([row.name]).chain(tails);
            Some((names.filter_map(distance).min()?, row.thing))
        })
        .collect();
    near.sort_unstable();
    near.truncate(NEAR);
    near.into_iter().map(|(_, thing)| thing).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::{Id, Principal, PrincipalKind, Resource};

    /// Two roles of one name in two accounts, and a resource that has the key of one of them.
    fn inventory() -> Inventory {
        let mut inventory = Inventory::default();
        for (key, name) in [
            ("arn:aws:iam::111122223333:role/deploy", "deploy"),
            ("arn:aws:iam::111122223333:user/Ada", "Ada"),
            ("arn:aws:iam::444455556666:role/deploy", "deploy"),
        ] {
            inventory.principals.push(Principal {
                key: key.into(),
                aliases: vec![format!("alias:{key}").into()],
                name: name.to_owned(),
                kind: PrincipalKind::Role,
                platform: "aws",
                tenant: None,
                owner: None,
                created: None,
                last_used: None,
                last_review: None,
                tags: Vec::new(),
                is_stub: false,
                evidence: Vec::new(),
            });
        }
        inventory.resources.push(Resource::new(
            "arn:aws:iam::111122223333:role/deploy".into(),
            "iam:role".to_owned(),
            "aws",
        ));
        inventory
    }

    fn principal(at: usize) -> Thing {
        Thing::Principal(PrincipalId::from_index(at))
    }

    const ROLE: Thing = Thing::Resource(ResourceId(0));

    #[test]
    fn a_key_beats_a_name_and_a_whole_name_beats_a_part() {
        let inventory = inventory();
        let named = |name: &str| super::named(&inventory, name, &[Sort::Principal]);
        assert_eq!(
            named("arn:aws:iam::444455556666:role/deploy"),
            Ok(principal(2))
        );
        assert_eq!(
            named("alias:arn:aws:iam::111122223333:role/deploy"),
            Ok(principal(0))
        );
        assert_eq!(named("ada"), Ok(principal(1)), "in any case of letters");
        assert_eq!(
            named("user/a"),
            Ok(principal(1)),
            "a part that nothing else has"
        );
    }

    #[test]
    fn what_fits_several_things_is_ambiguous() {
        let inventory = inventory();
        let named = |name: &str, sorts: &[Sort]| super::named(&inventory, name, sorts);
        let both = Err(Unnamed::Ambiguous(vec![principal(0), principal(2)]));
        assert_eq!(named("deploy", &[Sort::Principal]), both);
        assert_eq!(named("role/dep", &[Sort::Principal]), both);
        // One key of two sorts: the sort decides.
        let key = "arn:aws:iam::111122223333:role/deploy";
        assert_eq!(
            named(key, &Sort::ALL),
            Err(Unnamed::Ambiguous(vec![principal(0), ROLE]))
        );
        assert_eq!(named(&format!("resource:{key}"), &Sort::ALL), Ok(ROLE));
        assert_eq!(
            named(&format!("principal:{key}"), &Sort::ALL),
            Ok(principal(0))
        );
    }

    #[test]
    fn what_fits_nothing_tells_what_is_near() {
        let inventory = inventory();
        let named = |name: &str| super::named(&inventory, name, &[Sort::Principal]);
        assert_eq!(
            named("deplyo"),
            Err(Unnamed::Unknown(vec![principal(0), principal(2)]))
        );
        assert_eq!(named("zebra"), Err(Unnamed::Unknown(Vec::new())));
        assert_eq!(named(""), Err(Unnamed::Unknown(Vec::new())));
        // A resource is no principal.
        assert_eq!(
            super::named(&inventory, "Ada", &[Sort::Resource]),
            Err(Unnamed::Unknown(Vec::new()))
        );
    }
}
