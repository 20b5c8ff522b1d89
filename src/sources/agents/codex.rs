//! `config.toml` of Codex: `~/.codex/config.toml`, and `.codex/config.toml` of a trusted project.
//!
//! Source: `codex-rs/config/src/mcp_types.rs` of openai/codex (`RawMcpServerConfig`: a `bearer_token` in the file is
//! refused, `bearer_token_env_var`, `env_http_headers` and `env_vars` name variables), <https://developers.openai.com/codex/config-reference>
//! (`approval_policy`, `sandbox_mode`, `profiles`, `model_providers`); what `codex mcp add` of Codex 0.171 writes (read 2026-11).

use super::super::Source;
use super::super::envelope::{Body, Page};
use super::super::found::{self, Candidate};
use super::super::intake::Intake;
use super::config::Config;
use super::node::Node;
use super::server;
use crate::inventory::PrincipalKind;
use crate::problem::{ProblemCode, Severity};
use toml::de::{DeTable, DeValue};
use zeroize::Zeroizing;

pub(in super::super) const SOURCE: Source = Source {
    id: "agents/codex",
    about: "settings and MCP servers of Codex",
    command: "copy .codex/config.toml to devices/<host>/<user>/…",
    keys: &[
        "mcp_servers",
        "approval_policy",
        "sandbox_mode",
        "model_providers",
    ],
    recognise,
    read,
};

fn recognise(page: &Page<'_>) -> bool {
    let is_known = |key: &str| page.has_keys(&[key]);
    matches!(page.body(), Body::Toml(_))
        && (page.layout().is_in(".codex") || SOURCE.keys.iter().any(|key| is_known(key)))
}

fn read(page: &Page<'_>, intake: &mut Intake<'_>) {
    let Body::Toml(text) = page.body() else {
        return;
    };
    let (plain, wrong) = whole(text);
    for offset in wrong {
        let line = intake.line_at(offset);
        let at = intake.at_line(line, "");
        intake.problem(
            Severity::Skipped,
            ProblemCode::Malformed,
            &at,
            "this is not TOML",
            "what stands before and after it is read; under a broken heading, nothing is",
        );
    }
    let (table, _) = DeTable::parse_recoverable(&plain);
    let root = DeValue::Table(table.into_inner());
    let root = Node::Toml {
        value: &root,
        offset: 0,
        pointer: String::new(),
    };
    let mut config = Config::begin(page, "Codex", PrincipalKind::CodingAssistant, intake);
    if let Some(servers) = root.member("mcp_servers") {
        server::read_all(&mut config, &servers, "", intake);
    }
    unasked(&root, "", &config, intake);
    if let Some(profiles) = root.member("profiles") {
        for (name, profile) in profiles.table("`profiles`", intake) {
            unasked(&profile, &format!("profiles.{name}."), &config, intake);
        }
    }
    let mut candidates = Vec::new();
    if let Some(providers) = root.member("model_providers") {
        for (_, provider) in providers.table("`model_providers`", intake) {
            of_provider(&provider, &mut candidates, intake);
        }
    }
    if let Some(set) = root
        .member("shell_environment_policy")
        .and_then(|policy| policy.member("set"))
    {
        for (name, node) in set.table("`shell_environment_policy.set`", intake) {
            push(&mut candidates, &name, &node, intake);
        }
    }
    let lying = found::lying(
        intake,
        &format!("agent-settings:{}#", config.path),
        &candidates,
    );
    config.lies(&lying);
    config.finish(intake);
}

/// So often a text is mended; one that is wrong in more places is not what it seems.
const MOST_MENDED: usize = 20;

/// A text without the lines that are no TOML, and where those are. A table whose heading is wrong goes with it: what it
/// holds is of nobody. Every byte that stays keeps its place.
///
/// What a parser makes of a broken line is not used: values may have become names.
fn whole(text: &str) -> (Zeroizing<String>, Vec<usize>) {
    let mut plain = Zeroizing::new(text.to_owned());
    let mut wrong = Vec::new();
    for _ in 0..MOST_MENDED {
        let offsets: Vec<usize> = DeTable::parse_recoverable(&plain)
            .1
            .iter()
            .map(|error| error.span().map_or(0, |span| span.start))
            .collect();
        let Some(&first) = offsets.first() else {
            return (plain, wrong);
        };
        wrong.extend(
            offsets
                .iter()
                .filter(|at| !wrong.contains(*at))
                .copied()
                .collect::<Vec<_>>(),
        );
        let Some(mended) = without_lines(&plain, &offsets) else {
            // Nothing there to take away: the text ends too early.
            return match without_lines(&plain, &[plain.trim_end().len().saturating_sub(1)]) {
                Some(mended) if first >= plain.trim_end().len() => (mended, wrong),
                _ => (Zeroizing::new(String::new()), wrong),
            };
        };
        plain = mended;
    }
    (Zeroizing::new(String::new()), wrong)
}

/// The text with the lines of those offsets blanked, and all up to the next heading where one is a heading; `None` if
/// they are blank already.
fn without_lines(text: &str, offsets: &[usize]) -> Option<Zeroizing<String>> {
    let mut mended = Zeroizing::new(String::with_capacity(text.len()));
    let (mut start, mut is_of_broken, mut has_changed) = (0, false, false);
    for line in text.split_inclusive('\n') {
        let range = start..start + line.len();
        start = range.end;
        let is_heading = line.trim_start().starts_with('[');
        let is_wrong = offsets.iter().any(|at| range.contains(at));
        is_of_broken = match is_heading {
            true => is_wrong,
            false => is_of_broken,
        };
        if is_wrong || is_of_broken {
            has_changed |= !line.trim().is_empty();
            mended.extend(
                line.bytes()
                    .map(|byte| if byte == b'\n' { '\n' } else { ' ' }),
            );
        } else {
            mended.push_str(line);
        }
    }
    has_changed.then_some(mended)
}

/// Headers and tokens of a model's provider.
fn of_provider(provider: &Node<'_>, candidates: &mut Vec<Candidate>, intake: &mut Intake<'_>) {
    for list in ["http_headers", "query_params"] {
        if let Some(headers) = provider.member(list) {
            for (name, node) in headers.table(&format!("`{list}`"), intake) {
                push(candidates, &name, &node, intake);
            }
        }
    }
    if let Some(node) = provider.member("experimental_bearer_token") {
        push(candidates, "experimental_bearer_token", &node, intake);
    }
}

fn push(candidates: &mut Vec<Candidate>, name: &str, node: &Node<'_>, intake: &mut Intake<'_>) {
    if let Some(value) = node.string(&format!("`{name}`"), intake) {
        candidates.push(Candidate {
            name: name.to_owned(),
            value,
            evidence: node.evidence(intake),
        });
    }
}

/// `approval_policy = "never"`: nobody is asked. With it the sandbox alone holds it, unless that is off as well.
fn unasked(table: &Node<'_>, prefix: &str, config: &Config, intake: &mut Intake<'_>) {
    let is = |name: &str, value: &str| {
        table
            .member(name)
            .filter(|node| node.text().is_some_and(|text| *text == value))
    };
    if let Some(node) = is("approval_policy", "never") {
        let open = match is("sandbox_mode", "danger-full-access") {
            Some(_) => ", sandbox_mode = danger-full-access",
            None => "",
        };
        let words = format!("{prefix}approval_policy = never{open}");
        config.approval(&config.assistant, &words, node.evidence(intake), intake);
    }
}
