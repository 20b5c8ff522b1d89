//! References to facts: `credential:KEY`, `read:KEY`.

use crate::inventory::{Access, StatedFact, StatedFactKey};
use crate::sources::intake::Intake;
use crate::sources::nearest;

const WORDS: [&str; 8] = [
    "exposure",
    "credential",
    "principal",
    "list",
    "read",
    "write",
    "delete",
    "admin",
];

/// What is wrong with a reference, and the remedy.
pub(super) struct BadReference {
    pub(super) message: String,
    pub(super) help: String,
}

/// The fact that `text` refers to.
pub(super) fn parse(text: &str, intake: &mut Intake<'_>) -> Result<StatedFactKey, BadReference> {
    let text = text.trim();
    let Some((word, key)) = text.split_once(':').filter(|(_, key)| !key.is_empty()) else {
        return Err(BadReference {
            message: "a reference is a word, a colon and a key".to_owned(),
            help: "write `credential:KEY`, `read:KEY`".to_owned(),
        });
    };
    let fact = match word {
        "exposure" => StatedFact::Exposure(intake.key(key)),
        "credential" => StatedFact::Credential(intake.key(key)),
        "principal" => StatedFact::Principal(intake.key(key)),
        access => match Access::from_name(access) {
            Some(access) => StatedFact::Access(intake.key(key), access),
            None => {
                return Err(BadReference {
                    message: "a reference begins with a word that is not known".to_owned(),
                    help: nearest::help(word, &WORDS),
                });
            }
        },
    };
    Ok(fact)
}
