//! Text in which names and commands stand between backticks, for a page: these are set as code.

/// A part of a text.
pub(super) struct Span {
    pub(super) is_code: bool,
    pub(super) text: String,
}

/// The parts of a text, in order; one whose backticks do not pair is a single part.
pub(super) fn spans(text: &str) -> Vec<Span> {
    let parts: Vec<&str> = text.split('`').collect();
    let is_paired = parts.len() % 2 == 1;
    if !is_paired {
        return vec![Span {
            is_code: false,
            text: text.to_owned(),
        }];
    }
    let parts = parts.into_iter().enumerate();
    let spans = parts.map(|(at, part)| Span {
        is_code: at % 2 == 1,
        text: part.to_owned(),
    });
    spans.filter(|span| !span.text.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_between_backticks_is_code_and_all_text_is_kept() {
        let of = |text: &str| -> Vec<(bool, String)> {
            let spans = spans(text).into_iter();
            spans.map(|span| (span.is_code, span.text)).collect()
        };
        assert_eq!(
            of("run `gh api x`, then `y`"),
            [
                (false, "run ".to_owned()),
                (true, "gh api x".to_owned()),
                (false, ", then ".to_owned()),
                (true, "y".to_owned()),
            ]
        );
        assert_eq!(of("a ` b"), [(false, "a ` b".to_owned())]);
        assert_eq!(of(""), []);
    }
}
