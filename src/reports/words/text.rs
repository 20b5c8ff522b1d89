//! Text that is safe to show, whole or cut to a width, and names among words.

/// `text` with every control and format character spelled out, `\u{1b}` for an escape: nothing in it can move a
/// cursor, end a line, hide, or turn the reading direction.
pub(crate) fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() || is_format(c) {
            shown.extend(c.escape_unicode());
        } else {
            shown.push(c);
        }
    }
    shown
}

/// Unicode 17 general categories Cf, Zl and Zp, as far as they hide, join or reorder text.
pub(super) fn is_format(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}' | '\u{8e2}' | '\u{180e}'
        | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e007f}')
}

/// `text` in at most `width` columns of a terminal, cut in the middle: the ends of names tell them apart.
pub(crate) fn shortened(text: &str, width: usize) -> String {
    use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};
    if text.width() <= width {
        return text.to_owned();
    }
    let room = width.saturating_sub(1);
    let fits = |chars: &mut dyn Iterator<Item = char>, room: usize| -> Vec<char> {
        let mut used = 0;
        chars
            .take_while(|c| {
                used += c.width().unwrap_or(0);
                used <= room
            })
            .collect()
    };
    let head = fits(&mut text.chars(), room.div_ceil(2));
    let tail = fits(&mut text.chars().rev(), room / 2);
    head.into_iter()
        .chain(std::iter::once('\u{2026}'))
        .chain(tail.into_iter().rev())
        .collect()
}

/// A name in backticks.
pub(super) fn quoted(name: &str) -> String {
    format!("`{}`", visible(name))
}

/// The first of some names: `a`, `b` and 2 more.
pub(super) fn some_of(names: &[String], most: usize) -> String {
    let mut text = names
        .iter()
        .take(most)
        .map(|name| quoted(name))
        .collect::<Vec<_>>()
        .join(", ");
    if names.len() > most {
        text.push_str(&format!(
            " and {} more",
            super::count_of(names.len() - most)
        ));
    }
    text
}
