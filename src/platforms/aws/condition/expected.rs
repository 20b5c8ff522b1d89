//! The values that a policy expects, with their policy variables replaced.
//!
//! Source: IAM User Guide, "IAM policy elements: Variables and tags" (read 2026-11 in the copy at
//! <https://github.com/awsdocs/iam-user-guide>). A document of a `Version` before `2012-10-17` has no variables; the
//! inventory does not tell a statement's version, and nearly every policy is of that one.

/// One symbol of an expected value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Symbol {
    /// As written in the policy: `*` and `?` are wildcards where the operator has them.
    Written(char),
    /// From a variable or an escape (`${*}`): never a wildcard.
    Literal(char),
}

impl Symbol {
    pub(super) fn character(self) -> char {
        match self {
            Self::Written(character) | Self::Literal(character) => character,
        }
    }
}

/// One expected value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Expected {
    /// It is this.
    Value(Vec<Symbol>),
    /// It names a key that the request does not have, without a default.
    Nothing,
    /// It names a key of which nothing is known.
    Unknown,
}

/// What a variable stands for.
pub(super) enum Variable {
    /// A key of the request with one value.
    Value(String),
    /// A key that is not in the request.
    Absent,
    /// A key of which nothing is known, or one that is never replaced (of several values).
    Unknown,
}

/// An expected value as it is written.
pub(super) fn written(text: &str) -> Expected {
    Expected::Value(text.chars().map(Symbol::Written).collect())
}

/// An expected value, its variables looked up once: what a variable stands for is not looked at again.
pub(super) fn expected(text: &str, lookup: &dyn Fn(&str) -> Variable) -> Expected {
    let mut symbols = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        symbols.extend(before.chars().map(Symbol::Written));
        // `${` that is never closed is text. A default may hold a brace, so its closing quote comes first.
        let Some((name, default, tail)) = variable(after) else {
            symbols.extend("${".chars().map(Symbol::Written));
            rest = after;
            continue;
        };
        match name {
            "*" | "?" | "$" => symbols.extend(name.chars().map(Symbol::Literal)),
            _ => match (lookup(name), default) {
                (Variable::Value(value), _) => symbols.extend(value.chars().map(Symbol::Literal)),
                (Variable::Absent, Some(default)) => {
                    symbols.extend(default.chars().map(Symbol::Literal));
                }
                (Variable::Absent, None) => return Expected::Nothing,
                (Variable::Unknown, _) => return Expected::Unknown,
            },
        }
        rest = tail;
    }
    symbols.extend(rest.chars().map(Symbol::Written));
    Expected::Value(symbols)
}

/// Reads `key}` or `key, 'default'}`: name, default and what follows.
fn variable(text: &str) -> Option<(&str, Option<&str>, &str)> {
    let (name, _) = text.split_once('}')?;
    let Some((key, _)) = name.split_once(',') else {
        let (name, tail) = text.split_once('}')?;
        return Some((name.trim(), None, tail));
    };
    let (_, after) = text.split_once(',')?;
    let (default, after) = after.trim_start().strip_prefix('\'')?.split_once('\'')?;
    let tail = after.trim_start().strip_prefix('}')?;
    Some((key.trim(), Some(default), tail))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lookup(name: &str) -> Variable {
        match name.to_ascii_lowercase().as_str() {
            "aws:username" => Variable::Value("ann*".to_owned()),
            "aws:principaltag/team" => Variable::Absent,
            _ => Variable::Unknown,
        }
    }

    fn text(of: &str) -> String {
        match expected(of, &lookup) {
            Expected::Value(symbols) => symbols
                .into_iter()
                .map(|symbol| match symbol {
                    Symbol::Written(character) => character.to_string(),
                    Symbol::Literal(character) => format!("<{character}>"),
                })
                .collect(),
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn a_variable_is_replaced_and_what_it_brings_is_never_a_wildcard() {
        assert_eq!(text("home/${aws:UserName}/*"), "home/<a><n><n><*>/*");
    }

    #[test]
    fn escapes_stand_for_their_character() {
        assert_eq!(text("a${*}b${?}c${$}{d}"), "a<*>b<?>c<$>{d}");
    }

    #[test]
    fn a_default_counts_where_the_key_is_absent_only() {
        assert_eq!(text("${aws:PrincipalTag/team, 'a}b'}!"), "<a><}><b>!");
        assert_eq!(text("${aws:username, 'x'}"), "<a><n><n><*>");
        assert_eq!(text("${aws:userid, 'x'}"), "Unknown");
    }

    #[test]
    fn an_absent_key_without_default_is_no_value_at_all() {
        assert_eq!(text("team/${aws:PrincipalTag/team}"), "Nothing");
    }

    #[test]
    fn what_is_never_closed_is_text() {
        assert_eq!(text("a${b"), "a${b");
    }
}
