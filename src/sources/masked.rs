//! Masked forms of secrets: `ghp_****abcd`, `sk-…wxyz`, the last eight of a token. What shows is compared with what shows
//! elsewhere, or with keyed hashes of the ends of a value that is gone. That two agree says that they may be one secret.

use super::fingerprint::{End, Fingerprinter};
use super::secret_shape;

/// What shows of a secret: how it begins and how it ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hint {
    before: String,
    after: String,
}

/// So many characters of either end are compared at most.
const LONGEST: usize = 16;

/// So many characters must agree that the issuer does not give to every secret of its kind.
const FEWEST: usize = 3;

/// So many characters AWS gives to all ids of keys: `AKIA`.
const KEY_IDS: usize = 4;
/// So many that agree are no chance: one in more than fifty thousand million, of letters and digits.
const TELLING: usize = 6;

/// Words that stand for what is hidden.
const WORDS: [&str; 3] = ["[REDACTED]", "REDACTED", "..."];

impl Hint {
    /// What shows in a masked form; `None` where nothing is hidden, or nothing shows.
    pub(crate) fn of(masked: &str) -> Option<Self> {
        let (start, end) = hidden(masked.trim())?;
        let masked = masked.trim();
        let hint = Self {
            before: masked.get(..start)?.to_owned(),
            after: masked.get(end..)?.to_owned(),
        };
        (!hint.before.is_empty() || !hint.after.is_empty()).then_some(hint)
    }

    /// How many of the characters that both show, and that are the same, tell anything; `None` where they differ.
    fn agreement(&self, other: &Self) -> Option<usize> {
        let before = common(self.before.chars(), other.before.chars())?;
        let after = common(self.after.chars().rev(), other.after.chars().rev())?;
        let given = secret_shape::given(&self.before).chars().count();
        Some(before.saturating_sub(given) + after)
    }

    /// Whether it shows so much that no second secret shows the same by chance.
    pub(crate) fn is_telling(&self) -> bool {
        // What stands before the last hyphen says the kind and the version: `sk-ant-api03-`.
        let own = self.before.rsplit(['-', '_']).next().unwrap_or("");
        let shown = |text: &str| text.chars().count().min(LONGEST);
        shown(own) + shown(&self.after) >= TELLING
    }

    /// Whether two masked forms may be of one secret.
    pub(crate) fn agrees(&self, other: &Self) -> Verdict {
        match self.agreement(other) {
            None => Verdict::Differs,
            Some(shared) if shared < FEWEST => Verdict::Unknown,
            Some(_) => Verdict::MayBe,
        }
    }

    /// Whether it may be that of an id, which is no secret.
    pub(crate) fn shows(&self, id: &str) -> bool {
        let shown = self.before.chars().count() + self.after.chars().count();
        shown >= FEWEST + KEY_IDS
            && shown <= id.chars().count()
            && id.starts_with(&self.before)
            && id.ends_with(&self.after)
    }

    /// Hashes of what shows, to be compared with those of values.
    pub(crate) fn hashed(&self, fingerprinter: &Fingerprinter) -> Hashed {
        let hashed = |letters: &mut dyn Iterator<Item = char>, side| {
            let text: String = letters.take(LONGEST).collect();
            let count = text.chars().count();
            (count, fingerprinter.end(side, &text))
        };
        Hashed {
            before: hashed(&mut self.before.chars(), FIRST),
            after: hashed(&mut self.after.chars().rev(), LAST),
            given: secret_shape::given(&self.before).chars().count(),
        }
    }
}

/// How many characters show at each end, and their hashes.
#[derive(Debug, Clone)]
pub(crate) struct Hashed {
    before: (usize, Option<End>),
    after: (usize, Option<End>),
    given: usize,
}

impl Hashed {
    /// Whether it may be that of a value of which only the hashes of its ends are left.
    pub(crate) fn fits(&self, ends: &Ends) -> Verdict {
        let is_it = |hashes: &[End], (count, hash): (usize, Option<End>)| match count {
            0 => true,
            count => hash.is_some() && hashes.get(count - 1).copied() == hash,
        };
        let agrees = is_it(&ends.first, self.before) && is_it(&ends.last, self.after);
        let shared = self.before.0.saturating_sub(self.given) + self.after.0;
        match (agrees, shared) {
            (false, _) => Verdict::Differs,
            (true, shared) if shared < FEWEST => Verdict::Unknown,
            (true, _) => Verdict::MayBe,
        }
    }
}

/// What a comparison tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// What both show is the same.
    MayBe,
    /// Both show too little.
    Unknown,
    /// They are two secrets.
    Differs,
}

const FIRST: &str = "first";
const LAST: &str = "last";

/// Keyed hashes of the beginnings and the ends of a value: of one character, of two, and so on.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ends {
    first: Vec<End>,
    last: Vec<End>,
}

impl Ends {
    /// Those of a value, which is only looked at.
    pub(crate) fn of(value: &str, fingerprinter: &Fingerprinter) -> Self {
        let hashes = |letters: &mut dyn Iterator<Item = char>, side| {
            let mut text = zeroize::Zeroizing::new(String::new());
            let hash = |letter| {
                text.push(letter);
                fingerprinter.end(side, &text)
            };
            letters.take(LONGEST).filter_map(hash).collect()
        };
        Self {
            first: hashes(&mut value.chars(), FIRST),
            last: hashes(&mut value.chars().rev(), LAST),
        }
    }
}

/// How many characters both have, if these are the same.
fn common(one: impl Iterator<Item = char>, other: impl Iterator<Item = char>) -> Option<usize> {
    let mut count = 0;
    for (a, b) in one.zip(other) {
        if a != b {
            return None;
        }
        count += 1;
    }
    Some(count)
}

/// From where to where something is hidden: from the first sign of that to the last.
fn hidden(masked: &str) -> Option<(usize, usize)> {
    let mut found: Option<(usize, usize)> = None;
    let mut take = |start: usize, end: usize| {
        let (first, last) = found.unwrap_or((start, end));
        found = Some((first.min(start), last.max(end)));
    };
    for word in WORDS {
        for (at, _) in masked.match_indices(word) {
            take(at, at + word.len());
        }
    }
    let mut run: Option<(usize, char)> = None;
    let letters = masked.char_indices().chain([(masked.len(), '\0')]);
    for (at, letter) in letters {
        match run {
            Some((_, of)) if of == letter => {}
            _ => {
                if let Some((start, of)) = run
                    && is_hiding(of, masked.get(start..at).unwrap_or_default())
                {
                    take(start, at);
                }
                run = Some((at, letter));
            }
        }
    }
    found
}

/// Whether a run of one character stands for something hidden.
fn is_hiding(of: char, run: &str) -> bool {
    let count = run.chars().count();
    match of {
        '•' | '…' | '●' => true,
        '*' => count >= 2,
        'x' | 'X' => count >= 6,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(masked: &str) -> Option<(String, String)> {
        Hint::of(masked).map(|hint| (hint.before, hint.after))
    }

    #[test]
    fn what_shows_is_told_from_what_is_hidden() {
        for (masked, before, after) in [
            ("ghp_****abcd", "ghp_", "abcd"),
            ("sk-…wxyz", "sk-", "wxyz"),
            ("abc••••", "abc", ""),
            ("ghp_EXAMP...", "ghp_EXAMP", ""),
            ("********12345678", "", "12345678"),
            ("key-REDACTED-end", "key-", "-end"),
            ("a***b***c", "a", "c"),
            ("XXXXXXXXabcd", "", "abcd"),
        ] {
            assert_eq!(
                shown(masked),
                Some((before.into(), after.into())),
                "{masked}"
            );
        }
        for nothing in ["", "REDACTED", "****", "plain-text", "EXXON"] {
            assert_eq!(shown(nothing), None, "{nothing}");
        }
    }

    #[test]
    fn masked_forms_agree_where_enough_of_both_is_the_same() {
        let verdict =
            |one: &str, other: &str| Hint::of(one).unwrap().agrees(&Hint::of(other).unwrap());
        assert_eq!(verdict("ghp_****abcd", "ghp_12…xxabcd"), Verdict::MayBe);
        assert_eq!(verdict("ghp_****abcd", "ghp_****abce"), Verdict::Differs);
        assert_eq!(verdict("ghp_****abcd", "gho_****abcd"), Verdict::Differs);
        // That both are GitHub's says nothing.
        assert_eq!(verdict("ghp_****", "ghp_****"), Verdict::Unknown);
        assert_eq!(verdict("abc****", "****xyz"), Verdict::Unknown);
    }

    #[test]
    fn what_issuers_give_to_all_keys_of_a_kind_tells_nothing() {
        let is_telling = |mask: &str| Hint::of(mask).unwrap().is_telling();
        assert!(is_telling("sk-abc...def") && is_telling("sk-ant-api03-R2D...igAA"));
        assert!(!is_telling("sk-ant-api03-...igAA") && !is_telling("sk-proj-...wxyz"));
    }

    #[test]
    fn a_masked_form_fits_a_value_of_which_hashes_are_left() {
        let fingerprinter = Fingerprinter::new();
        let value = format!("ghp_{}wxyz", "EXAMPLE".repeat(4));
        let ends = Ends::of(&value, &fingerprinter);
        let verdict = |masked: &str| Hint::of(masked).unwrap().hashed(&fingerprinter).fits(&ends);
        assert_eq!(verdict("****MPLEwxyz"), Verdict::MayBe);
        assert_eq!(verdict("ghp_EXA****"), Verdict::MayBe);
        assert_eq!(verdict("ghp_****wxyy"), Verdict::Differs);
        assert_eq!(verdict("ghp_****"), Verdict::Unknown);
        assert_eq!(verdict("ghp_EXAMPLEEXAMPLEEXAMPLEEX****"), Verdict::MayBe);
        let other = Fingerprinter::new();
        assert_eq!(
            Hint::of("****wxyz").unwrap().hashed(&other).fits(&ends),
            Verdict::Differs
        );
        assert!(!format!("{ends:?}").contains("wxyz"));
    }
}
