//! MCP servers of VS Code under `servers`: `.vscode/mcp.json`, the user's `mcp.json`, and `mcp` in older settings.
//!
//! `inputs` are asked for when a server starts and kept by the editor: `${input:ID}` is no secret in the file.
//!
//! Source: <https://code.visualstudio.com/docs/agents/reference/mcp-configuration> (read 2026-11).

use super::super::Source;
use super::super::envelope::{Page, Row};
use super::super::intake::Intake;
use super::super::json::{self, Members};
use super::config::Config;
use super::node::Node;
use super::server;
use crate::inventory::PrincipalKind;

pub(in super::super) const SOURCE: Source = Source {
    id: "agents/vscode",
    about: "MCP servers of VS Code",
    command: "copy .vscode/mcp.json and the user's Code/User/mcp.json and settings.json to devices/<host>/<user>/…",
    keys: &["servers", "inputs", "mcp"],
    recognise,
    read,
};

/// A table whose first member is a server.
fn holds_servers(servers: &Row<'_>) -> bool {
    Members::of(servers.raw)
        .and_then(|members| members.0.first().and_then(|(_, first)| Members::of(first)))
        .is_some_and(|first| first.has("command") || first.has("url"))
}

fn recognise(page: &Page<'_>) -> bool {
    let servers = page.member("servers");
    if servers.as_ref().is_some_and(holds_servers) {
        return true;
    }
    let is_own = page.layout().is_in(".vscode") || page.has_keys(&["inputs"]);
    let is_table = |row: &Row<'_>| json::opening(row.raw) == '{';
    servers.as_ref().is_some_and(is_table) && is_own
        || page
            .member("mcp")
            .and_then(|mcp| mcp.member("servers"))
            .is_some_and(|servers| is_table(&servers))
}

fn read(page: &Page<'_>, intake: &mut Intake<'_>) {
    let mut config = Config::begin(page, "VS Code", PrincipalKind::CodingAssistant, intake);
    let of_settings = Node::of(page, "mcp").and_then(|mcp| mcp.member("servers"));
    let lists = [Node::of(page, "servers"), of_settings];
    for servers in lists.into_iter().flatten() {
        server::read_all(&mut config, &servers, "", intake);
    }
    // The editor's own switch: every tool of every server runs unasked.
    for name in ["chat.tools.autoApprove", "chat.tools.global.autoApprove"] {
        if let Some(node) = Node::of(page, name)
            && node.flag() == Some(true)
        {
            let at = node.evidence(intake);
            config.approval(&config.assistant.clone(), name, at, intake);
        }
    }
    config.finish(intake);
}
