//! What every page begins with: its title, its style, and a policy that forbids all that is not on the page itself.

use crate::analysis::Analysis;
use crate::reports::words;
use base64::Engine as _;
use sha2::Digest as _;

const STYLE: &str = include_str!("style.css");

/// The head of a page.
pub(super) struct Head {
    pub(super) title: String,
    /// The content security policy.
    pub(super) policy: String,
    pub(super) style: &'static str,
    pub(super) as_of: String,
    pub(super) version: &'static str,
}

impl Head {
    /// Of a page about `analysis` with this script, if it has one.
    pub(super) fn of(analysis: &Analysis, title: &str, script: Option<&str>) -> Self {
        let as_of = words::day(analysis.inventory.as_of);
        let script = script.map_or_else(|| "'none'".to_owned(), hash_source);
        Self {
            title: format!("{title}, {as_of}"),
            policy: format!(
                "default-src 'none'; style-src {}; script-src {script}; img-src data:; base-uri 'none'; form-action 'none'",
                hash_source(STYLE)
            ),
            style: STYLE,
            as_of,
            version: env!("CARGO_PKG_VERSION"),
        }
    }
}

/// The name of an inline text in a content security policy: <https://www.w3.org/TR/CSP3/#grammardef-hash-source>.
fn hash_source(text: &str) -> String {
    let digest = sha2::Sha256::digest(text.as_bytes());
    format!(
        "'sha256-{}'",
        base64::engine::general_purpose::STANDARD.encode(digest)
    )
}
