//! Settings of Claude Code: `.claude/settings.json`, `.claude/settings.local.json`, managed settings.
//!
//! Read are `env`, `apiKeyHelper`, `permissions` and `enableAllProjectMcpServers`. Bypassed permissions, and rules that allow
//! whole tools, let the assistant act unasked; a rule that denies a tool takes it away.
//!
//! Source: <https://code.claude.com/docs/en/settings>, <https://code.claude.com/docs/en/permissions> (read 2026-11).

use super::super::Source;
use super::super::envelope::Page;
use super::super::found::{self, Candidate};
use super::super::intake::Intake;
use super::super::json::Members;
use super::super::variables::Variable;
use super::config::Config;
use super::node::Node;
use super::server;
use crate::inventory::{ExposureKind, ExposureRecord, PrincipalKind, Record};
use zeroize::Zeroizing;

pub(in super::super) const SOURCE: Source = Source {
    id: "agents/claude_settings",
    about: "settings of Claude Code: permissions, variables, the helper that gives its key",
    command: "copy .claude/settings.json and .claude/settings.local.json to devices/<host>/<user>/…",
    keys: &[
        "permissions",
        "apiKeyHelper",
        "enableAllProjectMcpServers",
        "env",
        "hooks",
    ],
    recognise,
    read,
};

fn recognise(page: &Page<'_>) -> bool {
    if !page.is_object() {
        return false;
    }
    let layout = page.layout();
    let is_file = layout.is_in(".claude") && layout.file_name().starts_with("settings")
        || layout.file_name() == "managed-settings.json";
    let has_rules = page.member("permissions").is_some_and(|row| {
        Members::of(row.raw).is_some_and(|permissions| {
            ["allow", "deny", "ask", "defaultMode"]
                .iter()
                .any(|name| permissions.has(name))
        })
    });
    is_file
        || has_rules
        || page.has_keys(&["apiKeyHelper"])
        || page.has_keys(&["enableAllProjectMcpServers"])
}

fn read(page: &Page<'_>, intake: &mut Intake<'_>) {
    let mut config = Config::begin(page, "Claude Code", PrincipalKind::CodingAssistant, intake);
    let assistant = config.assistant.clone();
    let mut candidates = Vec::new();
    if let Some(env) = Node::of(page, "env") {
        for (name, node) in env.table("`env`", intake) {
            if let Some(value) = node.string("a value of `env`", intake) {
                let evidence = node.evidence(intake);
                candidates.push(Candidate {
                    name,
                    value,
                    evidence,
                });
            }
        }
    }
    if let Some(node) = Node::of(page, "apiKeyHelper")
        && let Some(command) = node.string("`apiKeyHelper`", intake)
    {
        // A command that prints a key: only a key that stands in it is one in the file.
        for word in command.split([' ', '"', '\'', '=', ';']) {
            candidates.push(Candidate {
                name: "apiKeyHelper".to_owned(),
                value: Zeroizing::new(word.to_owned()),
                evidence: node.evidence(intake),
            });
        }
    }
    held_by_the_assistant(&mut config, &candidates, intake);
    if let Some(servers) = Node::of(page, "mcpServers") {
        server::read_all(&mut config, &servers, "", intake);
    }
    permissions(page, &config, intake);
    if let Some(node) = Node::of(page, "enableAllProjectMcpServers")
        && node.flag() == Some(true)
    {
        let at = node.evidence(intake);
        config.approval(&assistant, "enableAllProjectMcpServers", at, intake);
    }
    config.finish(intake);
}

/// What stands in the settings is held by the assistant itself, and set for what it starts.
fn held_by_the_assistant(config: &mut Config, candidates: &[Candidate], intake: &mut Intake<'_>) {
    let place = format!("agent-settings:{}", config.path);
    let held = found::lying(intake, &format!("{place}#"), candidates);
    if held.is_empty() {
        return;
    }
    config.lies(&held);
    for lying in &held {
        let device = config.device.as_ref().map(|device| device.place.clone());
        intake.set(Variable {
            device,
            path: intake.path().to_owned(),
            lying: lying.clone(),
        });
    }
    let evidence = match held.first() {
        Some(first) => first.evidence.clone(),
        None => return,
    };
    let key = intake.key(&place);
    intake.emit(Record::Exposure(ExposureRecord {
        key,
        name: format!("settings of {} in {}", config.client, intake.path()),
        kind: ExposureKind::McpConfig,
        resource: None,
        holder: Some(config.assistant.clone()),
        lying: held,
        evidence,
    }));
}

fn permissions(page: &Page<'_>, config: &Config, intake: &mut Intake<'_>) {
    let Some(permissions) = Node::of(page, "permissions") else {
        return;
    };
    if permissions.members().is_none() {
        permissions.wrong("`permissions`", "a table", intake);
        return;
    }
    let assistant = &config.assistant;
    let open = ["bypassPermissions", "auto"];
    if let Some(node) = permissions.member("defaultMode")
        && let Some(mode) = node.text()
        && open.contains(&mode.as_str())
    {
        let words = format!("permissions.defaultMode = {}", *mode);
        config.approval(assistant, &words, node.evidence(intake), intake);
    }
    let denied: Vec<String> = permissions
        .member("deny")
        .map(|rules| rules.list("`permissions.deny`", intake))
        .unwrap_or_default()
        .iter()
        .filter_map(|rule| rule.text().map(|rule| rule.to_string()))
        .collect();
    if let Some(rules) = permissions.member("allow") {
        allowed(config, &rules, &denied, intake);
    }
}

/// Rules by which tools are used unasked. What a rule says of a tool in parentheses narrows it: only some commands, only some
/// pages.
pub(super) fn allowed(
    config: &Config,
    rules: &Node<'_>,
    denied: &[String],
    intake: &mut Intake<'_>,
) {
    for node in rules.list("a list of allowed tools", intake) {
        let Some(rule) = node.string("an allowed tool", intake) else {
            continue;
        };
        let (tool, within) = rule.split_once('(').unwrap_or((&rule, ""));
        // `Bash(git status)` is one command; `Bash`, `Bash(*)`, `Bash(curl:*)` reach outside.
        let is_wide = within.is_empty() || within.starts_with('*') || within.contains("curl");
        let is_known = match tool {
            "WebFetch" | "WebSearch" => true,
            "Bash" => is_wide,
            _ => false,
        };
        if !is_known || denied.iter().any(|rule| rule == tool) {
            continue;
        }
        let at = node.evidence(intake);
        config.tool(tool, at.clone(), intake);
        let words = format!("permissions.allow has {tool}");
        config.approval(&config.assistant, &words, at, intake);
    }
}
