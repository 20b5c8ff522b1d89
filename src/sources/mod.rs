//! One file or folder per export format: it recognises the format and reads it into records. It knows nothing of attack.
//!
//! ```text
//! paths ─ files ─▶ texts ─ envelope ─▶ pages ─ SOURCES: recognise, read ─▶ records, problems ─ fingerprint ─▶ Reading
//! ```
//!
//! Recognition is by content, per page; what a body does not say comes from the folder layout (`layout`). Secret values are dropped
//! here, at the door: a record holds ids, names and places, and equal secrets are joined by keyed hashes that live only
//! while reading. What is wrong with an input is a problem with a place; the run goes on, and nothing is left out silently.

mod agents;
mod aws;
mod canary;
mod collect;
mod envelope;
mod estate;
mod files;
mod fingerprint;
mod found;
mod github;
mod identity;
mod intake;
mod json;
mod kubernetes;
mod layout;
mod masked;
mod matching;
mod moment;
mod nearest;
mod neutral;
mod okta;
mod providers;
mod published;
mod reading;
mod relaxed;
#[cfg(test)]
mod samples;
mod scanners;
mod secret_shape;
#[cfg(test)]
mod trial;
mod variables;

pub use collect::{COLLECTORS, Collector, script};
pub use envelope::Page;
pub use intake::Intake;
pub(crate) use moment::of_toml as day_of_toml;
pub(crate) use nearest::help as did_you_mean;
pub use reading::{ReadOptions, Reading, read};

/// An export format.
pub struct Source {
    /// Its stable id: the path of its file below `sources/`, without the ending.
    pub id: &'static str,
    /// What it is, in a few words.
    pub about: &'static str,
    /// How the export is made: the exact command, or where the file lies.
    pub command: &'static str,
    /// The top-level keys or columns by which it is known; for "did you mean".
    pub keys: &'static [&'static str],
    /// Whether a page is of this format, by its content.
    pub recognise: fn(&Page<'_>) -> bool,
    /// Reads a page of this format.
    pub read: fn(&Page<'_>, &mut Intake<'_>),
}

impl std::fmt::Debug for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Source")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// All formats, most specific first: the first that recognises a page reads it.
pub static SOURCES: &[Source] = &[
    estate::SOURCE,
    neutral::SOURCE,
    kubernetes::objects::SOURCE,
    kubernetes::openid_configuration::SOURCE,
    kubernetes::eks::SOURCE,
    aws::account_authorization_details::SOURCE,
    aws::credential_report::SOURCE,
    aws::access_keys::SOURCE,
    aws::service_credentials::SOURCE,
    aws::functions::SOURCE,
    aws::instances::SOURCE,
    aws::secrets::SOURCE,
    aws::parameters::SOURCE,
    aws::running::SOURCE,
    aws::organization::SOURCE,
    aws::buckets::SOURCE,
    aws::public_access::SOURCE,
    aws::bucket_encryption::SOURCE,
    aws::keys::SOURCE,
    aws::attributes::SOURCE,
    aws::named_policies::SOURCE,
    aws::resource_policies::SOURCE,
    aws::agentcore::SOURCE,
    aws::agentcore_identity::SOURCE,
    aws::roles_anywhere::SOURCE,
    aws::bucket_policy::SOURCE,
    aws::last_accessed::SOURCE,
    aws::unused_access::SOURCE,
    scanners::gitleaks::SOURCE,
    scanners::trufflehog::SOURCE,
    scanners::kingfisher::SOURCE,
    scanners::access_map::SOURCE,
    scanners::detect_secrets::SOURCE,
    scanners::ggshield::SOURCE,
    scanners::github_alerts::SOURCE,
    scanners::github_locations::SOURCE,
    scanners::sarif::SOURCE,
    okta::directory::SOURCE,
    okta::apps::SOURCE,
    okta::credentials::SOURCE,
    okta::roles::SOURCE,
    providers::openai::SOURCE,
    providers::anthropic::SOURCE,
    github::access::SOURCE,
    github::tokens::SOURCE,
    github::repositories::SOURCE,
    github::actions::SOURCE,
    github::workflows::SOURCE,
    agents::dotenv::SOURCE,
    agents::codex::SOURCE,
    agents::claude_code::SOURCE,
    agents::claude_settings::SOURCE,
    agents::gemini::SOURCE,
    agents::vscode::SOURCE,
    agents::mcp_servers::SOURCE,
];
