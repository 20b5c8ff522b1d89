//! What a command line starts: which package or image is fetched, and whether what runs is fixed.
//!
//! Read are the launchers that fetch what they run: npx and its like, uvx, pipx, docker and podman, `go run`, also behind
//! `cmd /c`, `env` and `sh -c`. A program that lies on the machine is nothing of this. That a pinned package takes newer
//! dependencies of its own is not looked at.
//!
//! Source: npm's `libnpmexec` 11, `lib/index.js`, `missingFromTree` (a bare name: any copy in the project or installed
//! globally is taken as it is, and else the newest is fetched, even if an older one is in npx's cache; a tag is looked up
//! each time); <https://docs.astral.sh/uv/guides/tools/> ("uvx will use the latest available version of the requested tool
//! on the first invocation. After that, uvx will use the cached version"); <https://pipx.pypa.io/stable/docs/#pipx-run>
//! (its environments are kept 14 days); <https://pnpm.io/cli/dlx> (kept one day);
//! <https://docs.docker.com/reference/cli/docker/container/run/#pull> (an image is pulled where it is missing);
//! <https://go.dev/ref/mod#versions> (read 2026-11).

/// Something that a command line fetches and runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Launch {
    /// `npm:NAME`, `pypi:NAME`, `oci:NAME`, `git:ADDRESS`, `go:MODULE`.
    pub(super) software: String,
    /// Whether one version is named and no other runs.
    pub(super) is_pinned: bool,
    /// On what it hangs that the newest runs; `None` where it surely does, or where a version is pinned.
    pub(super) condition: Option<String>,
    /// Whether it runs in a container.
    pub(super) is_apart: bool,
}

/// What a command line fetches and runs. Empty for everything else.
pub(super) fn launches(command: &str, arguments: &[&str]) -> Vec<Launch> {
    let mut words: Vec<&str> = Vec::new();
    // Some clients take a whole line as the command.
    match command.split_once(' ') {
        Some((first, _)) if launcher(first).is_some() => words.extend(command.split_whitespace()),
        _ => words.push(command),
    }
    words.extend(arguments);
    in_words(&words, 0)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Launcher {
    Npx,
    Npm,
    Dlx,
    Bunx,
    Bun,
    Uvx,
    Uv,
    Pipx,
    Container,
    Go,
    Env,
    Shell,
    Cmd,
}

fn launcher(command: &str) -> Option<Launcher> {
    let name = command.rsplit(['/', '\\']).next().unwrap_or(command);
    let name = name.to_ascii_lowercase();
    let endings = [".exe", ".cmd", ".ps1", ".bat"];
    let name = endings
        .iter()
        .find_map(|ending| name.strip_suffix(ending))
        .unwrap_or(&name);
    Some(match name {
        "npx" | "pnpx" => Launcher::Npx,
        "npm" => Launcher::Npm,
        "pnpm" | "yarn" => Launcher::Dlx,
        "bunx" => Launcher::Bunx,
        "bun" => Launcher::Bun,
        "uvx" => Launcher::Uvx,
        "uv" => Launcher::Uv,
        "pipx" => Launcher::Pipx,
        "docker" | "podman" | "nerdctl" => Launcher::Container,
        "go" => Launcher::Go,
        "env" => Launcher::Env,
        "sh" | "bash" | "zsh" | "dash" => Launcher::Shell,
        "cmd" => Launcher::Cmd,
        _ => return None,
    })
}

/// Wrappers around wrappers are followed so deep.
const DEEPEST: usize = 4;

fn in_words(words: &[&str], depth: usize) -> Vec<Launch> {
    let Some((&command, rest)) = words.split_first() else {
        return Vec::new();
    };
    let Some(launcher) = launcher(command).filter(|_| depth < DEEPEST) else {
        return Vec::new();
    };
    let after =
        |words: &[&str]| -> Vec<String> { words.iter().map(|&word| word.to_owned()).collect() };
    match launcher {
        Launcher::Npx => npm(rest, &["-p", "--package"], Fetching::Npx),
        Launcher::Bunx => npm(rest, &["-p", "--package"], Fetching::Bunx),
        Launcher::Npm => match rest.split_first() {
            Some((&("exec" | "x"), rest)) => npm(rest, &["-p", "--package"], Fetching::Npx),
            _ => Vec::new(),
        },
        Launcher::Dlx => match rest.split_first() {
            Some((&"dlx", rest)) => npm(rest, &["-p", "--package"], Fetching::Always),
            _ => Vec::new(),
        },
        Launcher::Bun => match rest.split_first() {
            Some((&"x", rest)) => npm(rest, &["-p", "--package"], Fetching::Bunx),
            _ => Vec::new(),
        },
        Launcher::Uvx => uv(rest),
        Launcher::Uv => match rest {
            ["tool", "run", rest @ ..] => uv(rest),
            ["run", rest @ ..] => uv_run(rest),
            _ => Vec::new(),
        },
        Launcher::Pipx => match rest.split_first() {
            Some((&"run", rest)) => pipx(rest),
            _ => Vec::new(),
        },
        Launcher::Container => match rest {
            ["run", rest @ ..] | ["container", "run", rest @ ..] => container(rest),
            _ => Vec::new(),
        },
        Launcher::Go => match rest.split_first() {
            Some((&"run", rest)) => go(rest),
            _ => Vec::new(),
        },
        Launcher::Env => {
            let is_setting = |word: &&&str| word.starts_with('-') || word.contains('=');
            let skipped = rest.iter().take_while(is_setting).count();
            in_words(rest.get(skipped..).unwrap_or_default(), depth + 1)
        }
        Launcher::Cmd => {
            let skipped = rest.iter().take_while(|word| word.starts_with('/')).count();
            in_words(rest.get(skipped..).unwrap_or_default(), depth + 1)
        }
        Launcher::Shell => {
            let is_script = |word: &&str| word.starts_with('-') && word.ends_with('c');
            let Some(at) = rest.iter().position(is_script) else {
                return Vec::new();
            };
            let script = rest.get(at + 1).copied().unwrap_or("");
            let script = script.strip_prefix("exec ").unwrap_or(script);
            let words = after(&script.split_whitespace().collect::<Vec<_>>());
            let words: Vec<&str> = words
                .iter()
                .map(|word| word.trim_matches(['"', '\'']))
                .collect();
            in_words(&words, depth + 1)
        }
    }
}

/// Long options of npx, pnpm, bunx, uv and pipx that stand without a value.
const BARE_FLAGS: [&str; 27] = [
    "--yes",
    "--no",
    "--quiet",
    "--silent",
    "--verbose",
    "--offline",
    "--prefer-offline",
    "--prefer-online",
    "--no-install",
    "--ignore-existing",
    "--ignore-scripts",
    "--foreground-scripts",
    "--bun",
    "--isolated",
    "--refresh",
    "--no-cache",
    "--native-tls",
    "--no-progress",
    "--no-config",
    "--managed-python",
    "--no-managed-python",
    "--no-python-downloads",
    "--no-index",
    "--no-build",
    "--upgrade",
    "--system-certs",
    "--reinstall",
];

/// The values of some options, and the first word that is no option. `valued` are the others that take a value.
fn options<'w>(
    words: &[&'w str],
    wanted: &[&str],
    valued: &[&str],
) -> (Vec<&'w str>, Option<&'w str>, Vec<&'w str>) {
    let mut values = Vec::new();
    let mut flags = Vec::new();
    let mut at = 0;
    while let Some(&word) = words.get(at) {
        at += 1;
        if word == "--" {
            return (values, words.get(at).copied(), flags);
        }
        if !word.starts_with('-') {
            return (values, Some(word), flags);
        }
        let (name, inner) = match word.split_once('=') {
            Some((name, inner)) => (name, Some(inner)),
            None => (word, None),
        };
        let value = || inner.or_else(|| words.get(at).copied());
        if wanted.contains(&name) {
            values.extend(value());
            at += usize::from(inner.is_none());
        } else if valued.contains(&name) || name.starts_with("--") && !BARE_FLAGS.contains(&name) {
            // A flag that is not known may take what follows: better no package than a value for one.
            at += usize::from(inner.is_none());
        } else {
            flags.push(word);
        }
    }
    (values, None, flags)
}

/// When a launcher of npm packages fetches the newest one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fetching {
    /// Unless the project or the machine has its own.
    Npx,
    /// The same, and what it fetched is kept for a while.
    Bunx,
    /// At each start, or after a day.
    Always,
}

fn npm(words: &[&str], wanted: &[&str], fetching: Fetching) -> Vec<Launch> {
    const VALUED: [&str; 6] = [
        "--registry",
        "--cache",
        "--prefix",
        "-w",
        "--workspace",
        "-c",
    ];
    let (packages, first, _) = options(words, wanted, &VALUED);
    let packages = match packages.is_empty() {
        true => first.into_iter().collect(),
        false => packages,
    };
    packages
        .into_iter()
        .filter_map(|package| npm_package(package, fetching))
        .collect()
}

fn npm_package(package: &str, fetching: Fetching) -> Option<Launch> {
    if let Some(launch) = from_git(package) {
        return Some(launch);
    }
    // Folders, archives and addresses are no names of the registry.
    if package.starts_with(['.', '/', '~', '$']) || package.contains("://") || package.is_empty() {
        return None;
    }
    let package = package.strip_prefix("npm:").unwrap_or(package);
    let (name, version) = match package.char_indices().skip(1).find(|&(_, c)| c == '@') {
        Some((at, _)) => (package.get(..at)?, package.get(at + 1..)?),
        None => (package, ""),
    };
    // A word before a slash without `@` is an owner on GitHub.
    if !name.starts_with('@') && name.contains('/') {
        return Some(floating(format!("git:github.com/{name}"), None));
    }
    let software = format!("npm:{name}");
    if is_exact(version) {
        return Some(pinned(software));
    }
    if let Some(unknown) = unknown(version) {
        return Some(floating(software, Some(unknown)));
    }
    let is_range = !version.is_empty()
        && version.starts_with(|first: char| first.is_ascii_digit() || "^~<>=*xX".contains(first));
    let is_by_name = version.is_empty() || is_range;
    let own_copy = || {
        let range = if is_range { " in that range" } else { "" };
        format!("neither the project nor the machine has a copy of {name}{range} of its own")
    };
    Some(floating(
        software,
        match fetching {
            Fetching::Npx | Fetching::Bunx if is_by_name => Some(own_copy()),
            _ => None,
        },
    ))
}

/// `1.2.3`, `v1.2.3-beta.1`: three numbers at least, and no range.
fn is_exact(version: &str) -> bool {
    let version = version.strip_prefix("==").unwrap_or(version);
    let version = version.strip_prefix(['v', '=']).unwrap_or(version);
    let numbers = version.split(['-', '+']).next().unwrap_or("");
    let parts: Vec<&str> = numbers.split('.').collect();
    let is_number = |part: &&str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    parts.len() == 3
        && parts.iter().all(is_number)
        && version
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b".-+".contains(&byte))
}

/// Why it cannot be told which version is meant.
fn unknown(version: &str) -> Option<String> {
    let is_variable = version.contains('$') || version.contains('%');
    is_variable.then(|| "its version is a variable, which may name an exact one".to_owned())
}

fn pinned(software: String) -> Launch {
    Launch {
        software,
        is_pinned: true,
        condition: None,
        is_apart: false,
    }
}

fn floating(software: String, condition: Option<String>) -> Launch {
    Launch {
        software,
        is_pinned: false,
        condition,
        is_apart: false,
    }
}

/// `git+https://HOST/OWNER/NAME[@REF]`, `github:OWNER/NAME[#REF]`: fixed by a whole commit id only.
fn from_git(package: &str) -> Option<Launch> {
    let address = match package.strip_prefix("github:") {
        Some(rest) => format!("github.com/{rest}"),
        None => {
            let rest = package.strip_prefix("git+")?;
            let rest = rest.split_once("://").map_or(rest, |(_, rest)| rest);
            // Whoever logs in there is no part of the name.
            let slash = rest.find('/').unwrap_or(rest.len());
            let (host, path) = rest.split_at_checked(slash)?;
            let host = host.rsplit('@').next().unwrap_or(host);
            format!("{host}{path}")
        }
    };
    let (address, reference) = address
        .split_once(['#', '@'])
        .map_or((address.as_str(), ""), |(address, rest)| (address, rest));
    let reference = reference.split('#').next().unwrap_or("");
    let is_commit = reference.len() == 40 && reference.bytes().all(|b| b.is_ascii_hexdigit());
    let address = address.split(['?', ' ']).next().unwrap_or(address);
    let software = format!("git:{}", address.trim_end_matches(".git"));
    Some(match is_commit {
        true => pinned(software),
        false => floating(software, None),
    })
}

const UV_VALUED: [&str; 16] = [
    "--python",
    "-p",
    "--index",
    "--index-url",
    "-i",
    "--extra-index-url",
    "--default-index",
    "--directory",
    "--project",
    "--cache-dir",
    "--with-editable",
    "--with-requirements",
    "--env-file",
    "--find-links",
    "-f",
    "--index-strategy",
];

fn uv(words: &[&str]) -> Vec<Launch> {
    let (from, tool, _) = options(
        words,
        &["--from"],
        &[&UV_VALUED[..], &["--with", "-w"]].concat(),
    );
    let (with, _, flags) = options(
        words,
        &["--with", "-w"],
        &[&UV_VALUED[..], &["--from"]].concat(),
    );
    let is_refreshed = flags
        .iter()
        .any(|flag| flag.starts_with("--refresh") || *flag == "--no-cache" || *flag == "-n");
    let mut packages: Vec<&str> = match from.is_empty() {
        true => tool.into_iter().collect(),
        false => from,
    };
    packages.extend(with.iter().flat_map(|with| with.split(',')));
    let launch = |package: &&str| python_package(package, is_refreshed);
    packages.iter().filter_map(launch).collect()
}

/// `uv run --with PACKAGE …`: what is run lies on the machine, what it is given does not.
fn uv_run(words: &[&str]) -> Vec<Launch> {
    let (with, _, flags) = options(words, &["--with", "-w"], &UV_VALUED);
    let is_refreshed = flags.iter().any(|flag| flag.starts_with("--refresh"));
    with.iter()
        .flat_map(|with| with.split(','))
        .filter_map(|package| python_package(package, is_refreshed))
        .collect()
}

fn python_package(package: &str, is_refreshed: bool) -> Option<Launch> {
    if let Some(launch) = from_git(package.split(" @ ").last().unwrap_or(package)) {
        return Some(launch);
    }
    let package = package.trim();
    if package.starts_with(['.', '/', '~', '$']) || package.contains("://") || package.is_empty() {
        return None;
    }
    let end = package
        .find(['@', '=', '<', '>', '~', '!', '[', ' ', ';'])
        .unwrap_or(package.len());
    let (name, rest) = package.split_at_checked(end)?;
    // Extras in brackets say nothing of the version.
    let rest = match rest.strip_prefix('[') {
        Some(rest) => rest.split_once(']').map_or("", |(_, rest)| rest),
        None => rest,
    };
    // Names compare without case, and `-`, `_` and `.` are one (PyPA, "Names and normalization").
    let name = name.to_ascii_lowercase().replace(['_', '.'], "-");
    let software = format!("pypi:{name}");
    let version = rest.trim().trim_start_matches('@');
    let is_one = version
        .strip_prefix("==")
        .map(str::trim)
        .is_some_and(|one| {
            !one.contains(['*', ',']) && one.starts_with(|first: char| first.is_ascii_digit())
        });
    if is_one
        || (rest.starts_with('@') && version.starts_with(|first: char| first.is_ascii_digit()))
    {
        return Some(pinned(software));
    }
    if let Some(unknown) = unknown(version) {
        return Some(floating(software, Some(unknown)));
    }
    let condition = (!is_refreshed && version != "latest")
        .then(|| format!("uv keeps no environment of {name} from an earlier start"));
    Some(floating(software, condition))
}

fn pipx(words: &[&str]) -> Vec<Launch> {
    let (spec, app, _) = options(
        words,
        &["--spec"],
        &["--python", "--pip-args", "-i", "--index-url"],
    );
    let package = spec.first().copied().or(app);
    // Kept for 14 days, then made anew.
    package
        .and_then(|package| python_package(package, true))
        .into_iter()
        .collect()
}

fn go(words: &[&str]) -> Vec<Launch> {
    let (_, package, _) = options(words, &[], &["-C", "-mod", "-tags"]);
    let Some((module, version)) = package.and_then(|package| package.split_once('@')) else {
        return Vec::new();
    };
    let software = format!("go:{module}");
    vec![match is_exact(version) {
        true => pinned(software),
        false => floating(software, None),
    }]
}

/// Options of `docker run` that stand without a value. All others take one.
///
/// Source: `docker run --help`, Docker 28.
const BARE: [&str; 14] = [
    "-d",
    "--detach",
    "--init",
    "-i",
    "--interactive",
    "--no-healthcheck",
    "--oom-kill-disable",
    "--privileged",
    "-P",
    "--publish-all",
    "-q",
    "--quiet",
    "--read-only",
    "--rm",
];

fn container(words: &[&str]) -> Vec<Launch> {
    let mut at = 0;
    let mut is_pulled = false;
    let image = loop {
        let Some(&word) = words.get(at) else {
            return Vec::new();
        };
        at += 1;
        if !word.starts_with('-') {
            break word;
        }
        is_pulled |= word == "--pull=always"
            || word == "--pull" && words.get(at).is_some_and(|value| *value == "always");
        let is_short = !word.starts_with("--") && word.chars().skip(1).all(|c| "ditqP".contains(c));
        let is_bare = BARE.contains(&word)
            || is_short
            || matches!(word, "--tty" | "--sig-proxy" | "--use-api-socket");
        if !is_bare && !word.contains('=') {
            at += 1;
        }
    };
    if image.starts_with('$') || image.contains("://") {
        return Vec::new();
    }
    let (name, digest) = image
        .split_once('@')
        .map_or((image, None), |(name, digest)| (name, Some(digest)));
    let last = name.rsplit('/').next().unwrap_or(name);
    let tag = last.split_once(':').map(|(_, tag)| tag);
    let name = match tag {
        Some(tag) => name
            .strip_suffix(tag)
            .and_then(|name| name.strip_suffix(':')),
        None => None,
    }
    .unwrap_or(name);
    let software = format!("oci:{name}");
    let is_version = tag.is_some_and(is_exact);
    let mut launch = match digest {
        Some(digest) if digest.starts_with("sha256:") => pinned(software),
        _ if is_version => pinned(software),
        _ => {
            let condition = match tag.and_then(unknown) {
                Some(unknown) => Some(unknown),
                None => (!is_pulled).then(|| {
                    format!("the image {name} is not on the machine yet, or is pulled again")
                }),
            };
            floating(software, condition)
        }
    };
    launch.is_apart = true;
    vec![launch]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `SOFTWARE pinned`, `SOFTWARE newest` or `SOFTWARE newest if …`.
    fn told(line: &str) -> String {
        let words: Vec<&str> = line.split(' ').collect();
        let (command, arguments) = words.split_first().unwrap();
        let told: Vec<String> = launches(command, arguments)
            .iter()
            .map(|launch| {
                let how = match (launch.is_pinned, &launch.condition) {
                    (true, _) => "pinned".to_owned(),
                    (false, None) => "newest".to_owned(),
                    (false, Some(condition)) => format!("newest if {condition}"),
                };
                format!("{} {how}", launch.software)
            })
            .collect();
        told.join("; ")
    }

    #[test]
    fn an_exact_version_a_commit_or_a_digest_is_pinned() {
        let commit = "0123456789abcdef0123456789abcdef01234567";
        for (line, software) in [
            ("npx -y @scope/pkg@1.2.3", "npm:@scope/pkg"),
            ("npx --yes pkg@v1.2.3-beta.1", "npm:pkg"),
            ("npx -p pkg@1.2.3 some-bin", "npm:pkg"),
            ("pnpm dlx pkg@1.2.3", "npm:pkg"),
            ("uvx pkg==1.2", "pypi:pkg"),
            ("uvx Some_Pkg@0.9.1 --port 1", "pypi:some-pkg"),
            ("uvx --from pkg[cli]==2.0.0 run", "pypi:pkg"),
            (
                "docker run -i --rm -e A=b ghcr.io/o/i:1.2.3",
                "oci:ghcr.io/o/i",
            ),
            ("podman run -it img@sha256:0123", "oci:img"),
            ("go run example.com/m/cmd@v1.2.3", "go:example.com/m/cmd"),
        ] {
            assert_eq!(told(line), format!("{software} pinned"), "{line}");
        }
        let git = format!("uvx --from git+https://github.com/o/r@{commit} tool");
        assert_eq!(told(&git), "git:github.com/o/r pinned");
        let git = format!("npx github:o/r#{commit}");
        assert_eq!(told(&git), "git:github.com/o/r pinned");
    }

    #[test]
    fn what_the_launcher_looks_up_each_time_is_the_newest() {
        for (line, software) in [
            ("npx -y pkg@latest", "npm:pkg"),
            ("npx -y @scope/pkg@next", "npm:@scope/pkg"),
            ("pnpm dlx @scope/pkg", "npm:@scope/pkg"),
            ("uvx pkg@latest", "pypi:pkg"),
            ("uvx --refresh pkg", "pypi:pkg"),
            ("pipx run pkg", "pypi:pkg"),
            (
                "uvx --from git+https://u@github.com/o/r.git tool",
                "git:github.com/o/r",
            ),
            ("npx o/r", "git:github.com/o/r"),
            ("docker run --pull=always -e X img:latest", "oci:img"),
            ("go run example.com/m@latest", "go:example.com/m"),
        ] {
            assert_eq!(told(line), format!("{software} newest"), "{line}");
        }
    }

    #[test]
    fn what_may_be_there_already_is_the_newest_on_a_condition() {
        for (line, expected) in [
            (
                "npx -y @s/p",
                "npm:@s/p newest if neither the project nor the machine has a copy of @s/p of its own",
            ),
            (
                "npx p@^1.2",
                "npm:p newest if neither the project nor the machine has a copy of p in that range of its own",
            ),
            (
                "npx p@1.2",
                "npm:p newest if neither the project nor the machine has a copy of p in that range of its own",
            ),
            (
                "uvx p",
                "pypi:p newest if uv keeps no environment of p from an earlier start",
            ),
            (
                "uvx p>=1",
                "pypi:p newest if uv keeps no environment of p from an earlier start",
            ),
            (
                "uvx p==1.*",
                "pypi:p newest if uv keeps no environment of p from an earlier start",
            ),
            (
                "npx p@$V",
                "npm:p newest if its version is a variable, which may name an exact one",
            ),
            (
                "docker run --network host -v /a:/b h:5000/i",
                "oci:h:5000/i newest if the image h:5000/i is not on the machine yet, or is pulled again",
            ),
            (
                "uv run --with mcp[cli] mcp run server.py",
                "pypi:mcp newest if uv keeps no environment of mcp from an earlier start",
            ),
        ] {
            assert_eq!(told(line), expected, "{line}");
        }
        assert!(
            launches("docker", &["run", "i"])[0].is_apart && !launches("npx", &["p"])[0].is_apart
        );
    }

    #[test]
    fn wrappers_are_looked_through() {
        for line in [
            "cmd /c npx -y p@latest",
            r"C:\nodejs\npx.cmd -y p@latest",
            "/usr/bin/env A=b npx p@latest",
            "env -i cmd.exe /d /c npx p@latest",
        ] {
            assert_eq!(told(line), "npm:p newest", "{line}");
        }
        assert_eq!(
            launches("bash", &["-lc", "exec npx -y 'p@latest' --x"]).len(),
            1
        );
        assert_eq!(launches("npx -y p@latest", &["--x"])[0].software, "npm:p");
    }

    #[test]
    fn what_fetches_nothing_launches_nothing() {
        for line in [
            "node server.js",
            "npx",
            "npx .",
            "npx -y ./local",
            "npx --",
            "npm start",
            "uv run server.py",
            "docker ps",
            "docker run -e",
            "docker run $IMAGE",
            "python -m x",
            "go run .",
            "bash",
            "sh -c",
            "env",
            "env env env env env env npx p",
            "uvx",
            "pipx install p",
            "uvx --from ./x y",
            "",
        ] {
            assert_eq!(told(line), "", "{line}");
        }
    }
}
