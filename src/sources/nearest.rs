//! "Did you mean": the known word nearest to an unknown one.

/// The known word that `word` most likely means; `None` if none is near.
pub(crate) fn nearest<'w>(word: &str, known: impl IntoIterator<Item = &'w str>) -> Option<&'w str> {
    let lower = word.to_lowercase();
    known
        .into_iter()
        .map(|candidate| {
            (
                strsim::damerau_levenshtein(&lower, &candidate.to_lowercase()),
                candidate,
            )
        })
        .filter(|&(distance, candidate)| distance <= 1 + candidate.chars().count() / 5)
        .min_by_key(|&(distance, _)| distance)
        .map(|(_, candidate)| candidate)
}

/// `did you mean …?` if something is near, else the list of all that is known.
pub(crate) fn help(word: &str, known: &[&str]) -> String {
    match nearest(word, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("known are: {}", known.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_hand_is_near_and_another_word_is_not() {
        let known = ["environment", "sensitivity", "owner"];
        assert_eq!(nearest("enviroment", known), Some("environment"));
        assert_eq!(nearest("Owner", known), Some("owner"));
        assert_eq!(nearest("colour", known), None);
        assert_eq!(help("colour", &["a", "b"]), "known are: a, b");
    }
}
