//! Configurations of MCP clients: which servers an assistant drives, and which secrets lie there.
//!
//! Read: `.mcp.json`, `claude_desktop_config.json`, `~/.claude.json` (its projects too), `.cursor/mcp.json`,
//! `.vscode/mcp.json`, with comments and trailing commas. A literal value that is secret-shaped is a credential lying in
//! the file; a reference (`${env:X}`, `op://…`) is not: that secret lies elsewhere. The file is one exposure; what each
//! server holds of it is another, held by the server, so that driving the server yields just that.
//!
//! Source: <https://modelcontextprotocol.io/docs/develop/connect-local-servers>,
//! <https://code.visualstudio.com/docs/copilot/customization/mcp-servers>, <https://docs.cursor.com/context/mcp>
//! (read 2026-11).

use super::Source;
use super::envelope::{Page, Row};
use super::found::{self, Candidate};
use super::intake::Intake;
use super::json::{self, Members};
use super::secret_shape;
use crate::inventory::{
    ExposureKind, ExposureRecord, Key, LyingRecord, PrincipalKind, PrincipalRecord, Record,
    ScopeRecord, Terms,
};
use crate::problem::{ProblemCode, Severity};
use serde_json::value::RawValue;
use zeroize::Zeroizing;

pub(super) const SOURCE: Source = Source {
    id: "mcp_config",
    about: "MCP servers of a coding assistant or desktop client",
    command: "copy .mcp.json, claude_desktop_config.json, .cursor/mcp.json, .vscode/mcp.json to devices/<host>/<user>/…",
    keys: &["mcpServers", "servers"],
    recognise,
    read,
};

fn recognise(page: &Page<'_>) -> bool {
    let is_object = |row: &Row<'_>| json::opening(row.raw) == '{';
    if page
        .member("mcpServers")
        .is_some_and(|servers| is_object(&servers))
    {
        return true;
    }
    page.member("servers").is_some_and(|servers| {
        Members::of(servers.raw)
            .and_then(|members| members.0.first().and_then(|(_, first)| Members::of(first)))
            .is_some_and(|first| first.has("command") || first.has("url"))
    })
}

/// The client whose file it is, by its name and folder.
fn client(page: &Page<'_>) -> (&'static str, PrincipalKind) {
    let layout = page.layout();
    match layout.file_name() {
        "claude_desktop_config.json" => ("Claude Desktop", PrincipalKind::Agent),
        ".mcp.json" | ".claude.json" => ("Claude Code", PrincipalKind::CodingAssistant),
        _ if layout.is_in(".cursor") => ("Cursor", PrincipalKind::CodingAssistant),
        _ if layout.is_in(".vscode") || page.has_keys(&["servers"]) => {
            ("VS Code", PrincipalKind::CodingAssistant)
        }
        _ => ("MCP client", PrincipalKind::Agent),
    }
}

fn read(page: &Page<'_>, intake: &mut Intake<'_>) {
    let (client, kind) = client(page);
    let place = match page.layout().device() {
        Some((host, user)) => format!("{host}/{user}"),
        None => intake.path().to_owned(),
    };
    let assistant = intake.key(&format!("assistant:{place}/{client}"));
    let evidence = intake.page(page);
    emit_principal(
        intake,
        &assistant,
        format!("{client} of {place}"),
        kind,
        evidence.clone(),
    );
    let mut lying = Vec::new();
    for list in ["mcpServers", "servers"] {
        if let Some(servers) = page.member(list) {
            read_servers(&servers, "", &assistant, &mut lying, intake);
        }
    }
    if let Some(projects) = page.member("projects") {
        for (name, project) in children(&projects) {
            if let Some(servers) = project.member("mcpServers") {
                read_servers(
                    &servers,
                    &format!("{name}/"),
                    &assistant,
                    &mut lying,
                    intake,
                );
            }
        }
    }
    if !lying.is_empty() {
        let key = intake.key(&format!("mcp-config:{}", intake.path()));
        intake.emit(Record::Exposure(ExposureRecord {
            key,
            name: intake.path().to_owned(),
            kind: ExposureKind::McpConfig,
            resource: None,
            holder: None,
            lying,
            evidence,
        }));
    }
}

fn children<'d>(row: &Row<'d>) -> Vec<(String, Row<'d>)> {
    Members::of(row.raw)
        .unwrap_or_default()
        .effective()
        .map(|(name, raw)| {
            let pointer = json::join(&row.pointer, name);
            (name.to_owned(), Row { raw, pointer })
        })
        .collect()
}

fn emit_principal(
    intake: &mut Intake<'_>,
    key: &Key,
    name: String,
    kind: PrincipalKind,
    evidence: crate::inventory::Evidence,
) {
    intake.emit(Record::Principal(PrincipalRecord {
        key: key.clone(),
        aliases: Vec::new(),
        name,
        kind,
        platform: "mcp",
        tenant: None,
        owner: None,
        created: None,
        last_used: None,
        tags: Vec::new(),
        evidence,
    }));
}

fn read_servers(
    servers: &Row<'_>,
    prefix: &str,
    assistant: &Key,
    lying: &mut Vec<LyingRecord>,
    intake: &mut Intake<'_>,
) {
    for (name, server) in children(servers) {
        let evidence = intake.row(&server);
        if Members::of(server.raw).is_none() {
            intake.problem(
                Severity::Skipped,
                ProblemCode::BadRecord,
                &evidence,
                "record skipped: a server that is no object",
                "a server is written as {\"command\": …} or {\"url\": …}",
            );
            continue;
        }
        let name = format!("{prefix}{name}");
        let path = intake.path();
        let key = intake.key(&format!("mcp-server:{path}#{name}"));
        emit_principal(
            intake,
            &key,
            name.clone(),
            PrincipalKind::McpServer,
            evidence.clone(),
        );
        let scope = intake.key(&format!("{key}#drives"));
        intake.emit(Record::Scope(ScopeRecord {
            key: scope,
            name: format!("server {name} is configured"),
            terms: Terms::Drives {
                driver: assistant.clone(),
                driven: key.clone(),
            },
            evidence: evidence.clone(),
        }));
        let candidates = candidates(&server, intake);
        let held = found::lying(intake, &format!("mcp-config:{path}#{name}/"), &candidates);
        if held.is_empty() {
            continue;
        }
        lying.extend(held.iter().cloned());
        let exposure = intake.key(&format!("mcp-config:{path}#{name}"));
        intake.emit(Record::Exposure(ExposureRecord {
            key: exposure,
            name: format!("server {name} in {path}"),
            kind: ExposureKind::McpConfig,
            resource: None,
            holder: Some(key),
            lying: held,
            evidence,
        }));
    }
}

/// Every setting of a server that may be a secret, with the name under which it stands.
fn candidates(server: &Row<'_>, intake: &Intake<'_>) -> Vec<Candidate> {
    let mut all = Vec::new();
    for list in ["env", "headers"] {
        if let Some(settings) = server.member(list) {
            for (name, row) in children(&settings) {
                add(&mut all, &name, row.raw, &row, intake);
            }
        }
    }
    for name in ["url", "serverUrl", "httpUrl"] {
        if let Some(row) = server.member(name)
            && let Some(url) = json::text_of(row.raw)
        {
            add_url(&mut all, name, Zeroizing::new(url), &row, intake);
        }
    }
    if let Some(rows) = server.member("args").and_then(|args| args.rows()) {
        add_arguments(&mut all, &rows, intake);
    }
    all
}

fn add(all: &mut Vec<Candidate>, name: &str, raw: &RawValue, row: &Row<'_>, intake: &Intake<'_>) {
    if let Some(value) = json::text_of(raw) {
        push(all, name, Zeroizing::new(value), row, intake);
    }
}

fn push(
    all: &mut Vec<Candidate>,
    name: &str,
    value: Zeroizing<String>,
    row: &Row<'_>,
    intake: &Intake<'_>,
) {
    all.push(Candidate {
        name: name.to_owned(),
        value,
        evidence: intake.row(row),
    });
}

/// An address: a password in it, or a token among its parameters.
fn add_url(
    all: &mut Vec<Candidate>,
    name: &str,
    url: Zeroizing<String>,
    row: &Row<'_>,
    intake: &Intake<'_>,
) {
    let query = url.split_once('?').map_or("", |(_, query)| query);
    let query = query.split('#').next().unwrap_or("");
    for (parameter, value) in query.split('&').filter_map(|pair| pair.split_once('=')) {
        let shown = if parameter.eq_ignore_ascii_case("key") {
            "api_key"
        } else {
            parameter
        };
        push(all, shown, Zeroizing::new(value.to_owned()), row, intake);
    }
    push(all, name, url, row, intake);
}

/// Arguments: `--token X`, `--token=X`, `--header "Name: X"`, `-e NAME=X`, and values that speak for themselves.
fn add_arguments(all: &mut Vec<Candidate>, rows: &[Row<'_>], intake: &Intake<'_>) {
    let mut flag: Option<String> = None;
    for (index, row) in rows.iter().enumerate() {
        let Some(value) = json::text_of(row.raw).map(Zeroizing::new) else {
            continue;
        };
        let before = flag.take();
        if let Some(rest) = value.strip_prefix('-') {
            let rest = rest.trim_start_matches('-');
            match rest.split_once('=') {
                Some((name, value)) => {
                    push(all, name, Zeroizing::new(value.to_owned()), row, intake)
                }
                None => flag = Some(rest.to_owned()),
            }
            continue;
        }
        let is_setting = matches!(before.as_deref(), Some("e" | "env"));
        let is_header = matches!(before.as_deref(), Some("H" | "header"));
        let separator = if is_setting { '=' } else { ':' };
        if let Some((name, inner)) = value.split_once(separator)
            && (is_setting || is_header)
        {
            push(
                all,
                name,
                Zeroizing::new(inner.trim().to_owned()),
                row,
                intake,
            );
            continue;
        }
        let name = before.unwrap_or_else(|| format!("argument {index}"));
        if value.starts_with("http") && !value.contains('@') {
            add_url(all, &name, value, row, intake);
        } else if secret_shape::kind_of(&name, &value).is_some()
            || secret_shape::access_key_id(&value).is_some()
        {
            push(all, &name, value, row, intake);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::trial;
    use super::*;

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
    fn a_list_of_web_servers_is_no_mcp_configuration() {
        let reading = trial::read_one("x.json", r#"{"servers": {"eu": {"host": "h"}}}"#);
        assert_eq!(reading.problems[0].code, ProblemCode::Unrecognised);
    }
}
