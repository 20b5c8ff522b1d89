//! Settings of Gemini CLI: `.gemini/settings.json` of a user, a project or the system.
//!
//! Source: `docs/tools/mcp-server.md` and `docs/reference/configuration.md` of google-gemini/gemini-cli; what `gemini mcp add`
//! of `@google/gemini-cli` writes (read 2026-11). Until 2025-09 the settings were flat (`autoAccept`); since then they are
//! nested (`general.defaultApprovalMode`, `tools.autoAccept`).

use super::super::Source;
use super::super::envelope::Page;
use super::super::intake::Intake;
use super::super::json;
use super::config::Config;
use super::node::Node;
use super::server;
use crate::inventory::PrincipalKind;

pub(in super::super) const SOURCE: Source = Source {
    id: "agents/gemini",
    about: "settings and MCP servers of Gemini CLI",
    command: "copy .gemini/settings.json to devices/<host>/<user>/…",
    keys: &["mcpServers", "security", "selectedAuthType"],
    recognise,
    read,
};

fn recognise(page: &Page<'_>) -> bool {
    let is_table = |name: &str| {
        page.member(name)
            .is_some_and(|row| json::opening(row.raw) == '{')
    };
    let is_settings = page.layout().file_name() == "settings.json";
    page.is_object()
        && (is_settings && (page.layout().is_in(".gemini") || page.layout().is_in("gemini-cli"))
            || page.has_keys(&["selectedAuthType"]) && is_table("mcpServers"))
}

fn read(page: &Page<'_>, intake: &mut Intake<'_>) {
    let mut config = Config::begin(page, "Gemini CLI", PrincipalKind::CodingAssistant, intake);
    if let Some(servers) = Node::of(page, "mcpServers") {
        server::read_all(&mut config, &servers, "", intake);
    }
    let assistant = config.assistant.clone();
    let within = |table: &str, name: &str| Node::of(page, table)?.member(name);
    let flags = [
        ("autoAccept", Node::of(page, "autoAccept")),
        ("tools.autoAccept", within("tools", "autoAccept")),
    ];
    for (words, node) in flags {
        if let Some(node) = node.filter(|node| node.flag() == Some(true)) {
            config.approval(&assistant, words, node.evidence(intake), intake);
        }
    }
    for (words, node) in [
        (
            "general.defaultApprovalMode",
            within("general", "defaultApprovalMode"),
        ),
        ("tools.approvalMode", within("tools", "approvalMode")),
    ] {
        let is_open = |node: &Node<'_>| node.text().is_some_and(|mode| *mode == "yolo");
        if let Some(node) = node.filter(is_open) {
            let words = format!("{words} = yolo");
            config.approval(&assistant, &words, node.evidence(intake), intake);
        }
    }
    config.finish(intake);
}
