//! `~/.claude.json` of Claude Code: servers of the user, and of each project.
//!
//! Source: <https://code.claude.com/docs/en/mcp>; what `claude mcp add` of Claude Code 2.1 writes (read 2026-11).

use super::super::Source;
use super::super::envelope::Page;
use super::super::intake::Intake;
use super::super::json;
use super::config::Config;
use super::node::Node;
use super::{claude_settings, server};
use crate::inventory::PrincipalKind;

pub(in super::super) const SOURCE: Source = Source {
    id: "agents/claude_code",
    about: "servers of a user of Claude Code, with those of each project",
    command: "copy ~/.claude.json to devices/<host>/<user>/.claude.json",
    keys: &["mcpServers", "projects"],
    recognise,
    read,
};

fn recognise(page: &Page<'_>) -> bool {
    let is_table = |name: &str| {
        page.member(name)
            .is_some_and(|row| json::opening(row.raw) == '{')
    };
    page.is_object()
        && (page.layout().file_name() == ".claude.json"
            || is_table("projects") && is_table("mcpServers"))
}

fn read(page: &Page<'_>, intake: &mut Intake<'_>) {
    let mut config = Config::begin(page, "Claude Code", PrincipalKind::CodingAssistant, intake);
    if let Some(servers) = Node::of(page, "mcpServers") {
        server::read_all(&mut config, &servers, "", intake);
    }
    if let Some(projects) = Node::of(page, "projects") {
        for (name, project) in projects.table("`projects`", intake) {
            if project.members().is_none() {
                project.wrong("a project", "a table", intake);
                continue;
            }
            if let Some(servers) = project.member("mcpServers") {
                server::read_all(&mut config, &servers, &format!("{name}/"), intake);
            }
            if let Some(tools) = project.member("allowedTools") {
                claude_settings::allowed(&config, &tools, &[], intake);
            }
        }
    }
    if let Some(node) = Node::of(page, "bypassPermissionsModeAccepted")
        && node.flag() == Some(true)
    {
        let at = node.evidence(intake);
        let assistant = config.assistant.clone();
        config.approval(&assistant, "bypassPermissionsModeAccepted", at, intake);
    }
    config.finish(intake);
}
