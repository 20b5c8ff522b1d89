//! Lists of MCP servers under `mcpServers`: Claude Desktop, Claude Code's `.mcp.json`, Cursor, Windsurf, the portable form
//! of Copilot and VS Code, Cline and others that took the form over. Comments and trailing commas are allowed.
//!
//! Source: <https://modelcontextprotocol.io/docs/develop/connect-local-servers>, <https://cursor.com/docs/context/mcp>
//! (`envFile`, `${env:NAME}`, `auth`), <https://docs.windsurf.com/windsurf/cascade/mcp> (`serverUrl`),
//! <https://code.claude.com/docs/en/mcp> (`headers`, `oauth`, `${VAR:-default}`),
//! <https://code.visualstudio.com/docs/agents/reference/mcp-configuration> (read 2026-11).

use super::super::Source;
use super::super::envelope::Page;
use super::super::intake::Intake;
use super::super::json;
use super::config::Config;
use super::node::Node;
use super::server;
use crate::inventory::PrincipalKind;

pub(in super::super) const SOURCE: Source = Source {
    id: "agents/mcp_servers",
    about: "MCP servers of a desktop client or coding assistant",
    command: "copy .mcp.json, claude_desktop_config.json, .cursor/mcp.json, .codeium/windsurf/mcp_config.json, .copilot/mcp-config.json to devices/<host>/<user>/…",
    keys: &["mcpServers"],
    recognise,
    read,
};

/// What a client is called whose file has a name of its own.
const OTHER: &str = "MCP client";

fn recognise(page: &Page<'_>) -> bool {
    let lists = page
        .member("mcpServers")
        .is_some_and(|servers| json::opening(servers.raw) == '{');
    // A client that has no server yet writes `{}`.
    let is_unused = page.is_object() && page.keys().is_empty();
    lists || is_unused && client(page).0 != OTHER
}

/// The client whose file it is, by its name and folder.
fn client(page: &Page<'_>) -> (&'static str, PrincipalKind) {
    let layout = page.layout();
    let name = match layout.file_name() {
        "claude_desktop_config.json" => return ("Claude Desktop", PrincipalKind::Agent),
        ".mcp.json" => "Claude Code",
        "mcp-config.json" if layout.is_in(".copilot") => "Copilot",
        "cline_mcp_settings.json" => "Cline",
        "mcp_settings.json" => "Roo Code",
        _ if layout.is_in(".cursor") => "Cursor",
        _ if layout.is_in("windsurf") || layout.is_in(".windsurf") => "Windsurf",
        _ if layout.is_in(".vscode") => "VS Code",
        _ => return (OTHER, PrincipalKind::Agent),
    };
    (name, PrincipalKind::CodingAssistant)
}

fn read(page: &Page<'_>, intake: &mut Intake<'_>) {
    let (client, kind) = client(page);
    let mut config = Config::begin(page, client, kind, intake);
    if let Some(servers) = Node::of(page, "mcpServers") {
        server::read_all(&mut config, &servers, "", intake);
    }
    config.finish(intake);
}

#[cfg(test)]
mod tests {
    use super::super::super::trial;
    use crate::inventory::{Record, Terms};
    use crate::problem::ProblemCode;

    const PATH: &str = "devices/laptop-7/ada/.cursor/mcp.json";

    fn token(prefix: &str) -> String {
        format!("{prefix}{}", "EXAMPLE".repeat(4))
    }

    #[test]
    fn literals_are_credentials_and_references_are_not() {
        let body = format!(
            r#"{{ // comment
              "mcpServers": {{
                "git": {{"command": "npx", "args": ["--token", "{}", "--verbose"], "env": {{"A_TOKEN": "${{env:X}}", "B_TOKEN": "op://v/i/f"}}}},
                "web": {{"url": "https://mcp.example/sse?api_key={}", "headers": {{"Authorization": "Bearer {}"}}}},
                "db": {{"command": "docker", "args": ["run", "-e", "DB_PASSWORD=not-a-real-one", "postgres://u:example-pw@h/d"]}},
              }}
            }}"#,
            token("ghp_"),
            token("k"),
            token("t"),
        );
        let reading = trial::read_one(PATH, &body);
        assert!(reading.problems.is_empty(), "{:?}", reading.problems);
        let mut credentials = trial::credentials(&reading);
        let prefix = |rest: &str| format!("found:mcp-config:{PATH}#{rest}");
        credentials.sort();
        assert_eq!(
            credentials,
            [
                prefix("db/DB_PASSWORD"),
                prefix("db/argument 3"),
                prefix("git/token"),
                prefix("web/Authorization"),
                prefix("web/api_key")
            ]
        );
    }

    #[test]
    fn the_assistant_drives_its_servers_and_each_holds_its_own() {
        let body = format!(
            r#"{{"servers": {{"git": {{"command": "x", "env": {{"GH_TOKEN": "{}"}}}}, "other": {{"command": "y"}}}}}}"#,
            token("ghp_")
        );
        let reading = trial::read_one("w/.vscode/mcp.json", &body);
        let drives: Vec<String> = reading
            .records
            .iter()
            .filter_map(|record| match record {
                Record::Scope(scope) => match &scope.terms {
                    Terms::Drives { driver, driven } => Some(format!("{driver} > {driven}")),
                    _ => None,
                },
                _ => None,
            })
            .collect();
        assert_eq!(
            drives,
            [
                "assistant:w/.vscode/mcp.json/VS Code > mcp-server:w/.vscode/mcp.json#git",
                "assistant:w/.vscode/mcp.json/VS Code > mcp-server:w/.vscode/mcp.json#other",
            ]
        );
        let holders: Vec<Option<&str>> = reading
            .records
            .iter()
            .filter_map(|record| match record {
                Record::Exposure(exposure) => Some(exposure.holder.as_deref()),
                _ => None,
            })
            .collect();
        assert_eq!(holders, [Some("mcp-server:w/.vscode/mcp.json#git"), None]);
    }

    #[test]
    fn an_aws_pair_is_one_access_key() {
        let id = concat!("AKIA", "EXAMPLEEXAMPLE22");
        let half = format!("{}+/", "EXAMPLExx+".repeat(4).get(..38).unwrap());
        let body = format!(
            r#"{{"mcpServers": {{"a": {{"command": "x", "env": {{"AWS_ACCESS_KEY_ID": "{id}", "AWS_SECRET_ACCESS_KEY": "{half}"}}}}}}}}"#
        );
        let reading = trial::read_one(PATH, &body);
        assert_eq!(
            trial::credentials(&reading),
            [format!("aws:access-key:{id}")]
        );
        assert!(
            trial::lying(&reading)
                .iter()
                .all(|lying| lying.ends_with(" sure"))
        );
    }

    #[test]
    fn a_client_without_servers_is_read_and_an_empty_file_of_no_client_is_not() {
        let reading = trial::read_one(PATH, "{}");
        assert!(reading.problems.is_empty(), "{:?}", reading.problems);
        let other = trial::read_one("x.json", "{}");
        assert_eq!(other.problems[0].code, ProblemCode::Unrecognised);
    }

    #[test]
    fn a_list_of_web_servers_is_no_mcp_configuration() {
        let reading = trial::read_one("x.json", r#"{"servers": {"eu": {"host": "h"}}}"#);
        assert_eq!(reading.problems[0].code, ProblemCode::Unrecognised);
    }
}
