//! JSON in pieces that keep their place: borrowed raw values, the members of an object in order, JSON pointers.

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;

/// A string of the document, borrowed unless it holds escapes.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub(crate) struct Text<'d>(#[serde(borrow)] pub(crate) Cow<'d, str>);

impl std::ops::Deref for Text<'_> {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

/// The members of an object, in order, duplicates included.
#[derive(Debug, Default)]
pub(crate) struct Members<'d>(pub(crate) Vec<(Cow<'d, str>, &'d RawValue)>);

impl<'d> Members<'d> {
    /// The members of `raw`; `None` if it is no object.
    pub(crate) fn of(raw: &'d RawValue) -> Option<Self> {
        serde_json::from_str(raw.get()).ok()
    }

    /// The value of `name`; of several, the last, as every JSON reader of the platforms does.
    pub(crate) fn get(&self, name: &str) -> Option<&'d RawValue> {
        self.0
            .iter()
            .rev()
            .find(|(key, _)| key == name)
            .map(|&(_, value)| value)
    }

    /// Whether there is a member of that name.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// The string at `name`.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        self.get(name).and_then(text_of)
    }

    /// The names that occur more than once, each once, in order, with the value that counts.
    pub(crate) fn duplicates(&self) -> impl Iterator<Item = (&str, &'d RawValue)> {
        self.0.iter().enumerate().filter_map(|(at, (key, value))| {
            let earlier = self
                .0
                .iter()
                .take(at)
                .filter(|(other, _)| other == key)
                .count();
            let later = self.0.iter().skip(at + 1).any(|(other, _)| other == key);
            (earlier > 0 && !later).then_some((key.as_ref(), *value))
        })
    }

    /// The members that count: of several with one name, the last.
    pub(crate) fn effective(&self) -> impl Iterator<Item = (&str, &'d RawValue)> {
        self.0.iter().enumerate().filter_map(|(at, (key, value))| {
            let later = self.0.iter().skip(at + 1).any(|(other, _)| other == key);
            (!later).then_some((key.as_ref(), *value))
        })
    }
}

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;
        impl<'de> Visitor<'de> for Read {
            type Value = Members<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(Text(key)) = map.next_key()? {
                    members.push((key, map.next_value()?));
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Read)
    }
}

/// One value or a list of values; booleans and numbers as their text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct OneOrMany(pub(crate) Vec<String>);

impl<'de> Deserialize<'de> for OneOrMany {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;
        impl<'de> Visitor<'de> for Read {
            type Value = OneOrMany;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string or a list of strings")
            }
            fn visit_str<E>(self, text: &str) -> Result<OneOrMany, E> {
                Ok(OneOrMany(vec![text.to_owned()]))
            }
            fn visit_bool<E>(self, value: bool) -> Result<OneOrMany, E> {
                Ok(OneOrMany(vec![value.to_string()]))
            }
            fn visit_i64<E>(self, value: i64) -> Result<OneOrMany, E> {
                Ok(OneOrMany(vec![value.to_string()]))
            }
            fn visit_u64<E>(self, value: u64) -> Result<OneOrMany, E> {
                Ok(OneOrMany(vec![value.to_string()]))
            }
            fn visit_f64<E>(self, value: f64) -> Result<OneOrMany, E> {
                Ok(OneOrMany(vec![value.to_string()]))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<OneOrMany, A::Error> {
                let mut all = Vec::new();
                while let Some(Self::Value { 0: mut values }) = seq.next_element::<OneOrMany>()? {
                    all.append(&mut values);
                }
                Ok(OneOrMany(all))
            }
        }
        deserializer.deserialize_any(Read)
    }
}

/// For fields where `null` means the same as absence: the default.
pub(crate) fn null_as_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    Option::<T>::deserialize(deserializer).map(Option::unwrap_or_default)
}

/// The string that `raw` is; `None` for everything else.
pub(crate) fn text_of(raw: &RawValue) -> Option<String> {
    serde_json::from_str(raw.get()).ok()
}

/// The first character of a raw value: it tells its type.
pub(crate) fn opening(raw: &RawValue) -> char {
    raw.get().chars().next().unwrap_or(' ')
}

/// Whether `raw` is `null`.
pub(crate) fn is_null(raw: &RawValue) -> bool {
    raw.get() == "null"
}

/// The elements of an array; `None` if `raw` is none.
pub(crate) fn elements(raw: &RawValue) -> Option<Vec<&RawValue>> {
    serde_json::from_str(raw.get()).ok()
}

/// `pointer` with one more member or index (RFC 6901 escapes).
pub(crate) fn join(pointer: &str, token: &str) -> String {
    let mut joined = String::with_capacity(pointer.len() + 1 + token.len());
    joined.push_str(pointer);
    joined.push('/');
    for character in token.chars() {
        match character {
            '~' => joined.push_str("~0"),
            '/' => joined.push_str("~1"),
            other => joined.push(other),
        }
    }
    joined
}

/// What a serde error says, without any value of the input: those may be secrets.
///
/// serde writes `invalid type: string "VALUE", expected u32 at line 1 column 2`; only the type, and what was expected
/// (our own words), are kept.
pub(crate) fn safe_message(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let text = text
        .rsplit_once(" at line ")
        .map_or(text.as_str(), |(head, _)| head);
    if text.starts_with("missing field `") {
        return text.to_owned();
    }
    let expected = text.rsplit_once(", expected ").map(|(_, tail)| tail);
    let found = text
        .strip_prefix("invalid type: ")
        .map(|rest| rest.split(['"', '`', ',']).next().unwrap_or("").trim());
    match (found, expected) {
        (Some(found), Some(expected)) => format!("is {}, where {expected} belongs", article(found)),
        (None, Some(expected)) if text.starts_with("invalid ") => {
            format!("has a wrong value or length, where {expected} belongs")
        }
        _ => "does not have the shape that this export always has".to_owned(),
    }
}

fn article(found: &str) -> String {
    match found {
        "null" | "" => "null".to_owned(),
        "integer" => "an integer".to_owned(),
        other => format!("a {other}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pointer_escapes_slash_and_tilde() {
        assert_eq!(join("/a", "b/c~d"), "/a/b~1c~0d");
    }

    #[test]
    fn of_two_members_with_one_name_the_last_counts_and_both_are_noticed() {
        let members: Members<'_> = serde_json::from_str(r#"{"a":1,"b":2,"a":3,"a":4}"#).unwrap();
        assert_eq!(members.get("a").unwrap().get(), "4");
        let duplicates: Vec<_> = members
            .duplicates()
            .map(|(key, raw)| (key, raw.get()))
            .collect();
        assert_eq!(duplicates, [("a", "4")]);
        let effective: Vec<_> = members
            .effective()
            .map(|(key, raw)| (key, raw.get()))
            .collect();
        assert_eq!(effective, [("b", "2"), ("a", "4")]);
    }

    #[test]
    fn error_texts_never_repeat_a_value() {
        #[derive(Debug, Deserialize)]
        #[expect(dead_code, reason = "only its errors are looked at")]
        struct Line {
            line: u32,
        }
        for (text, said) in [
            (
                r#"{"line":"hush, expected nothing"}"#,
                "is a string, where u32 belongs",
            ),
            (
                r#"{"line":-7654321}"#,
                "has a wrong value or length, where u32 belongs",
            ),
            (r#"{"line":null}"#, "is null, where u32 belongs"),
            ("{}", "missing field `line`"),
        ] {
            let error = serde_json::from_str::<Line>(text).unwrap_err();
            assert_eq!(safe_message(&error), said, "{error}");
        }
    }

    #[test]
    fn one_value_or_many_and_numbers_and_booleans_as_text() {
        let values = |text: &str| serde_json::from_str::<OneOrMany>(text).unwrap().0;
        assert_eq!(values(r#""a""#), ["a"]);
        assert_eq!(values(r#"["a",true,7]"#), ["a", "true", "7"]);
        assert!(serde_json::from_str::<OneOrMany>("{}").is_err());
    }
}
