//! `leakreach list`: what the program knows, and what exports hold.

use super::input::{Ranked, Within};
use super::progress::Bars;
use super::work::Work;
use super::{Exit, Format, message, result, screen};
use crate::analysis::{self, FixLimit, Options};
use crate::findings::{CHECKS, Check};
use crate::reports::{self, Cell, FORMATS, Register, hidden, terminal};
use crate::sources::{COLLECTORS, SOURCES};
use crate::techniques;

/// What to list.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    what: What,

    /// How it is written
    #[arg(long, default_value = "text", conflicts_with = "script")]
    format: Format,

    /// With `sources`: print a script that collects the exports of these platforms, by calls that only read
    #[arg(long, value_name = "LIST", value_delimiter = ',', value_parser = collector_names())]
    script: Vec<String>,

    #[command(flatten)]
    input: Within,

    #[command(flatten)]
    ranked: Ranked,

    /// With `fixes`: how many of the best are priced and listed, or `all`
    #[arg(long, value_name = "N|all", default_value = "50", value_parser = super::analyze::fix_limit, help_heading = "Work")]
    fixes: FixLimit,

    /// Show no progress
    #[arg(long, short)]
    quiet: bool,

    #[command(flatten)]
    work: Work,
}

/// The platforms of which a script collects.
fn collector_names() -> clap::builder::PossibleValuesParser {
    COLLECTORS
        .iter()
        .map(|collector| collector.id)
        .collect::<Vec<_>>()
        .into()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum What {
    /// Of exports: every credential, whose it is, what it opens, where it lies, and how far it travels
    Credentials,
    /// Of exports: who acts, with their grants in plain words
    Principals,
    /// Of exports: what can be reached, and how much it matters
    Resources,
    /// Of exports: the changes that gain most, with the ids that `simulate` takes
    Fixes,
    /// The exports that are understood, with the commands that make them
    Sources,
    /// The techniques that lead from one thing to another: what each needs and gains, and what stops it
    Techniques,
    /// The checks that findings come from, each with its page: what it means, when it is raised, how to fix it
    Findings,
    /// The formats of reports
    Formats,
}

impl What {
    /// Whether exports are read for it.
    fn is_of_exports(self) -> bool {
        match self {
            Self::Credentials | Self::Principals | Self::Resources | Self::Fixes => true,
            Self::Sources | Self::Techniques | Self::Findings | Self::Formats => false,
        }
    }
}

pub(super) fn run(args: &Args) -> Exit {
    if !args.script.is_empty() {
        if args.what != What::Sources {
            message("only `list sources` prints a script");
            return Exit::Usage;
        }
        return result(crate::sources::script(&args.script).as_bytes());
    }
    if args.what.is_of_exports() {
        return of_exports(args);
    }
    if !args.input.paths.is_empty() {
        message(
            "this list is of what the program knows: it reads no exports\n  help: leave `--in` out",
        );
        return Exit::Usage;
    }
    let list = match args.what {
        What::Sources => sources(),
        What::Techniques => of_techniques(),
        What::Findings => findings(),
        _ => formats(),
    };
    match args.format {
        Format::Text => result(list.paragraphs().as_bytes()),
        Format::Json => super::array(&list),
        Format::Csv => super::table(&list),
    }
}

/// A list of what exports hold.
fn of_exports(args: &Args) -> Exit {
    let options = Options {
        as_of: args.input.as_of(),
        read: args.input.reading(),
        mode: args.input.mode(),
        measure: args.ranked.by,
        shown: 0,
        fixes: args.fixes,
        memory: args.work.memory(),
    };
    if let Some(exit) = args.work.begin() {
        return exit;
    }
    let bars = Bars::new(args.quiet);
    let paths = args.input.paths();
    let analysis = match args.what {
        What::Fixes => analysis::analyze(&paths, &options, &bars),
        What::Credentials => analysis::reached(&paths, &options, &bars),
        _ => Ok(analysis::derived(&paths, &options, &bars)),
    };
    let analysis = match analysis {
        Ok(analysis) => analysis,
        Err(error) => {
            message(&error.to_string());
            return Exit::Internal;
        }
    };
    if let Some(refusal) = args.input.refusal(&analysis) {
        message(&refusal);
        return Exit::Input;
    }
    let register = match args.what {
        What::Credentials => reports::credentials(&analysis),
        What::Principals => reports::principals(&analysis),
        What::Resources => reports::resources(&analysis),
        _ => reports::fixes(&analysis),
    };
    match args.format {
        Format::Text => {
            let (width, style) = screen();
            result(terminal::register(&register, width, style).as_bytes())
        }
        Format::Json => super::array(&register),
        Format::Csv => super::table(&register),
    }
}

fn sources() -> Register {
    let row = |id: &str, about: &str, command: &str| vec![id.into(), about.into(), command.into()];
    let rows = SOURCES.iter();
    Register {
        columns: ["id", "about", "command"].map(hidden).to_vec(),
        rows: rows.map(|of| row(of.id, of.about, of.command)).collect(),
    }
}

fn findings() -> Register {
    let row = |check: &Check| {
        let severity = check.severity.name();
        vec![
            check.id.into(),
            check.title.into(),
            severity.into(),
            check.page.into(),
        ]
    };
    Register {
        columns: ["id", "title", "severity", "page"].map(hidden).to_vec(),
        rows: CHECKS.iter().map(row).collect(),
    }
}

fn formats() -> Register {
    let rows = FORMATS.iter();
    Register {
        columns: ["id", "about"].map(hidden).to_vec(),
        rows: rows
            .map(|format| vec![format.id.into(), format.about.into()])
            .collect(),
    }
}

fn of_techniques() -> Register {
    let row = |row: techniques::Row| -> Vec<Cell> {
        let attack = match row.attack.is_empty() {
            true => String::new(),
            false => format!("{} ({})", row.attack.join(" "), row.attack_version),
        };
        vec![
            row.id.into(),
            row.platform.into(),
            row.name.into(),
            row.needs.into(),
            row.gains.into(),
            attack.into(),
            row.fix.into(),
            row.source.into(),
        ]
    };
    Register {
        columns: [
            "id", "platform", "name", "needs", "gains", "attack", "fix", "source",
        ]
        .map(hidden)
        .to_vec(),
        rows: techniques::table().into_iter().map(row).collect(),
    }
}
