//! One input text with positions: from a byte offset to a line, and evidence for what was read there.

use camino::{Utf8Path, Utf8PathBuf};

/// One input file, read whole. Positions are byte offsets into [`Document::text`].
///
/// The text may hold secret values: it is wiped when the document is dropped, and `Debug` does not show it.
pub struct Document {
    path: Utf8PathBuf,
    text: zeroize::Zeroizing<String>,
    line_starts: Vec<u32>,
}

impl std::fmt::Debug for Document {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Document")
            .field("path", &self.path)
            .field("bytes", &self.text.len())
            .finish_non_exhaustive()
    }
}

impl Document {
    /// The largest text a document can hold, in bytes: positions are 32 bits wide.
    pub const MAX_BYTES: u64 = u32::MAX as u64;

    /// A document of `text`, shown to the user as `path`.
    ///
    /// Text beyond [`Self::MAX_BYTES`] would have no positions; callers refuse it before they read it.
    pub fn new(path: impl Into<Utf8PathBuf>, text: String) -> Self {
        let line_starts = std::iter::once(0)
            .chain(
                text.bytes()
                    .enumerate()
                    .filter(|&(_, byte)| byte == b'\n')
                    .filter_map(|(at, _)| u32::try_from(at + 1).ok()),
            )
            .collect();
        Self {
            path: path.into(),
            text: text.into(),
            line_starts,
        }
    }

    /// The path, as it is shown to the user.
    pub fn path(&self) -> &Utf8Path {
        &self.path
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The line (from 1) that holds byte `offset`.
    pub fn line_at(&self, offset: usize) -> u32 {
        let line = self
            .line_starts
            .partition_point(|&start| start as usize <= offset);
        u32::try_from(line).unwrap_or(u32::MAX)
    }

    /// Where `part`, a slice of this document's text, begins; `None` if it is a slice of something else.
    pub fn offset_of(&self, part: &str) -> Option<usize> {
        let start = self.text.as_ptr() as usize;
        let offset = (part.as_ptr() as usize).checked_sub(start)?;
        (offset + part.len() <= self.text.len()).then_some(offset)
    }

    /// The line (from 1) on which `part`, a slice of this document's text, begins; 1 for a foreign slice.
    pub fn line_of(&self, part: &str) -> u32 {
        self.offset_of(part)
            .map_or(1, |offset| self.line_at(offset))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted_from_one_and_a_newline_ends_its_own_line() {
        let document = Document::new("a.json", "ab\ncd\n\nx".to_owned());
        let lines: Vec<u32> = (0..8).map(|at| document.line_at(at)).collect();
        assert_eq!(lines, [1, 1, 1, 2, 2, 2, 3, 4]);
    }

    #[test]
    fn a_slice_of_another_text_has_no_offset() {
        let document = Document::new("a.json", "abc".to_owned());
        assert_eq!(
            document.offset_of(document.text().get(1..).unwrap()),
            Some(1)
        );
        assert_eq!(document.offset_of("elsewhere"), None);
    }

    #[test]
    fn debug_output_hides_the_text() {
        let document = Document::new("a.json", "not-for-logs".to_owned());
        assert!(!format!("{document:?}").contains("not-for-logs"));
    }
}
