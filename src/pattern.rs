//! Globs with `*` and `?`, and the question behind every right on something that does not exist yet: is there a name
//! that all of these allow and none of those deny? Two parties that name the same thing by globs (a trust and who it
//! trusts) are joined by the same algebra.
//!
//! Source: IAM User Guide, "IAM JSON policy elements: Resource", wildcards: `*` any characters (`:` and `/` too), `?`
//! one character.

use rustc_hash::FxHashSet;
use std::collections::VecDeque;

/// Whether `text` matches `glob`, exactly, case-sensitive.
///
/// Takes `O(glob · text)` at worst, linear without backtracking.
pub fn matches(glob: &str, text: &str) -> bool {
    let (glob, text) = (glob.as_bytes(), text.as_bytes());
    let (mut g, mut t) = (0, 0);
    // Where to resume when a later mismatch shows that the last `*` must swallow one byte more.
    let mut resume = None;
    while t < text.len() {
        match glob.get(g) {
            Some(b'*') => {
                resume = Some((g + 1, t));
                g += 1;
            }
            Some(b'?') => {
                // One character, which may be several bytes.
                t += 1;
                while text.get(t).is_some_and(|byte| byte & 0xC0 == 0x80) {
                    t += 1;
                }
                g += 1;
            }
            Some(byte) if text.get(t) == Some(byte) => {
                g += 1;
                t += 1;
            }
            _ => match resume {
                Some((after_star, swallowed)) => {
                    g = after_star;
                    t = swallowed + 1;
                    resume = Some((after_star, t));
                }
                None => return false,
            },
        }
    }
    glob.iter().skip(g).all(|&byte| byte == b'*')
}

/// In a template, which is ours and not a policy's: any characters but `:`. The name of something that can exist has no
/// second region, account or type inside it, as a `*` there would let it have.
pub const SEGMENT: char = '\u{1}';

/// A glob or template as people read it.
pub fn shown(glob: &str) -> String {
    glob.replace(SEGMENT, "*")
}

/// Whether a glob or template has no wildcard: it means one name.
pub fn is_literal(glob: &str) -> bool {
    !glob.contains(['*', '?', SEGMENT])
}

/// A glob, ready to be walked together with others, character by character.
#[derive(Debug, Clone)]
pub(crate) struct Pattern {
    symbols: Vec<char>,
}

/// The positions of a pattern that some text read so far can have led to: bit `i` is "the first `i` symbols are read".
type Positions = Vec<u64>;

impl Pattern {
    /// The pattern of a glob.
    pub(crate) fn new(glob: &str) -> Self {
        Self {
            symbols: glob.chars().collect(),
        }
    }

    fn symbol(&self, at: usize) -> Option<char> {
        self.symbols.get(at).copied()
    }

    fn insert(&self, positions: &mut Positions, mut at: usize) {
        // A star may be nothing: the position behind it is reached as well.
        loop {
            if let Some(word) = positions.get_mut(at / 64) {
                *word |= 1 << (at % 64);
            }
            if !matches!(self.symbol(at), Some('*' | SEGMENT)) {
                return;
            }
            at += 1;
        }
    }

    fn start(&self) -> Positions {
        let mut positions = vec![0; self.symbols.len() / 64 + 1];
        self.insert(&mut positions, 0);
        positions
    }

    fn holds(positions: &Positions, at: usize) -> bool {
        positions
            .get(at / 64)
            .is_some_and(|word| word >> (at % 64) & 1 == 1)
    }

    fn is_accepting(&self, positions: &Positions) -> bool {
        Self::holds(positions, self.symbols.len())
    }

    /// `None` stands for any character that no pattern names.
    fn advance(&self, positions: &Positions, character: Option<char>) -> Positions {
        let mut next = vec![0; positions.len()];
        for at in (0..self.symbols.len()).filter(|&at| Self::holds(positions, at)) {
            match self.symbol(at) {
                Some('*') => self.insert(&mut next, at),
                Some(SEGMENT) if character != Some(':') => self.insert(&mut next, at),
                Some(SEGMENT) => {}
                Some('?') => self.insert(&mut next, at + 1),
                symbol if symbol == character => self.insert(&mut next, at + 1),
                _ => {}
            }
        }
        next
    }
}

/// Whether some text matches both globs.
///
/// Exact. Takes `O(one · other)`: pairs of positions, each looked at once.
pub(crate) fn overlap(one: &Pattern, other: &Pattern) -> bool {
    let (rows, columns) = (one.symbols.len() + 1, other.symbols.len() + 1);
    let mut seen = vec![false; rows * columns];
    let mut open = vec![(0, 0)];
    while let Some((i, j)) = open.pop() {
        let Some(is_seen) = seen.get_mut(i * columns + j) else {
            continue;
        };
        if std::mem::replace(is_seen, true) {
            continue;
        }
        let is_star = |symbol: Option<char>| matches!(symbol, Some('*' | SEGMENT));
        let (a, b) = (one.symbol(i), other.symbol(j));
        if a.is_none() && b.is_none() {
            return true;
        }
        // A star may be nothing.
        if is_star(a) {
            open.push((i + 1, j));
        }
        if is_star(b) {
            open.push((i, j + 1));
        }
        // Both read one character: a star stays where it is.
        let (Some(a), Some(b)) = (a, b) else {
            continue;
        };
        let is_common = match (a, b) {
            (SEGMENT, ':') | (':', SEGMENT) => false,
            ('*' | '?' | SEGMENT, _) | (_, '*' | '?' | SEGMENT) => true,
            _ => a == b,
        };
        if is_common {
            let next = |at: usize, symbol: char| at + usize::from(!is_star(Some(symbol)));
            open.push((next(i, a), next(j, b)));
        }
    }
    false
}

/// States looked at before giving up: far above what real policies need (hundreds), far below what hurts.
const STATE_LIMIT: usize = 20_000;

/// Whether some text makes `accept` true, which is told for each pattern whether it matches that text; `None` when the
/// search grew over its limit.
///
/// Exact: walks the product of the patterns' automata, made deterministic on the way. The alphabet is the characters
/// that the patterns name, and one that stands for all others.
pub(crate) fn is_satisfiable(
    patterns: &[Pattern],
    accept: impl Fn(&[bool]) -> bool,
) -> Option<bool> {
    let mut alphabet: Vec<Option<char>> = patterns
        .iter()
        .flat_map(|pattern| pattern.symbols.iter().copied())
        .filter(|symbol| !matches!(*symbol, '*' | '?' | SEGMENT))
        .map(Some)
        .collect();
    alphabet.push(None);
    alphabet.sort_unstable();
    alphabet.dedup();
    let start: Vec<Positions> = patterns.iter().map(Pattern::start).collect();
    let mut seen = FxHashSet::default();
    let mut queue = VecDeque::from([start]);
    while let Some(state) = queue.pop_front() {
        let matched: Vec<bool> = patterns
            .iter()
            .zip(&state)
            .map(|(pattern, positions)| pattern.is_accepting(positions))
            .collect();
        if accept(&matched) {
            return Some(true);
        }
        for &character in &alphabet {
            let next: Vec<Positions> = patterns
                .iter()
                .zip(&state)
                .map(|(pattern, positions)| pattern.advance(positions, character))
                .collect();
            // The first pattern frames the search: what it cannot reach any more needs no look.
            let is_dead = next
                .first()
                .is_some_and(|p| p.iter().all(|&word| word == 0));
            if !is_dead && !seen.contains(&next) {
                if seen.len() >= STATE_LIMIT {
                    return None;
                }
                seen.insert(next.clone());
                queue.push_back(next);
            }
        }
    }
    Some(false)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_star_crosses_colons_and_slashes_and_a_question_mark_is_one_character() {
        assert!(matches("arn:aws:s3:::*", "arn:aws:s3:::bucket/a/b"));
        assert!(matches("arn:aws:s3:::b?cket", "arn:aws:s3:::bucket"));
        assert!(matches("b?cket", "bücket"));
        assert!(!matches("arn:aws:s3:::b?cket", "arn:aws:s3:::bcket"));
        assert!(!matches("role/Admin", "role/admin"));
        assert!(matches("*a*b", "xxaxxbxb"));
        assert!(!matches("", "a"));
        assert!(matches("", ""));
    }

    proptest! {
        #[test]
        fn globs_overlap_when_a_search_finds_a_common_text(
            one in "[ab:*?\u{1}]{0,6}",
            other in "[ab:*?\u{1}]{0,6}",
        ) {
            let patterns = [Pattern::new(&one), Pattern::new(&other)];
            let searched = is_satisfiable(&patterns, |matched| matched.iter().all(|&is| is));
            prop_assert_eq!(Some(overlap(&patterns[0], &patterns[1])), searched);
        }
    }

    fn common(globs: &[&str], denied: &[&str]) -> Option<bool> {
        let patterns: Vec<Pattern> = globs
            .iter()
            .chain(denied)
            .map(|g| Pattern::new(g))
            .collect();
        let allowed = globs.len();
        is_satisfiable(&patterns, |m| {
            m[..allowed].iter().all(|&x| x) && !m[allowed..].iter().any(|&x| x)
        })
    }

    #[test]
    fn patterns_that_share_a_name_intersect_and_others_do_not() {
        assert_eq!(
            common(&["function:dev-*", "function:*-api"], &[]),
            Some(true)
        );
        assert_eq!(
            common(&["function:dev-*", "function:prod-*"], &[]),
            Some(false)
        );
        assert_eq!(
            common(&["bucket/*", "bucket/public/*"], &["bucket/*"]),
            Some(false)
        );
        assert_eq!(common(&["bucket/*"], &["bucket/secret/*"]), Some(true));
        assert_eq!(common(&["a?"], &["*b", "*c"]), Some(true), "`ad` is left");
    }

    #[test]
    fn a_segment_of_a_template_stops_at_a_colon() {
        let subnet = format!("ec2:{SEGMENT}:1:subnet/{SEGMENT}");
        assert_eq!(common(&[&subnet, "ec2:*:1:instance/*"], &[]), Some(false));
        assert_eq!(common(&[&subnet, "ec2:*:1:subnet/*"], &[]), Some(true));
        assert_eq!(
            common(&[&subnet.replace(SEGMENT, "*"), "ec2:*:1:instance/*"], &[]),
            Some(true)
        );
    }

    proptest! {
        /// The oracle: try every text of up to five characters over the same alphabet.
        #[test]
        fn satisfiability_agrees_with_trying_every_short_text(
            globs in proptest::collection::vec("[ab*?]{0,3}", 1..4),
            denied in proptest::collection::vec("[ab*?]{0,3}", 0..3),
        ) {
            let mut texts = vec![String::new()];
            let mut all = texts.clone();
            for _ in 0..5 {
                texts = texts.iter().flat_map(|t| ["a", "b", "c"].map(|c| format!("{t}{c}"))).collect();
                all.extend(texts.clone());
            }
            let expected = all.iter().any(|text| {
                globs.iter().all(|g| matches(g, text)) && !denied.iter().any(|g| matches(g, text))
            });
            let globs: Vec<&str> = globs.iter().map(String::as_str).collect();
            let denied: Vec<&str> = denied.iter().map(String::as_str).collect();
            // Texts of up to five characters decide for globs of up to three symbols here: a longer witness has a
            // stretch under a star that can be shortened, denied stars included, unless four globs pull on it.
            if expected {
                prop_assert_eq!(common(&globs, &denied), Some(true));
            } else if globs.len() == 1 && denied.len() <= 1 {
                prop_assert_eq!(common(&globs, &denied), Some(false));
            }
        }
    }
}
