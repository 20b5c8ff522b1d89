//! Edits of policy documents: which document, and the patch of it.

use super::text::is_format;
use super::{Words, visible};
use crate::analysis::Edit;

impl Words<'_> {
    /// Which document an edit is of: `the document at /UserDetailList/0/…`.
    pub(crate) fn document(&self, edit: &Edit) -> String {
        let place = match edit.document.as_str() {
            "" => "the document is the whole file".to_owned(),
            pointer => format!("the document at {}", visible(pointer)),
        };
        match edit.is_in_text {
            true => format!("{place}, which is a string: the patch is of what it decodes to"),
            false => place,
        }
    }

    /// The JSON Patch of an edit, in one line.
    pub(crate) fn patch(&self, edit: &Edit) -> String {
        let json = serde_json::to_string(&edit.operations).unwrap_or_default();
        let mut shown = String::with_capacity(json.len());
        // Such characters stand inside of strings only, where JSON has its own way to spell them out.
        for c in json.chars() {
            if c.is_control() || is_format(c) {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    shown.push_str(&format!("\\u{unit:04x}"));
                }
            } else {
                shown.push(c);
            }
        }
        shown
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reports::sample;

    #[test]
    fn a_patch_is_shown_as_json_that_says_the_same() {
        let analysis = sample::analysis();
        let words = Words::of(&analysis);
        let edits: Vec<&Edit> = analysis.fixes.iter().flat_map(|fix| &fix.edits).collect();
        assert_eq!(edits.len(), 4);
        for edit in edits {
            let shown: serde_json::Value = serde_json::from_str(&words.patch(edit)).unwrap();
            assert_eq!(shown, serde_json::to_value(&edit.operations).unwrap());
        }
    }
}
