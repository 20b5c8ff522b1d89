//! What keeps whom from changing a branch.

use super::{Power, Repository, Role, tag};
use crate::inventory::{Exempted, Inventory, LinkedRefRule, PrincipalId};
use std::collections::BTreeSet;

/// A branch: one that is there, or one that is made by pushing it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ref {
    /// Its name, without `refs/heads/`.
    pub name: String,
    /// Whether it is there.
    pub exists: bool,
}

/// What stands between a power and a branch.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Gate {
    /// The rules that keep it out, by place in the inventory; none: it is open.
    pub closed_by: Vec<usize>,
    /// On what it hangs that it is open.
    pub doubts: BTreeSet<String>,
}

impl Gate {
    /// Whether the branch can be changed, perhaps.
    pub fn is_open(&self) -> bool {
        self.closed_by.is_empty()
    }

    /// On what it hangs, in words.
    pub fn condition(&self) -> Option<String> {
        let all: Vec<&str> = self.doubts.iter().map(String::as_str).collect();
        (!all.is_empty()).then(|| all.join("; "))
    }
}

/// Whether a pattern matches a name: `*` and `?` stop at `/`, `**/` is any folders, `[…]` a set, `\` takes what follows as
/// itself.
///
/// Source: Ruby, `File.fnmatch` with `FNM_PATHNAME`, which GitHub names for its patterns. Takes `O(pattern · name)`.
pub fn fnmatch(pattern: &str, name: &str) -> bool {
    if !pattern.contains(['*', '?', '[', '\\']) {
        return pattern == name;
    }
    let pattern: Vec<char> = pattern.chars().collect();
    let name: Vec<char> = name.chars().collect();
    let mut seen = BTreeSet::new();
    let mut open = vec![(0, 0)];
    while let Some((p, n)) = open.pop() {
        if !seen.insert((p, n)) {
            continue;
        }
        let (symbol, letter) = (pattern.get(p), name.get(n));
        match symbol {
            None if letter.is_none() => return true,
            None => {}
            Some('*') => {
                let is_deep = pattern.get(p + 1) == Some(&'*') && pattern.get(p + 2) == Some(&'/');
                let is_start = p == 0 || pattern.get(p - 1) == Some(&'/');
                if is_deep && is_start {
                    open.push((p + 3, n));
                    // Any folders: what follows begins behind any `/`.
                    let rest = name.iter().enumerate().skip(n);
                    open.extend(
                        rest.filter(|(_, c)| **c == '/')
                            .map(|(at, _)| (p + 3, at + 1)),
                    );
                    continue;
                }
                open.push((p + 1, n));
                if letter.is_some_and(|c| *c != '/') {
                    open.push((p, n + 1));
                }
            }
            Some('?') if letter.is_some_and(|c| *c != '/') => open.push((p + 1, n + 1)),
            Some('[') => {
                let close = pattern.iter().skip(p + 1).position(|c| *c == ']');
                let (Some(close), Some(letter)) = (close, letter) else {
                    continue;
                };
                let set: Vec<char> = pattern.iter().skip(p + 1).take(close).copied().collect();
                let (is_negated, set) = match set.split_first() {
                    Some(('^' | '!', rest)) => (true, rest),
                    _ => (false, &set[..]),
                };
                let mut is_in = set.contains(letter);
                for range in set.windows(3) {
                    if let [from, '-', to] = range {
                        is_in |= from <= letter && letter <= to;
                    }
                }
                if is_in != is_negated && *letter != '/' {
                    open.push((p + close + 2, n + 1));
                }
            }
            Some('\\') if pattern.get(p + 1).is_some() => {
                let is_it = pattern.get(p + 1) == letter;
                open.extend(is_it.then_some((p + 2, n + 1)));
            }
            Some(symbol) if Some(symbol) == letter => open.push((p + 1, n + 1)),
            Some(_) => {}
        }
    }
    false
}

/// Whether a rule of an organisation is about a repository; `None`: surely not; `Some(false)`: perhaps.
pub(super) fn is_about(
    rule: &LinkedRefRule,
    full_name: &str,
    tags: &[(String, String)],
) -> Option<bool> {
    let chosen = rule.repositories.as_ref()?;
    let name = full_name
        .split_once('/')
        .map_or(full_name, |(_, name)| name);
    let id = tag(tags, "github:id");
    let matches = |pattern: &String| match pattern.as_str() {
        "~ALL" => Some(true),
        "~PROPERTY" => Some(false),
        pattern => match pattern.strip_prefix("id:") {
            Some(number) => match id {
                Some(id) => (id == number).then_some(true),
                None => Some(false),
            },
            None => fnmatch(&pattern.to_lowercase(), &name.to_lowercase()).then_some(true),
        },
    };
    let is_excluded = chosen.exclude.iter().any(|one| matches(one) == Some(true));
    if is_excluded {
        return None;
    }
    chosen.include.iter().filter_map(matches).max()
}

fn matches_ref(rule: &LinkedRefRule, on: &Repository, name: &str) -> bool {
    let full = format!("refs/heads/{name}");
    let is = |pattern: &String| match pattern.as_str() {
        "~ALL" => true,
        "~DEFAULT_BRANCH" => on.default_branch.as_deref() == Some(name),
        pattern => fnmatch(pattern, &full),
    };
    rule.refs.include.iter().any(is) && !rule.refs.exclude.iter().any(is)
}

/// Whether a pattern is the name itself.
fn is_exact(rule: &LinkedRefRule) -> bool {
    let is_plain = |pattern: &String| {
        let unescaped = pattern
            .replace("\\*", "")
            .replace("\\?", "")
            .replace("\\[", "");
        !unescaped.contains(['*', '?', '['])
    };
    rule.refs.include.iter().all(is_plain)
}

const SEVERAL: &str = "several protection rules match the branch, and one alone applies";
const UNTOLD: &str = "nothing keeps it out: whether a rule protects the branch is in no export";
const UNREAD: &str = "what protects the branch lets it pass: the rule is in no export";

/// What one ask of a rule does to a power: opens, closes, or hangs on something.
enum Asked {
    Open,
    Closed,
    Hangs(String),
}

impl Repository {
    /// Whether a rule makes a branch of that name a protected one.
    pub fn is_protected(&self, inventory: &Inventory, name: &str) -> bool {
        let rules = self
            .rules
            .iter()
            .filter_map(|&(index, _)| inventory.ref_rules.get(index));
        let mut rules = rules.filter(|rule| rule.is_protection);
        rules.any(|rule| matches_ref(rule, self, name))
            || self.branches.iter().any(|(own, is)| own == name && *is)
    }

    /// What stands between a branch and somebody with that power, who is all of `identities`.
    pub fn gate(
        &self,
        inventory: &Inventory,
        of: &Ref,
        power: &Power,
        identities: &BTreeSet<PrincipalId>,
    ) -> Gate {
        let mut gate = Gate::default();
        let all: Vec<(usize, bool, &LinkedRefRule)> = self
            .rules
            .iter()
            .filter_map(|&(index, is_sure)| Some((index, is_sure, inventory.ref_rules.get(index)?)))
            .filter(|(_, _, rule)| matches_ref(rule, self, &of.name))
            .collect();
        let mut protections: Vec<_> = all
            .iter()
            .filter(|(_, _, rule)| rule.is_protection)
            .collect();
        if protections.iter().any(|(_, _, rule)| is_exact(rule)) {
            protections.retain(|(_, _, rule)| is_exact(rule));
        }
        let mut results = Vec::new();
        for &&(index, _, rule) in &protections {
            let mut doubts = BTreeSet::new();
            let is_closed = self.is_closed(rule, of, power, identities, &mut doubts);
            results.push((index, is_closed, doubts));
        }
        if results.iter().all(|(_, is_closed, _)| *is_closed) {
            gate.closed_by
                .extend(results.iter().map(|(index, ..)| *index));
        } else {
            if results.iter().any(|(_, is_closed, _)| *is_closed) {
                gate.doubts.insert(SEVERAL.to_owned());
            }
            let doubts = results.into_iter().filter(|(_, is_closed, _)| !is_closed);
            doubts.for_each(|(_, _, doubts)| gate.doubts.extend(doubts));
        }
        for &(index, is_sure, rule) in all.iter().filter(|(_, _, rule)| !rule.is_protection) {
            if !self.is_closed(rule, of, power, identities, &mut gate.doubts) {
                continue;
            }
            if is_sure {
                gate.closed_by.push(index);
            } else {
                let doubt = format!("`{}` is not about the repository", rule.name);
                gate.doubts.insert(doubt);
            }
        }
        let told = self.branches.iter().find(|(name, _)| *name == of.name);
        if all.is_empty() && of.exists && !self.are_rules_listed {
            match told {
                Some((_, false)) => {}
                Some((_, true)) => {
                    gate.doubts.insert(UNREAD.to_owned());
                }
                None => {
                    gate.doubts.insert(UNTOLD.to_owned());
                }
            }
        }
        gate
    }

    fn is_closed(
        &self,
        rule: &LinkedRefRule,
        of: &Ref,
        power: &Power,
        identities: &BTreeSet<PrincipalId>,
        doubts: &mut BTreeSet<String>,
    ) -> bool {
        for ask in &rule.asks {
            let (kind, detail) = ask.split_once(':').unwrap_or((ask, ""));
            match asked(rule, kind, detail, of, power, identities) {
                Asked::Open => {}
                Asked::Closed => return true,
                Asked::Hangs(on) => {
                    doubts.insert(on);
                }
            }
        }
        false
    }
}

fn asked(
    rule: &LinkedRefRule,
    kind: &str,
    detail: &str,
    of: &Ref,
    power: &Power,
    identities: &BTreeSet<PrincipalId>,
) -> Asked {
    // A branch that is new is asked whether it may be made, and no more.
    let is_asked = match kind {
        "creation" => !of.exists,
        _ => of.exists,
    };
    let hangs = |what: &str| Asked::Hangs(format!("{what} ({})", rule.name));
    let closed = match kind {
        // Whoever opens a pull request merges it where nobody must approve.
        "pull_request" if detail == "0" => return Asked::Open,
        "pull_request" | "lock_branch" | "restrictions" | "update" | "creation" => Asked::Closed,
        // "Any person or integration with write permissions to a repository can set the state of any status check."
        "required_status_checks" if detail.is_empty() => return Asked::Open,
        "required_status_checks" => hangs("the checks that an app must set pass"),
        "workflows" | "required_deployments" | "code_scanning" | "code_quality" => {
            hangs("what the rule wants to have run passes")
        }
        // Signatures, the form of commits and messages, deletion and force pushes keep nobody out who pushes.
        _ => return Asked::Open,
    };
    if !is_asked {
        return Asked::Open;
    }
    let is_pushing = matches!(kind, "restrictions" | "creation");
    if rule.is_protection {
        let is_by_power = match is_pushing {
            true => power.may("push_protected_branch"),
            false => !rule.binds_admins && power.may("bypass_branch_protection"),
        };
        if is_by_power {
            return Asked::Open;
        }
    }
    let Some(exempt) = &rule.exempt else {
        return hangs("whom the rule lets pass is in no export");
    };
    // Whoever may push where pushes are restricted may make such branches too.
    let own = if rule.is_protection && kind == "creation" {
        "restrictions"
    } else {
        kind
    };
    let of_this = exempt
        .iter()
        .filter(|one| one.of.as_deref().is_none_or(|of| of == own));
    let mut unknown = None;
    for one in of_this {
        let is_exempt = match &one.who {
            Exempted::Principal(id) => identities.contains(id),
            Exempted::Owners => power.is_owner,
            Exempted::DeployKeys => power.is_deploy_key,
            Exempted::Role(name) => match Role::from_name(name) {
                Some(role) => power.is(role),
                None => {
                    unknown = Some(name);
                    false
                }
            },
        };
        // Allowances for pull requests are bypasses, which "Do not allow bypassing" takes away.
        let is_void = rule.is_protection && !is_pushing && rule.binds_admins;
        if is_exempt && !is_void {
            return Asked::Open;
        }
    }
    match (closed, unknown) {
        (Asked::Closed, Some(_)) if power.is(Role::Write) => {
            hangs("a role that is told by number alone is the holder's")
        }
        (closed, _) => closed,
    }
}

#[cfg(test)]
mod tests {
    use super::fnmatch;

    #[test]
    fn a_star_stops_at_a_slash_and_two_of_them_do_not() {
        for (pattern, name, is_match) in [
            ("refs/heads/*", "refs/heads/main", true),
            ("refs/heads/*", "refs/heads/a/b", false),
            ("refs/heads/**/*", "refs/heads/a/b", true),
            ("refs/heads/**/*", "refs/heads/a", true),
            ("refs/heads/release-?", "refs/heads/release-1", true),
            ("refs/heads/release-?", "refs/heads/release-12", false),
            ("refs/heads/v[0-9]", "refs/heads/v7", true),
            ("refs/heads/v[!0-9]", "refs/heads/v7", false),
            ("refs/heads/a\\*", "refs/heads/a*", true),
            ("refs/heads/a\\*", "refs/heads/ab", false),
            ("main", "refs/heads/main", false),
        ] {
            assert_eq!(fnmatch(pattern, name), is_match, "{pattern} {name}");
        }
    }
}
