//! JSON as editors write it, made strict: comments and trailing commas become spaces.
//!
//! Every byte keeps its place, so that lines and offsets stay right. Only tried on text that strict reading refuses.

use zeroize::Zeroize;

/// `text`, of results one a line among which other lines stand (a banner, a log for people, escapes for a terminal), with
/// all but the results blanked, and how many lines that were; `None` if none of its lines is a result of `known` members.
pub(crate) fn only_results(text: &str, known: &[&str]) -> Option<(String, usize)> {
    let mut kept = String::with_capacity(text.len());
    let (mut results, mut others) = (0usize, 0usize);
    for line in text.split_inclusive('\n') {
        let start = line.find('{').filter(|&at| is_of_terminal(line.get(..at)));
        let end = line.rfind('}').map(|at| at + 1);
        let end = end.filter(|&at| is_of_terminal(line.get(at..)));
        let result = match (start, end) {
            (Some(start), Some(end)) => line.get(start..end),
            _ => None,
        };
        let is_known = |result: &&str| known.iter().all(|name| result.contains(name));
        match (result, start) {
            (Some(result), Some(start)) => {
                kept.extend(std::iter::repeat_n(' ', start));
                kept.push_str(result);
                kept.extend(std::iter::repeat_n(
                    ' ',
                    line.trim_end_matches('\n').len() - start - result.len(),
                ));
                results += usize::from(Some(result).filter(is_known).is_some());
            }
            _ => {
                others += usize::from(!line.trim().is_empty());
                kept.extend(std::iter::repeat_n(' ', line.trim_end_matches('\n').len()));
            }
        }
        if line.ends_with('\n') {
            kept.push('\n');
        }
    }
    match results > 0 {
        true => Some((kept, others)),
        false => {
            kept.zeroize();
            None
        }
    }
}

/// Whether text holds white space, and sequences with which a terminal is told something, alone.
///
/// Source: ECMA-48, 5.4: control sequences begin with ESC [ and end with a byte from @ to ~.
fn is_of_terminal(text: Option<&str>) -> bool {
    let Some(mut rest) = text.map(str::trim_start) else {
        return false;
    };
    while let Some(sequence) = rest.strip_prefix("\u{1b}[") {
        let Some(end) = sequence.find(|letter: char| ('@'..='~').contains(&letter)) else {
            return false;
        };
        rest = sequence.get(end + 1..).unwrap_or_default().trim_start();
    }
    rest.is_empty()
}

/// `text` with comments (`//`, `/* */`) and trailing commas blanked; `None` if it holds none.
pub(crate) fn blanked(text: &str) -> Option<String> {
    let mut bytes = text.as_bytes().to_vec();
    let mut has_changed = false;
    let mut pending_comma: Option<usize> = None;
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'"' => {
                pending_comma = None;
                at = after_string(&bytes, at);
                continue;
            }
            b'/' if matches!(bytes.get(at + 1), Some(b'/' | b'*')) => {
                let end = after_comment(&bytes, at);
                for byte in bytes.iter_mut().take(end).skip(at) {
                    if !matches!(*byte, b'\n' | b'\r') {
                        *byte = b' ';
                    }
                }
                has_changed = true;
                at = end;
                continue;
            }
            b',' => pending_comma = Some(at),
            b'}' | b']' => {
                if let Some(comma) = pending_comma.take()
                    && let Some(byte) = bytes.get_mut(comma)
                {
                    *byte = b' ';
                    has_changed = true;
                }
            }
            byte if byte.is_ascii_whitespace() => {}
            _ => pending_comma = None,
        }
        at += 1;
    }
    if !has_changed {
        bytes.zeroize();
        return None;
    }
    String::from_utf8(bytes).ok()
}

/// The offset after the string that opens at `at`; the end of the text for one that never closes.
fn after_string(bytes: &[u8], at: usize) -> usize {
    let mut at = at + 1;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

/// The offset after the comment that opens at `at`.
fn after_comment(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at + 2..).unwrap_or_default();
    let length = if bytes.get(at + 1) == Some(&b'/') {
        rest.iter().position(|&byte| byte == b'\n')
    } else {
        rest.windows(2)
            .position(|pair| pair == b"*/")
            .map(|end| end + 2)
    };
    length.map_or(bytes.len(), |length| at + 2 + length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_trailing_commas_become_spaces_in_place() {
        let text = "{ // é\n \"a\": [1, 2, /* x\n */ ], \"b\": {},\n}";
        let plain = blanked(text).unwrap();
        assert_eq!(plain.len(), text.len());
        assert_eq!(plain.lines().count(), text.lines().count());
        let value: serde_json::Value = serde_json::from_str(&plain).unwrap();
        assert_eq!(value, serde_json::json!({"a": [1, 2], "b": {}}));
    }

    #[test]
    fn strings_are_left_alone() {
        assert_eq!(blanked(r#"{"url": "https://x/*,]*/", "q": "\",}"}"#), None);
    }

    #[test]
    fn what_never_closes_ends_with_the_text() {
        assert_eq!(blanked("{\"a").as_deref(), None);
        assert_eq!(blanked("{/* a").as_deref(), Some("{    "));
    }
}
