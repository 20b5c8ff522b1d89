//! Indices by the beginning of a name: which areas may hold an ARN, and which ARNs an area may hold, without asking
//! each. Both answer too much at most; the area itself decides.

use super::area::{Area, AreaId, Verdict};
use crate::inventory::Clause;
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;
use std::ops::Range;

/// What a pattern begins with: all of it when it names one thing.
fn start(pattern: &str) -> &str {
    pattern
        .split_once(|c: char| !is_plain(c))
        .map_or(pattern, |(start, _)| start)
}

fn is_plain(c: char) -> bool {
    !matches!(c, '*' | '?' | super::SEGMENT)
}

/// Areas, by what those that they allow begin with.
#[derive(Debug, Clone, Default)]
pub struct AreaIndex {
    all: Vec<AreaId>,
    /// Places in `all`, by a name that is allowed.
    by_name: FxHashMap<String, Vec<usize>>,
    /// The same by the start of a pattern that is allowed.
    by_start: FxHashMap<String, Vec<usize>>,
    lengths: BTreeSet<usize>,
    /// Those that allow all but something.
    negated: Vec<usize>,
}

impl AreaIndex {
    /// Adds an area; each once.
    pub fn add(&mut self, id: AreaId, area: &Area) {
        let at = self.all.len();
        self.all.push(id);
        if area.allow.is_negated {
            self.negated.push(at);
            return;
        }
        for value in &area.allow.values {
            let start = start(value);
            let places = if start.len() == value.len() {
                self.by_name.entry(value.clone()).or_default()
            } else {
                self.lengths.insert(start.len());
                self.by_start.entry(start.to_owned()).or_default()
            };
            if places.last() != Some(&at) {
                places.push(at);
            }
        }
    }

    /// Every area, in the order of adding.
    pub fn all(&self) -> &[AreaId] {
        &self.all
    }

    /// The areas that may hold a name of `arn`, in the order of adding.
    ///
    /// For one name: a look at each length of start there is; for a pattern, all of them.
    pub fn that_may_hold(&self, arn: &str) -> Vec<AreaId> {
        if start(arn).len() < arn.len() {
            return self.all.clone();
        }
        let mut places = self.negated.clone();
        places.extend(self.by_name.get(arn).into_iter().flatten());
        for &length in &self.lengths {
            // A start that would end inside a character is the start of no other text.
            let Some(start) = arn.get(..length) else {
                continue;
            };
            places.extend(self.by_start.get(start).into_iter().flatten());
        }
        places.sort_unstable();
        places.dedup();
        places
            .into_iter()
            .filter_map(|at| self.all.get(at).copied())
            .collect()
    }
}

/// Names in order.
#[derive(Debug, Clone, Default)]
pub struct NameIndex {
    sorted: Vec<String>,
}

/// What an area holds of names in order, by their places.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spread {
    /// The verdict on every name in `ranges` that is no exception.
    pub verdict: Verdict,
    /// Where the names lie that it is about; sorted, none overlap.
    pub ranges: Vec<Range<usize>>,
    /// The places of names about which the area must be asked; sorted.
    pub exceptions: Vec<usize>,
}

fn is_universal(value: &String) -> bool {
    value == "*"
}

/// Whether a clause holds for names that none of its values but `*` matches.
fn holds_elsewhere(clause: &Clause) -> bool {
    clause.values.iter().any(is_universal) != clause.is_negated
}

impl NameIndex {
    /// Takes names in order.
    pub fn new(sorted: Vec<String>) -> Self {
        debug_assert!(sorted.is_sorted(), "names are looked up by order");
        Self { sorted }
    }

    /// The names.
    pub fn names(&self) -> &[String] {
        &self.sorted
    }

    /// The place of a name.
    pub fn place(&self, name: &str) -> Option<usize> {
        self.sorted.binary_search_by(|one| (**one).cmp(name)).ok()
    }

    /// The places of the names that begin so.
    fn beginning(&self, start: &str) -> Range<usize> {
        let from = self.sorted.partition_point(|name| name.as_str() < start);
        let begins = self.sorted.iter().skip(from);
        from..from + begins.take_while(|name| name.starts_with(start)).count()
    }

    /// What an area holds of the names.
    ///
    /// Takes time by the names that its specific clauses match, and none by those that it treats alike.
    pub fn spread(&self, area: &Area) -> Spread {
        let mut exceptions: BTreeSet<usize> = BTreeSet::new();
        let mut ranges: Vec<Range<usize>> = Vec::new();
        if area.allow.is_negated {
            ranges.push(0..self.sorted.len());
        }
        for value in &area.allow.values {
            let start = start(value);
            let range = self.beginning(start);
            let is_whole = value.strip_suffix('*') == Some(start);
            if is_whole && !area.allow.is_negated {
                ranges.push(range);
            } else {
                exceptions.extend(range);
            }
        }
        for clause in area.clauses().skip(1) {
            for value in clause.values.iter().filter(|value| !is_universal(value)) {
                exceptions.extend(self.beginning(start(value)));
            }
        }
        ranges.sort_unstable_by_key(|range| (range.start, range.end));
        let mut joined: Vec<Range<usize>> = Vec::new();
        for range in ranges {
            match joined.last_mut() {
                Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
                _ => joined.push(range),
            }
        }
        let allow = &area.allow;
        Spread {
            verdict: area.decide(&|clause| std::ptr::eq(clause, allow) || holds_elsewhere(clause)),
            ranges: joined,
            exceptions: exceptions.into_iter().collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::{Effect, Table};
    use crate::platforms::aws::Part;
    use proptest::collection::vec;
    use proptest::prelude::*;

    fn clause() -> impl Strategy<Value = Clause> {
        let values = vec("[ab:*?é]{0,3}", 0..3);
        (prop::bool::weighted(0.2), values)
            .prop_map(|(is_negated, values)| Clause { is_negated, values })
    }

    fn area() -> impl Strategy<Value = Area> {
        let deny = (clause(), prop::bool::weighted(0.3)).prop_map(|(resources, is_open)| Part {
            effect: Effect::Deny,
            resources,
            condition: is_open.then(|| "a condition".to_owned()),
        });
        (clause(), vec(deny, 0..3)).prop_map(|(allow, denies)| Area {
            allow,
            denies,
            ..Area::everything()
        })
    }

    proptest! {
        #[test]
        fn an_index_misses_no_area_and_a_spread_says_what_the_area_says(
            areas in vec(area(), 0..6),
            mut names in vec("[ab:é]{0,3}", 0..6),
        ) {
            names.sort_unstable();
            names.dedup();
            let mut table: Table<AreaId, Area> = Table::new();
            let mut index = AreaIndex::default();
            for area in &areas {
                let id = table.push(area.clone());
                index.add(id, area);
            }
            for name in &names {
                let found = index.that_may_hold(name);
                for (id, area) in table.entries() {
                    prop_assert!(area.admits(name) == Verdict::Denied || found.contains(&id));
                }
                prop_assert!(found.is_sorted());
            }
            let by_name = NameIndex::new(names.clone());
            for area in &areas {
                let spread = by_name.spread(area);
                for (place, name) in names.iter().enumerate() {
                    if spread.exceptions.contains(&place) {
                        continue;
                    }
                    let is_in = spread.ranges.iter().any(|range| range.contains(&place));
                    let verdict = if is_in { spread.verdict.clone() } else { Verdict::Denied };
                    prop_assert_eq!(area.admits(name), verdict, "{}", name);
                }
            }
        }
    }
}
