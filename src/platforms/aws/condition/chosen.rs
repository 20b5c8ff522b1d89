//! Keys that the caller chooses: is there one value that serves in all statements that decide together?
//!
//! Every Allow that restricts the key must be met by that value, and every Deny avoided. That asks more than AWS does
//! (of two Allows one may be enough), so that an answer is sure, and what does not meet it stays open. The values tried
//! are those that the statements name, some beside them, and none at all: a value that is found is a proof, a value that
//! is not found proves nothing.

use super::expected::{Expected, Symbol};
use super::operators::{Operator, all};
use super::outsider::{foreign_names, named_value};
use super::{Choice, Context, Finding, Outcome, expected_values, find};
use crate::inventory::{Condition, Effect};
use std::borrow::Cow;

/// The Regions that are enabled in every account (AWS Account Management, "Enable or disable AWS Regions").
const REGIONS: [&str; 17] = [
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "ca-central-1",
    "eu-central-1",
    "eu-north-1",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
];

/// Templates of AWS Private CA for certificates that are no authority's and may sign (AWS Private CA User Guide, "template
/// definitions"): what is asked for is such a certificate, and the caller names one of them. Few suffice.
const TEMPLATES: [&str; 2] = [
    "arn:aws:acm-pca:::template/EndEntityCertificate/V1",
    "arn:aws:acm-pca:::template/EndEntityClientAuthCertificate/V1",
];

/// One statement's conditions on the key.
struct Side<'c> {
    effect: Effect,
    conditions: Vec<&'c Condition>,
}

/// Whether a statement's `conditions` on `key` are met by choice (an Allow), or not met by choice (a Deny).
pub(super) fn outcome(
    key: &str,
    choice: Choice,
    conditions: &[Condition],
    context: &Context<'_>,
) -> Outcome {
    let (Some(effect), Some(together)) = (context.effect, context.together) else {
        return Outcome::Open;
    };
    let on_key = |conditions: &[Condition]| conditions.iter().any(|one| is_on(one, key, choice));
    let own = side(effect, conditions, key, choice);
    let mut peers = Vec::new();
    // Tags have two views, their keys and each value: where both are restricted, only "no tags" is consistent for sure.
    let mut is_linked = conditions
        .iter()
        .chain(context.admitted_by)
        .any(|one| is_linked_to(key, &one.key));
    for peer in together {
        is_linked |= peer
            .conditions
            .iter()
            .any(|one| is_linked_to(key, &one.key));
        if on_key(&peer.conditions) && is_live(&peer.conditions, context) {
            peers.push(side(peer.effect, &peer.conditions, key, choice));
        }
    }
    // Of texts that are not named, those that compare whole texts tell none from another, and one of them is tried: what
    // serves none of the values tried is served by none.
    let is_all_tried = |sides: &[&Side<'_>]| {
        let is_of_texts = matches!(choice, Choice::Text | Choice::Tag | Choice::ForeignName(_));
        let mut conditions = sides.iter().flat_map(|side| &side.conditions);
        let is_whole = conditions.all(|condition| {
            Operator::parse(&condition.operator).is_some_and(Operator::is_of_whole_texts)
        });
        context.outsider.is_some() && !is_linked && is_of_texts && is_whole
    };
    let admitted = side(Effect::Allow, context.admitted_by, key, choice);
    let choice = if is_linked { Choice::Nothing } else { choice };
    let is_served_by = |sides: &[&Side<'_>]| {
        let values = candidates(choice, sides, context);
        values.iter().any(|values| {
            sides
                .iter()
                .all(|side| serves(values, choice, side, context) == Some(true))
        })
    };
    let is_served = if context.outsider.is_some() {
        // One Allow is enough for them, the one that lets them in: no policy of their own side is among these.
        let denies = peers.iter().filter(|side| side.effect == Effect::Deny);
        is_served_by(&denies.chain([&own, &admitted]).collect::<Vec<_>>())
    } else {
        is_served_by(&peers.iter().chain([&own]).collect::<Vec<_>>())
    };
    // What an Allow asks for nobody has, or a Deny meets whoever meets what lets them in.
    let both = [&own, &admitted];
    let is_impossible = || {
        let fails = |values: &Vec<String>| {
            let mut sides = both.iter();
            sides.any(|side| serves(values, choice, side, context) == Some(false))
        };
        is_all_tried(&both) && candidates(choice, &both, context).iter().all(fails)
    };
    match (is_served, effect) {
        (false, Effect::Allow) if is_impossible() => Outcome::NotMet,
        (false, Effect::Deny) if is_impossible() => Outcome::Met,
        (false, _) => Outcome::Open,
        (true, Effect::Allow) => Outcome::Met,
        (true, Effect::Deny) => Outcome::NotMet,
    }
}

/// Whether a condition is on the key; or on another that says the same choice otherwise.
fn is_on(condition: &Condition, key: &str, choice: Choice) -> bool {
    match choice {
        Choice::ForeignName(resource_type) => {
            named_value(&condition.key, resource_type, "").is_some()
        }
        _ => condition.key.eq_ignore_ascii_case(key),
    }
}

fn is_linked_to(key: &str, other: &str) -> bool {
    let is_tag = |key: &str| key.to_ascii_lowercase().starts_with("aws:requesttag/");
    let is_tag_keys = |key: &str| key.eq_ignore_ascii_case("aws:TagKeys");
    (is_tag(key) && is_tag_keys(other)) || (is_tag_keys(key) && is_tag(other))
}

fn side<'c>(effect: Effect, conditions: &'c [Condition], key: &str, choice: Choice) -> Side<'c> {
    Side {
        effect,
        conditions: conditions
            .iter()
            .filter(|one| is_on(one, key, choice))
            .collect(),
    }
}

/// Whether a statement may apply at all: what is known of it does not rule it out.
fn is_live(conditions: &[Condition], context: &Context<'_>) -> bool {
    !conditions
        .iter()
        .any(|one| matches!(find(one, context), Finding::Decided(Outcome::NotMet)))
}

/// Whether the values (none: the key is absent) meet an Allow's conditions or avoid a Deny's; `None` where that hangs on
/// more.
fn serves(
    values: &[String],
    choice: Choice,
    side: &Side<'_>,
    context: &Context<'_>,
) -> Option<bool> {
    let outcomes = side.conditions.iter().map(|condition| {
        let of_name = match (choice, values) {
            (Choice::ForeignName(resource_type), [name]) => {
                named_value(&condition.key, resource_type, name)
            }
            _ => None,
        };
        let values = of_name.as_deref().unwrap_or(values);
        let values: Vec<Cow<'_, str>> = values.iter().map(Cow::from).collect();
        Operator::parse(&condition.operator).map_or(Outcome::Open, |operator| {
            operator.decide(&values, &expected_values(condition, operator, context))
        })
    });
    let is_met = all(outcomes.map(|outcome| match outcome {
        Outcome::Met => Some(true),
        Outcome::NotMet => Some(false),
        Outcome::Open => None,
    }));
    match side.effect {
        Effect::Allow => is_met,
        Effect::Deny => is_met.map(|is_met| !is_met),
    }
}

/// The values to try, as far as the choice has them.
fn candidates(choice: Choice, sides: &[&Side<'_>], context: &Context<'_>) -> Vec<Vec<String>> {
    let named = || {
        let mut texts = vec!["other".to_owned()];
        for condition in sides.iter().flat_map(|side| &side.conditions) {
            let Some(operator) = Operator::parse(&condition.operator) else {
                continue;
            };
            for expected in expected_values(condition, operator, context) {
                if let Expected::Value(symbols) = expected {
                    texts.extend(["", "x", "xx"].map(|star| instance(&symbols, star)));
                }
            }
        }
        texts.sort_unstable();
        texts.dedup();
        texts
    };
    let singles = |texts: Vec<String>| texts.into_iter().map(|text| vec![text]);
    let nothing = std::iter::once(Vec::new());
    match choice {
        Choice::Nothing => nothing.collect(),
        Choice::Text => singles(named()).collect(),
        Choice::Tag => nothing.chain(singles(named())).collect(),
        Choice::Number => {
            let numbers: Vec<u32> = named()
                .iter()
                .filter_map(|text| text.parse().ok())
                .chain([0, 1])
                .collect();
            let beside = numbers
                .iter()
                .flat_map(|&n| [n.saturating_sub(1), n, n.saturating_add(1)]);
            singles(beside.map(|n| n.to_string()).collect()).collect()
        }
        Choice::SessionName => {
            let is_name = |text: &String| {
                (2..=64).contains(&text.len())
                    && text
                        .chars()
                        .all(|c| c.is_ascii_alphanumeric() || "_+=,.@-".contains(c))
            };
            singles(named().into_iter().filter(is_name).collect()).collect()
        }
        Choice::ForeignName(resource_type) => {
            singles(foreign_names(resource_type, named().iter())).collect()
        }
        Choice::Template => singles(TEMPLATES.map(str::to_owned).to_vec()).collect(),
        Choice::Region => singles(REGIONS.map(str::to_owned).to_vec()).collect(),
        Choice::List => {
            let all = named();
            nothing
                .chain(std::iter::once(all.clone()))
                .chain(singles(all))
                .collect()
        }
    }
}

/// A text that the pattern matches, with `star` for each `*`.
fn instance(symbols: &[Symbol], star: &str) -> String {
    let mut text = String::new();
    for symbol in symbols {
        match symbol {
            Symbol::Written('*') => text += star,
            Symbol::Written('?') => text.push('x'),
            other => text.push(other.character()),
        }
    }
    text
}
