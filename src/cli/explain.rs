//! `leakreach explain`: one question about what exports hold.

use super::input::Within;
use super::progress::Bars;
use super::work::Work;
use super::{Exit, Format, complain, message, result, screen};
use crate::analysis::{self, Analysis, FixLimit, Measure, Options, Question, Sort, Thing, named};
use crate::reports::{self, Words, terminal};

/// The arguments.
#[derive(Debug, clap::Args)]
#[command(
    override_usage = "leakreach explain [OPTIONS] <A> [B]\n       leakreach explain [OPTIONS] --to <B>\n       leakreach explain [OPTIONS] --breaks <CREDENTIAL>",
    group(clap::ArgGroup::new("question").required(true)),
    after_help = "Whatever is named is named by its id, its name, or a part of one that nothing else has; SORT:ID \
        (credential:…, exposure:…, principal:…, resource:…, tenant:…) where one id is of several things."
)]
pub(super) struct Args {
    /// What leaks: a credential, a place where some lie, a principal, or a tenant, which is all its credentials
    #[arg(value_name = "A", group = "question")]
    from: Option<String>,

    /// Why can it reach this: a resource, a principal, a credential or a place. Without it: where could A go?
    #[arg(value_name = "B", requires = "from")]
    target: Option<String>,

    /// Leaks at once with A
    #[arg(long, value_name = "A", requires = "from", help_heading = "Question")]
    and: Vec<String>,

    /// Who reaches this?
    #[arg(long, value_name = "B", group = "question", help_heading = "Question")]
    to: Option<String>,

    /// Who uses this credential, and what breaks when it is revoked?
    #[arg(
        long,
        value_name = "CREDENTIAL",
        group = "question",
        help_heading = "Question"
    )]
    breaks: Option<String>,

    #[command(flatten)]
    input: Within,

    /// How the answer is written
    #[arg(long, default_value = "text", help_heading = "Output")]
    format: Format,

    /// Tell of everything that is reached or reaches, not only of the first
    #[arg(long, help_heading = "Output")]
    all: bool,

    /// Show no progress
    #[arg(long, short, help_heading = "Output")]
    quiet: bool,

    #[command(flatten)]
    work: Work,
}

/// So many rows are told unless all are asked for.
const SHOWN: usize = 12;

/// What can leak.
const LEAKING: [Sort; 4] = [
    Sort::Credential,
    Sort::Exposure,
    Sort::Principal,
    Sort::Tenant,
];

/// What can be reached.
const REACHED: [Sort; 4] = [
    Sort::Resource,
    Sort::Principal,
    Sort::Credential,
    Sort::Exposure,
];

pub(super) fn run(args: &Args) -> Exit {
    let options = Options {
        as_of: args.input.as_of(),
        read: args.input.reading(),
        mode: args.input.mode(),
        // Nothing here is ranked by points of both bounds.
        measure: Measure::default(),
        shown: 0,
        fixes: FixLimit::Best(0),
        memory: args.work.memory(),
    };
    if let Some(exit) = args.work.begin() {
        return exit;
    }
    let bars = Bars::new(args.quiet);
    let analysis = analysis::derived(&args.input.paths(), &options, &bars);
    if let Some(refusal) = args.input.refusal(&analysis) {
        message(&refusal);
        return Exit::Input;
    }
    let question = match args.question(&analysis) {
        Ok(question) => question,
        Err(text) => {
            message(&text);
            return Exit::Usage;
        }
    };
    let most = if args.all { usize::MAX } else { SHOWN };
    let answer = match analysis::answer(&analysis, question, most, &options.memory, &bars) {
        Ok(answer) => answer,
        Err(error) => {
            message(&error.to_string());
            return Exit::Internal;
        }
    };
    match args.format {
        Format::Text => {
            let (width, style) = screen();
            let page = terminal::explain(&analysis, &answer, most, width, style);
            result(page.as_bytes())
        }
        Format::Json => match reports::answer_json(&analysis, &answer, most) {
            Ok(bytes) => result(&bytes),
            Err(error) => {
                complain(&error);
                Exit::Internal
            }
        },
        Format::Csv => super::table(&reports::answer_rows(&analysis, &answer, most)),
    }
}

impl Args {
    /// What is asked, with what is named found; else what to tell the user.
    fn question(&self, analysis: &Analysis) -> Result<Question, String> {
        let find = |name: &str, sorts: &[Sort]| {
            named(&analysis.inventory, name, sorts)
                .map_err(|why| Words::of(analysis).misnamed(name, &why, sorts))
        };
        if let Some(name) = &self.breaks {
            return match find(name, &[Sort::Credential])? {
                Thing::Credential(credential) => Ok(Question::Uses { credential }),
                _ => Err(format!("`{name}` is no credential")),
            };
        }
        if let Some(name) = &self.to {
            return Ok(Question::Reachers {
                to: find(name, &REACHED)?,
            });
        }
        let names = self.from.iter().chain(&self.and);
        let from = names.map(|name| find(name, &LEAKING));
        let from = from.collect::<Result<Vec<Thing>, String>>()?;
        Ok(match &self.target {
            Some(name) => Question::Ways {
                from,
                to: find(name, &REACHED)?,
            },
            None => Question::Reach { from },
        })
    }
}
