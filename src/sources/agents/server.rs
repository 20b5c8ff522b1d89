//! One MCP server, as any client configures it: what it holds, what it starts as, and what it may do unasked.
//!
//! The fields of all clients are read in every file: one that a client does not know is still a secret that lies there.

use super::super::found::{self, Candidate};
use super::super::intake::Intake;
use super::super::layout::Layout;
use super::super::secret_shape;
use super::super::variables::{self, Source, Wanted};
use super::config::{Config, emit_principal};
use super::launch::{self, Launch};
use super::node::Node;
use crate::inventory::{
    CredentialKind, CredentialRecord, CredentialStatus, Evidence, ExposureKind, ExposureRecord,
    Key, Lifetime, PrincipalKind, Record, ScopeRecord, Terms,
};
use crate::problem::{ProblemCode, Severity};
use std::collections::BTreeSet;
use zeroize::Zeroizing;

/// Reads a table of servers; their names begin with `prefix`.
pub(super) fn read_all(
    config: &mut Config,
    servers: &Node<'_>,
    prefix: &str,
    intake: &mut Intake<'_>,
) {
    for (name, server) in servers.table("the list of servers", intake) {
        read(config, &format!("{prefix}{name}"), &server, intake);
    }
}

fn read(config: &mut Config, name: &str, server: &Node<'_>, intake: &mut Intake<'_>) {
    let evidence = server.evidence(intake);
    if server.members().is_none() {
        intake.problem(
            Severity::Skipped,
            ProblemCode::BadRecord,
            &evidence,
            "record skipped: a server that is no object",
            "a server is written as {\"command\": …} or {\"url\": …}",
        );
        return;
    }
    let says = |field: &&str| server.member(field).is_some_and(|node| !node.is_null());
    if !["command", "url", "serverUrl", "httpUrl"].iter().any(says) {
        intake.problem(
            Severity::Doubt,
            ProblemCode::BadRecord,
            &evidence,
            "a server that says neither what to start nor where it is",
            "a server is written as {\"command\": …} or {\"url\": …}",
        );
    }
    let path = intake.path();
    let lasting = &config.path;
    let key = intake.key(&format!("mcp-server:{lasting}#{name}"));
    emit_principal(
        intake,
        &key,
        name.to_owned(),
        PrincipalKind::McpServer,
        "mcp",
        &evidence,
    );
    let mut settings = Settings::default();
    settings.read(server, intake);
    let place = format!("mcp-config:{lasting}#{name}");
    let held = found::lying(intake, &format!("{place}/"), &settings.candidates);
    config.lies(&held);
    let exposure = ExposureRecord {
        key: intake.key(&place),
        name: format!("server {name} in {path}"),
        kind: ExposureKind::McpConfig,
        resource: None,
        holder: Some(key.clone()),
        lying: Vec::new(),
        evidence: evidence.clone(),
    };
    settings.want(config, &exposure, intake);
    if !held.is_empty() {
        intake.emit(Record::Exposure(ExposureRecord {
            lying: held,
            ..exposure
        }));
    }
    // One that is switched off is not started; what lies in the file lies there all the same.
    if is(server, "disabled") == Some(true) || is(server, "enabled") == Some(false) {
        return;
    }
    let scope = intake.key(&format!("{key}#drives"));
    intake.emit(Record::Scope(ScopeRecord {
        key: scope,
        name: format!("server {name} is configured"),
        terms: Terms::Drives {
            driver: config.assistant.clone(),
            driven: key.clone(),
        },
        evidence,
    }));
    starts_as(&key, name, server, intake);
    approvals(config, &key, server, intake);
}

fn is(node: &Node<'_>, name: &str) -> Option<bool> {
    node.member(name)?.flag()
}

/// What a server is given.
#[derive(Default)]
struct Settings {
    candidates: Vec<Candidate>,
    /// Variables that it takes from where it is started.
    wanted: BTreeSet<String>,
    /// Names that its own table of variables sets.
    own: BTreeSet<String>,
    /// Files from which it takes variables.
    files: Vec<String>,
}

impl Settings {
    fn read(&mut self, server: &Node<'_>, intake: &mut Intake<'_>) {
        for list in ["env", "headers", "http_headers"] {
            let Some(settings) = server.member(list) else {
                continue;
            };
            for (name, node) in settings.table(&format!("`{list}`"), intake) {
                if let Some(value) = node.string(&format!("a value of `{list}`"), intake) {
                    // One that is set to what it names comes from elsewhere after all.
                    if list == "env" && !secret_shape::is_reference(&value) {
                        self.own.insert(name.clone());
                    }
                    self.push(&name, value, &node, intake);
                }
            }
        }
        for name in ["url", "serverUrl", "httpUrl"] {
            if let Some(node) = server.member(name)
                && let Some(url) = node.string(&format!("`{name}`"), intake)
            {
                self.push_url(name, url, &node, intake);
            }
        }
        // Codex refuses a token that stands in the file; it lies there all the same.
        for name in ["bearer_token", "headersHelper"] {
            if let Some(node) = server.member(name)
                && let Some(value) = node.string(&format!("`{name}`"), intake)
            {
                self.push(name, value, &node, intake);
            }
        }
        // Codex: variables by name. Claude Code, Gemini CLI, Cursor: OAuth clients.
        if let Some(variable) = server.member("bearer_token_env_var").and_then(|n| n.text()) {
            self.wanted.insert(variable.to_string());
        }
        if let Some(names) = server.member("env_http_headers") {
            for (_, node) in names.table("`env_http_headers`", intake) {
                self.wanted.extend(node.text().map(|name| name.to_string()));
            }
        }
        if let Some(names) = server.member("env_vars") {
            for node in names.list("`env_vars`", intake) {
                let name = node.text().or_else(|| node.member("name")?.text());
                self.wanted.extend(name.map(|name| name.to_string()));
            }
        }
        for (table, name) in [
            ("oauth", "clientSecret"),
            ("oauth", "client_secret"),
            ("auth", "CLIENT_SECRET"),
            ("auth", "client_secret"),
        ] {
            if let Some(node) = server.member(table).and_then(|table| table.member(name))
                && let Some(value) = node.string(&format!("`{name}`"), intake)
            {
                self.push("client_secret", value, &node, intake);
            }
        }
        if let Some(file) = server.member("envFile").and_then(|node| node.text()) {
            self.files.push(file.to_string());
        }
        if let Some(arguments) = server.member("args") {
            let nodes = arguments.list("`args`", intake);
            self.arguments(&nodes, intake);
        }
    }

    fn push(&mut self, name: &str, value: Zeroizing<String>, node: &Node<'_>, intake: &Intake<'_>) {
        let (names, defaults) = variables::references(&value);
        self.wanted.extend(names);
        let evidence = node.evidence(intake);
        for default in defaults {
            self.candidates.push(Candidate {
                name: name.to_owned(),
                value: default.into(),
                evidence: evidence.clone(),
            });
        }
        self.candidates.push(Candidate {
            name: name.to_owned(),
            value,
            evidence,
        });
    }

    /// An address: a password in it, or a token among its parameters.
    fn push_url(
        &mut self,
        name: &str,
        url: Zeroizing<String>,
        node: &Node<'_>,
        intake: &Intake<'_>,
    ) {
        let query = url.split_once('?').map_or("", |(_, query)| query);
        let query = query.split('#').next().unwrap_or("");
        for (parameter, value) in query.split('&').filter_map(|pair| pair.split_once('=')) {
            let shown = match parameter.eq_ignore_ascii_case("key") {
                true => "api_key",
                false => parameter,
            };
            self.push(shown, Zeroizing::new(value.to_owned()), node, intake);
        }
        self.push(name, url, node, intake);
    }

    /// Arguments: `--token X`, `--token=X`, `--header "Name: X"`, `-e NAME=X`, and values that speak for themselves.
    fn arguments(&mut self, nodes: &[Node<'_>], intake: &mut Intake<'_>) {
        let mut flag: Option<String> = None;
        for (index, node) in nodes.iter().enumerate() {
            let Some(value) = node.string("an argument", intake) else {
                continue;
            };
            let before = flag.take();
            if let Some(rest) = value.strip_prefix('-').filter(|rest| is_flag(rest)) {
                let rest = rest.trim_start_matches('-');
                match rest.split_once('=') {
                    Some((name, value)) => {
                        // `--env=NAME=X` names its variable within.
                        let (name, value) = match value.split_once('=') {
                            Some((inner, value)) if matches!(name, "e" | "env") => (inner, value),
                            _ => (name, value),
                        };
                        self.push(name, Zeroizing::new(value.to_owned()), node, intake);
                    }
                    None => flag = Some(rest.to_owned()),
                }
                continue;
            }
            let is_setting = matches!(before.as_deref(), Some("e" | "env"));
            let is_header = matches!(before.as_deref(), Some("H" | "header"));
            if before.as_deref() == Some("env-file") {
                self.files.push(value.to_string());
                continue;
            }
            let separator = if is_setting { '=' } else { ':' };
            if let Some((name, inner)) = value.split_once(separator)
                && (is_setting || is_header)
            {
                let inner = Zeroizing::new(inner.trim().to_owned());
                self.push(name, inner, node, intake);
                continue;
            }
            if is_setting {
                // `-e NAME`: handed on from where the container is started.
                self.wanted.insert(value.to_string());
                continue;
            }
            let name = before.unwrap_or_else(|| format!("argument {index}"));
            if value.starts_with("http") && !value.contains('@') {
                self.push_url(&name, value, node, intake);
            } else if secret_shape::kind_of(&name, &value).is_some()
                || secret_shape::access_key_id(&value).is_some()
                || secret_shape::is_reference(&value)
            {
                self.push(&name, value, node, intake);
            }
        }
    }

    /// Asks for what the server takes from other files.
    fn want(&self, config: &Config, exposure: &ExposureRecord, intake: &mut Intake<'_>) {
        let device = config.device.as_ref().map(|device| device.place.clone());
        let variables = self.wanted.difference(&self.own);
        let variables = variables.map(|name| Source::Variable(name.clone()));
        let path = intake.path();
        let files = self.files.iter().map(|file| source_of(path, file));
        let all: Vec<Source> = variables.chain(files).collect();
        for source in all {
            intake.want(Wanted {
                device: device.clone(),
                source,
                place: exposure.clone(),
            });
        }
    }
}

/// Whether what follows a hyphen is the name of an option, and no value that begins so (`-----BEGIN PRIVATE KEY-----`).
fn is_flag(rest: &str) -> bool {
    let name = rest.trim_start_matches('-');
    let name = name.split_once('=').map_or(name, |(name, _)| name);
    name.len() <= 48
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte))
}

/// Where a file of variables would lie that a configuration at `path` names: relative to its project, or somewhere at
/// home.
fn source_of(path: &str, named: &str) -> Source {
    let plain = named.replace('\\', "/");
    // `${workspaceFolder}/.env`: what stands in braces is a folder.
    let plain = plain.rsplit_once('}').map_or(&*plain, |(_, rest)| rest);
    let parts: Vec<&str> = plain
        .split('/')
        .filter(|part| !part.is_empty() && !matches!(*part, "." | "~"))
        .collect();
    let is_absolute = named.starts_with('/') || named.get(1..3) == Some(":/");
    let (folder, _) = path.rsplit_once('/').unwrap_or(("", path));
    let project = [".vscode", ".cursor", ".codex", ".gemini", ".claude"]
        .iter()
        .find_map(|own| folder.strip_suffix(own))
        .map_or(folder, |folder| folder.trim_end_matches('/'));
    // The home folder of an absolute path is where the collected files of its user begin.
    let home = match Layout::of(path).device() {
        Some((_, user)) if is_absolute => parts.iter().position(|part| *part == user),
        _ => None,
    };
    let parts = parts.get(home.map_or(0, |at| at + 1)..).unwrap_or_default();
    let end = parts.join("/");
    let is_at_home = home.is_some() || named.starts_with('~') || named.contains("userHome");
    let base = match Layout::of(path).device() {
        Some((host, user)) if is_at_home => {
            let before = format!("{host}/{user}");
            let at = path.find(&before).map_or(0, |at| at + before.len());
            path.get(..at).unwrap_or(project)
        }
        _ => project,
    };
    let expected = match base.is_empty() {
        true => end.clone(),
        false => format!("{base}/{end}"),
    };
    Source::File { expected, end }
}

/// Says as what a server starts.
fn starts_as(key: &Key, name: &str, server: &Node<'_>, intake: &mut Intake<'_>) {
    let place = |field: &str, intake: &Intake<'_>| {
        server
            .member(field)
            .unwrap_or_else(|| server.clone())
            .evidence(intake)
    };
    let arguments: Vec<Zeroizing<String>> = server
        .member("args")
        .and_then(|arguments| arguments.elements())
        .unwrap_or_default()
        .iter()
        .filter_map(Node::text)
        .collect();
    let words: Vec<&str> = arguments.iter().map(|word| word.as_str()).collect();
    let command = server.member("command");
    if let Some(command) = command.and_then(|node| node.string("`command`", intake)) {
        let launches = launch::launches(&command, &words);
        let at = place("args", intake);
        if launches.is_empty() {
            let program = command.rsplit(['/', '\\']).next().unwrap_or(&command);
            // A path or a line of a shell says little; a name of a program says which.
            if is_name(program) {
                let at = place("command", intake);
                software(key, name, &plain(format!("command:{program}")), at, intake);
            }
        }
        for launch in &launches {
            software(key, name, launch, at.clone(), intake);
        }
        let is_bridge = launches.iter().any(|one| one.software == "npm:mcp-remote");
        if is_bridge && let Some(host) = words.iter().find_map(|word| host_of(word)) {
            software(key, name, &plain(format!("url:{host}")), at, intake);
        }
    }
    for field in ["url", "serverUrl", "httpUrl"] {
        if let Some(url) = server.member(field).and_then(|node| node.text())
            && let Some(host) = host_of(&url)
        {
            let mut remote = plain(format!("url:{host}"));
            remote.is_apart = true;
            software(key, name, &remote, place(field, intake), intake);
        }
    }
}

/// Something that is not fetched by name, so that no publisher of it is known.
fn plain(software: String) -> Launch {
    Launch {
        software,
        is_pinned: true,
        condition: None,
        is_apart: false,
    }
}

fn is_name(program: &str) -> bool {
    !program.is_empty()
        && program.len() <= 64
        && program
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
}

/// The host of an address, without who logs in there.
fn host_of(url: &str) -> Option<&str> {
    let (scheme, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority.rsplit('@').next()?.split(':').next()?;
    (scheme.starts_with("http") && is_name(host)).then_some(host)
}

/// Says that a server starts as some software, and who decides what that is.
fn software(key: &Key, name: &str, launch: &Launch, evidence: Evidence, intake: &mut Intake<'_>) {
    let software = &launch.software;
    // What is typed into a command line may be anything; the name of a package is short and plain.
    let is_plain = software.len() <= 256
        && software
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"@/:._-+~".contains(&byte));
    if !is_plain
        || secret_shape::kind_of("", software.rsplit(['/', ':']).next().unwrap_or("")).is_some()
    {
        return;
    }
    let publisher = (!launch.is_pinned).then(|| publisher(software, &evidence, intake));
    let scope = intake.key(&format!("{key}#software/{software}"));
    intake.emit(Record::Scope(ScopeRecord {
        key: scope,
        name: format!("server {name} starts as {software}"),
        terms: Terms::Software {
            principal: key.clone(),
            software: software.clone(),
            publisher,
            condition: launch.condition.clone(),
            is_apart: launch.is_apart,
        },
        evidence,
    }));
}

/// Who controls a package: one party over all machines, and the right by which it does.
fn publisher(software: &str, evidence: &Evidence, intake: &mut Intake<'_>) -> Key {
    let key = intake.key(&format!("publisher:{software}"));
    let platform = match software.split_once(':').map(|(registry, _)| registry) {
        Some("npm") => "npm",
        Some("pypi") => "pypi",
        Some("oci") => "oci",
        Some("go") => "go",
        _ => "git",
    };
    emit_principal(
        intake,
        &key,
        format!("whoever controls {software}"),
        PrincipalKind::Vendor,
        platform,
        evidence,
    );
    let right = intake.key(&format!("publishing-right:{software}"));
    intake.emit(Record::Credential(CredentialRecord {
        key: right,
        name: software.to_owned(),
        kind: CredentialKind::PublishingRight,
        identifier: Some(software.to_owned()),
        principal: Some(key.clone()),
        status: CredentialStatus::Unknown,
        lifetime: Lifetime::Unknown,
        created: None,
        expires: None,
        last_used: None,
        second_factor: None,
        evidence: evidence.clone(),
    }));
    key
}

/// What lets a server act without approval.
///
/// Source: Gemini CLI, `docs/tools/mcp-server.md` (`trust`: "bypass all tool call confirmations for this server"); Codex,
/// `codex-rs/config/src/mcp_types.rs` (`default_tools_approval_mode`, `tools.NAME.approval_mode`); Cline and Roo Code
/// (`autoApprove`, `alwaysAllow`: names of tools) (read 2026-11).
fn approvals(config: &Config, key: &Key, server: &Node<'_>, intake: &mut Intake<'_>) {
    if let Some(node) = server.member("trust")
        && node.flag() == Some(true)
    {
        config.approval(key, "trust", node.evidence(intake), intake);
    }
    for field in ["alwaysAllow", "autoApprove"] {
        if let Some(node) = server.member(field)
            && node.elements().is_some_and(|tools| !tools.is_empty())
        {
            config.approval(key, field, node.evidence(intake), intake);
        }
    }
    let is_approved = |node: &Node<'_>| node.text().is_some_and(|mode| *mode == "approve");
    if let Some(node) = server.member("default_tools_approval_mode")
        && is_approved(&node)
    {
        let at = node.evidence(intake);
        config.approval(key, "default_tools_approval_mode", at, intake);
    }
    for (_, tool) in server
        .member("tools")
        .and_then(|tools| tools.members())
        .unwrap_or_default()
    {
        if let Some(node) = tool.member("approval_mode")
            && is_approved(&node)
        {
            let at = node.evidence(intake);
            config.approval(key, "approval_mode", at, intake);
            break;
        }
    }
}
