//! Whether one rule allows one request, exactly as the API server decides it.

use crate::inventory::AccessRule;

/// A request for a resource.
#[derive(Debug, Clone, Copy)]
pub struct Request<'r> {
    /// `get`, `create`, `impersonate`, …
    pub verb: &'r str,
    /// The API group; `""` is the core group.
    pub group: &'r str,
    /// The resource, with a subresource behind a slash.
    pub resource: &'r str,
    /// The name of the object that the request is about, if it has one.
    pub name: Option<&'r str>,
}

/// `*`, or the same.
fn is_among(values: &[String], asked: &str) -> bool {
    values.iter().any(|value| value == "*" || value == asked)
}

/// `*`; the same, subresource and all; or `*/SUBRESOURCE`. `pods/*` is no pattern, and `pods` does not cover `pods/exec`.
///
/// Source: `ResourceMatches` (read 2026-11).
fn covers(rule: &AccessRule, resource: &str) -> bool {
    let subresource = resource.split_once('/').map(|(_, subresource)| subresource);
    rule.resources.iter().any(|own| {
        own == "*"
            || own == resource
            || subresource.is_some_and(|asked| own.strip_prefix("*/") == Some(asked))
    })
}

/// Whether a rule allows a request.
///
/// A rule with names allows only requests for one of them: a request without a name never is.
///
/// Source: `RuleAllows`, `ResourceNameMatches` (read 2026-11).
pub fn allows(rule: &AccessRule, request: &Request<'_>) -> bool {
    is_among(&rule.verbs, request.verb)
        && is_among(&rule.groups, request.group)
        && covers(rule, request.resource)
        && (rule.names.is_empty()
            || request
                .name
                .is_some_and(|asked| rule.names.iter().any(|own| own == asked)))
}

/// For which names a rule allows something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Names<'r> {
    /// For every one, and for none.
    Every,
    /// For these.
    Only(&'r [String]),
}

impl Names<'_> {
    /// Whether that name is among them.
    pub fn has(&self, name: &str) -> bool {
        match self {
            Self::Every => true,
            Self::Only(names) => names.iter().any(|own| own == name),
        }
    }
}

/// For which names a rule allows a verb on a resource; `None` if for none.
///
/// What is created has no name yet when that is decided, and a collection has none, so that rules with names allow
/// neither; a subresource of a named object has the object's. `list` and `watch` are allowed to who selects the one name.
///
/// Source: "Using RBAC Authorization", "Referring to resources" (read 2026-11).
pub fn names<'r>(
    rule: &'r AccessRule,
    verb: &str,
    group: &str,
    resource: &str,
) -> Option<Names<'r>> {
    let is_open =
        is_among(&rule.verbs, verb) && is_among(&rule.groups, group) && covers(rule, resource);
    if !is_open {
        return None;
    }
    if rule.names.is_empty() {
        return Some(Names::Every);
    }
    let is_nameless = verb == "deletecollection" || (verb == "create" && !resource.contains('/'));
    (!is_nameless).then_some(Names::Only(&rule.names))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(verbs: &str, groups: &[&str], resources: &str, names: &[&str]) -> AccessRule {
        let words = |text: &str| text.split(' ').map(str::to_owned).collect();
        let list = |all: &[&str]| all.iter().map(|&one| one.to_owned()).collect();
        AccessRule {
            verbs: words(verbs),
            groups: list(groups),
            resources: words(resources),
            names: list(names),
            urls: Vec::new(),
        }
    }

    fn asks<'r>(verb: &'r str, resource: &'r str, name: Option<&'r str>) -> Request<'r> {
        Request {
            verb,
            group: "",
            resource,
            name,
        }
    }

    #[test]
    fn a_resource_does_not_cover_its_subresources_and_a_star_covers_all() {
        let exec = asks("create", "pods/exec", Some("p"));
        for (resources, is_allowed) in [
            ("pods", false),
            ("pods/exec", true),
            ("*", true),
            ("*/exec", true),
            // No patterns of the API server's.
            ("pods/*", false),
            ("*/*", false),
            ("*/xec", false),
        ] {
            let rule = rule("create", &[""], resources, &[]);
            assert_eq!(allows(&rule, &exec), is_allowed, "{resources}");
        }
        let of_pods = rule("get", &[""], "*/exec", &[]);
        assert!(!allows(&of_pods, &asks("get", "pods", None)));
    }

    #[test]
    fn verbs_and_groups_are_the_same_or_a_star() {
        let request = asks("get", "secrets", None);
        for (verbs, groups, is_allowed) in [
            ("get", [""], true),
            ("*", ["*"], true),
            ("list", [""], false),
            ("get", ["apps"], false),
            ("Get", [""], false),
            ("get*", [""], false),
        ] {
            let rule = rule(verbs, &groups, "secrets", &[]);
            assert_eq!(allows(&rule, &request), is_allowed, "{verbs} {groups:?}");
        }
        assert!(!allows(&rule("get", &[], "secrets", &[]), &request));
    }

    #[test]
    fn a_rule_with_names_allows_those_alone_and_never_a_request_without_one() {
        let named = rule(
            "get list create deletecollection",
            &[""],
            "secrets pods/exec",
            &["a"],
        );
        assert!(allows(&named, &asks("get", "secrets", Some("a"))));
        assert!(!allows(&named, &asks("get", "secrets", Some("b"))));
        assert!(!allows(&named, &asks("list", "secrets", None)));
        let only = ["a".to_owned()];
        let of = |verb, resource| names(&named, verb, "", resource);
        assert_eq!(of("get", "secrets"), Some(Names::Only(&only)));
        assert_eq!(of("list", "secrets"), Some(Names::Only(&only)));
        assert_eq!(of("create", "secrets"), None);
        assert_eq!(of("deletecollection", "secrets"), None);
        assert_eq!(of("create", "pods/exec"), Some(Names::Only(&only)));
        assert_eq!(of("get", "configmaps"), None);
        let every = rule("create", &[""], "secrets", &[]);
        assert_eq!(names(&every, "create", "", "secrets"), Some(Names::Every));
    }
}
